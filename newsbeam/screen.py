"""The terminal or pipe that a command prints on."""

import os
import sys
from typing import TextIO

from rich.console import Console

PIPED_WIDTH = 150  # columns of a table where the output is no terminal


class _Screen(Console):
    def on_broken_pipe(self) -> None:
        """Show nothing more; rich would end the program, and the rest of its work with it."""
        self.quiet = True
        hush()


def screen(out: TextIO, *, soft_wrap: bool = False) -> Console:
    """Return what prints tables and coloured text to ``out``; colour only where it is a terminal."""
    width = None if out.isatty() else PIPED_WIDTH
    return _Screen(file=out, width=width, highlight=False, soft_wrap=soft_wrap)


def hush() -> None:
    """Let standard output go nowhere: whoever read it (``| head``) has left."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
