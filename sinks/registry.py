"""The one table of sinks. A new destination is one file and one line here."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from newsbeam.errors import ConfigError
from sinks.console import WriteToConsole
from sinks.jsonl import WriteToJsonl
from sinks.memory import WriteToMemory
from sinks.sink import Sink

SINKS: Mapping[str, type[Sink]] = {
    "console": WriteToConsole,
    "jsonl": WriteToJsonl,
    "memory": WriteToMemory,
}


def make_sink(name: str, options: Mapping[str, Any], where: str = "sinks") -> Sink:
    """Return the sink called ``name`` with ``options``.

    Raises :class:`ConfigError` where there is no such sink or an option is wrong.
    """
    kind = SINKS.get(name)
    if kind is None:
        raise ConfigError(
            f"no such sink: {name!r}", where=where, hint=f"there are {', '.join(sorted(SINKS))}"
        )
    try:
        return kind(kind.Options(**options))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        words = "; ".join(
            f"{'.'.join(map(str, problem['loc']))}: "
            + ("unknown option" if problem["type"] == "extra_forbidden" else problem["msg"])
            for problem in problems
        )
        raise ConfigError(f"sink {name}: {words}", where=where) from error
