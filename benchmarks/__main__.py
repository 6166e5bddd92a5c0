"""``make bench``: all of them, or those named."""

import logging
import sys

from benchmarks import bench_polling, bench_run, detection, memory, throughput

ALL = {
    "detection": detection.main,
    "throughput": throughput.main,
    "memory": memory.main,
    "polling": bench_polling.main,
    "run": bench_run.main,
}

if __name__ == "__main__":
    logging.basicConfig(level=logging.ERROR)
    for name in sys.argv[1:] or ALL:
        ALL[name]()
