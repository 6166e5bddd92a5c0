"""Text from outside, made safe to show on a terminal."""

import re

_STEERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def escaped(text: str) -> str:
    r"""Return JSON ``text`` with ``\\uXXXX`` for each such character but its own line breaks."""
    return _STEERS.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)


def harmless(text: str) -> str:
    """Return ``text`` with � for every control and direction character: feeds are hostile."""
    return _STEERS.sub("\ufffd", text)
