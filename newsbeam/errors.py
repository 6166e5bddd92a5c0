"""One exception tree.

::

    NewsbeamError
    ├── UsageError            the caller asked for something impossible (exit code 2)
    │   ├── ConfigError       monitor.yaml or an option is wrong: file, line, key
    │   ├── KnowledgeError    a catalogue or rule file is wrong: file, line, key
    │   └── OutputError       an output folder or file cannot be written
    ├── SourceError           one input could not be read; becomes a dead letter
    │   ├── SeedError         a seed document is missing, changed, empty or not text
    │   ├── ItemError         one line or item of an input is not what it should be
    │   ├── FeedError         the body of a feed cannot be parsed
    │   └── FetchError        a URL could not be had
    │       ├── RefusedError      its address or scheme is none that may be asked
    │       ├── SlowError         it took too long
    │       ├── UnreachableError  no answer: name unknown, connection refused or broken off, TLS
    │       ├── HostileError      the answer breaks the rules of HTTP or the limits on size
    │       └── StatusError       the server said no
    ├── ExtractError          an article could not be made of an item; becomes a dead letter
    └── LedgerError           the ledger cannot be used; nothing was committed (exit code 4)
        └── LedgerHeldError   another pass holds the ledger (exit code 3)

All of them survive pickling with their cause, since Beam carries exceptions between processes.
"""

from typing import Any


class NewsbeamError(Exception):
    """Base of all errors that newsbeam raises on purpose.

    ``where`` names the file, line or item at fault, ``hint`` what to do about it; both may be empty.
    All three are arguments by position too: Beam makes an error anew from its ``args``, with the name of
    the step after the first of them.
    """

    def __init__(self, message: str, where: str = "", hint: str = "") -> None:
        super().__init__(message, where, hint)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head} ({self.hint})" if self.hint else head

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuild, (type(self), self.message, self.where, self.hint, self.__cause__))


def _rebuild(
    kind: type[NewsbeamError], message: str, where: str, hint: str, cause: BaseException | None
) -> NewsbeamError:
    error = kind(message, where=where, hint=hint)
    error.__cause__ = cause
    return error


class UsageError(NewsbeamError):
    """The caller asked for something impossible."""


class ConfigError(UsageError):
    """The configuration is wrong."""


class KnowledgeError(UsageError):
    """A catalogue or rule file is wrong."""


class OutputError(UsageError):
    """An output cannot be written."""


class SourceError(NewsbeamError):
    """One input could not be read."""


class SeedError(SourceError):
    """A seed document is missing, changed, empty or not text."""


class ItemError(SourceError):
    """One line or item of an input is not what it should be."""


class FeedError(SourceError):
    """The body of a feed cannot be parsed."""


class FetchError(SourceError):
    """A URL could not be had."""


class RefusedError(FetchError):
    """The address or the scheme of a URL is none that may be asked."""


class SlowError(FetchError):
    """A server took too long."""


class UnreachableError(FetchError):
    """There was no answer: name unknown, connection refused or broken off, TLS."""


class HostileError(FetchError):
    """An answer breaks the rules of HTTP or the limits on size."""


class StatusError(FetchError):
    """The server said no."""


class ExtractError(NewsbeamError):
    """An article could not be made of an item."""


class LedgerError(NewsbeamError):
    """The ledger cannot be used; what was committed before stands."""


class LedgerHeldError(LedgerError):
    """Another pass holds the ledger."""
