"""Peak memory of a whole run over 1,000 and over 10,000 items, each in a process of its own."""

import resource
import subprocess
import sys
from functools import partial

from benchmarks.articles import seed_items
from benchmarks.throughput import run_pipeline

SIZES = (1_000, 10_000)


def child(count: int) -> None:
    """Run the graph over ``count`` items and print the peak in MiB."""
    run_pipeline(partial(seed_items, count))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Print both peaks and what each further item costs."""
    peaks = []
    for count in SIZES:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", str(count)],
            check=True,
            capture_output=True,
            text=True,
        )
        peaks.append(float(done.stdout.split()[-1]))
    each = (peaks[1] - peaks[0]) * 1024 / (SIZES[1] - SIZES[0])
    print("\npeak memory of a run over the seeds repeated (plain text)")
    for count, peak in zip(SIZES, peaks, strict=True):
        print(f"  {count:>6} items  {peak:7.1f} MiB")
    print(f"  each further item  {each:.1f} KiB: its lines of output")


if __name__ == "__main__":
    child(int(sys.argv[1]))
