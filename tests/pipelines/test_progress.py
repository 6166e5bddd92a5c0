"""Progress: on a terminal, and nowhere else."""

import io
import time

from pipelines import progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_how_far_the_work_has_come() -> None:
    """And the line is wiped at the end."""
    terminal = _Terminal()
    for _ in progress.counted(range(3), "lines", terminal):
        time.sleep(0.5)
    assert "1 lines …" in terminal.getvalue()
    assert terminal.getvalue().endswith(" \r")


def test_a_pipe_sees_nothing() -> None:
    """A log full of carriage returns helps nobody."""
    pipe = io.StringIO()
    assert [0, 1] == list(progress.counted(range(2), "lines", pipe))
    assert "" == pipe.getvalue()
