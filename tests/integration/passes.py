"""Passes of ``newsbeam run`` that can be killed: ``python -m tests.integration.passes CONFIG``.

Reads a time a line and does a pass at that time in a forked child, so that each pass is a process of its
own but need not import everything anew. Prints the child's pid when it starts and its status when it ends.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

ROOT = Path(__file__).parents[2]


def serve(config: str) -> None:
    """Do a pass for each line of standard input."""
    import pipelines.run_feeds  # noqa: F401 - what takes time is imported once
    from newsbeam import nlp
    from pipelines.cli import main

    nlp.load(None)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os._exit(main(["run", "--config", config, "--now", line.strip(), "--ignore-schedule"]))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


class Passes(NamedTuple):
    """A process that does passes on demand."""

    orders: IO[str]
    answers: IO[str]

    def run(self, now: str, kill_after: float | None = None) -> int:
        """Do a pass at ``now``; return its exit code, -9 where it was killed ``kill_after`` seconds in."""
        self.orders.write(now + "\n")
        self.orders.flush()
        pid = int(self.answers.readline())
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        return int(self.answers.readline())


@contextmanager
def passes(config: Path, errors: Path) -> Iterator[Passes]:
    """Start the process; its standard error goes to the file ``errors``."""
    command = [sys.executable, "-m", "tests.integration.passes", str(config)]
    with (
        errors.open("w") as err,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=err, text=True, cwd=ROOT
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        yield Passes(process.stdin, process.stdout)
        process.stdin.close()


if __name__ == "__main__":
    serve(sys.argv[1])
