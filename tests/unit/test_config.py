"""monitor.yaml and what can be wrong with it."""

from pathlib import Path

import pytest

from newsbeam.config import load_settings
from newsbeam.errors import ConfigError

GOOD = """\
policies:
  - name: phones
    vendors: [xiaomi]
    families: [vendor]
    min_confidence: 0.6
counts:
  window: 6h
sinks:
  - type: console
    streams: [alerts]
max_dead_letters: 3
"""


def test_defaults_need_no_file() -> None:
    """One policy, the console, a day."""
    settings = load_settings(None)
    assert ("default", "console", 86400) == (
        settings.policies[0].name, settings.sinks[0].type, settings.counts.window_seconds,
    )  # fmt: skip


def test_a_good_file(tmp_path: Path) -> None:
    """All of it arrives."""
    (tmp_path / "monitor.yaml").write_text(GOOD)
    settings = load_settings(tmp_path / "monitor.yaml")
    assert (("xiaomi",), 21600, 3) == (
        settings.policies[0].vendors, settings.counts.window_seconds, settings.max_dead_letters,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "line", "words"),
    [
        (("window: 6h", "widow: 6h"), 7, "counts.widow (line 7): unknown key"),
        (("window: 6h", "window: soon"), 7, "is no duration"),
        (("window: 6h", "window: 0d"), 6, "at least 1s"),
        (("[vendor]", "[seller]"), 4, "families"),
        (("[alerts]", "[alarms]"), 10, "no such stream: alarms"),
        (("0.6", "7"), 5, "less than or equal to 1"),
        (("max_dead_letters: 3", "max_dead_letters: 3\nmax_dead_letters: 4"), 12, "stands twice"),
        (("  - name: phones", "  - name: [phones"), 3, "is not valid YAML"),
    ],
)
def test_a_broken_file_names_line_and_key(
    tmp_path: Path, change: tuple[str, str], line: int, words: str
) -> None:
    """An operator can go straight there."""
    path = tmp_path / "monitor.yaml"
    path.write_text(GOOD.replace(*change))
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert words in str(caught.value)
    assert f"{path}:{line}: " in str(caught.value)


def test_a_vendor_that_nobody_knows_cannot_be_watched(tmp_path: Path) -> None:
    """A policy with a typo would be silent for ever."""
    path = tmp_path / "monitor.yaml"
    path.write_text(GOOD.replace("xiaomi", "xiaomei"))
    with pytest.raises(ConfigError, match="'xiaomei', which is no vendor id"):
        load_settings(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """No traceback."""
    with pytest.raises(ConfigError, match=r"monitor\.yaml: cannot be read"):
        load_settings(tmp_path / "monitor.yaml")
