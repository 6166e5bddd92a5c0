"""The documents tell the truth about the program."""

import argparse
import io
import json
import re
from pathlib import Path

import pytest

from newsbeam.config import load_settings
from newsbeam.knowledge.catalogue import load_authorities
from newsbeam.nlp.vendors import shipped_catalogue
from newsbeam.taxonomy import TYPES
from pipelines.cli import _parser, main
from tests.conftest import ROOT


def _commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = [a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(action.choices)


@pytest.mark.parametrize("name", sorted(_commands()))
def test_every_command_has_help_with_examples_and_stands_in_the_readme(name: str) -> None:
    """A command that nobody can find is not there."""
    shown = _commands()[name].format_help()
    assert "examples:" in shown
    assert f"newsbeam {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_configuration_is_valid() -> None:
    """It can be copied as it is."""
    load_settings(ROOT / "docs" / "monitor.yaml")


def test_the_taxonomy_page_lists_every_type() -> None:
    """And no other."""
    page = (ROOT / "docs" / "taxonomy.md").read_text(encoding="utf-8")
    assert sorted(TYPES) == sorted(set(re.findall(r"`((?:vendor|regulatory)\.[a-z_]+)`", page)))


@pytest.mark.parametrize(
    "page", sorted(str(p.relative_to(ROOT)) for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
)
def test_links_between_the_pages_lead_somewhere(page: str) -> None:
    """Relative links only; others cannot be checked without a network."""
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#]+)", path.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (path.parent / target).exists(), f"{page} links to {target}"


def test_the_readme_shows_what_explain_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Word by word, for the headline that it gives."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"`echo '([^']+)' \| newsbeam explain -`:\n\n```\n(.*?)\n```", page, re.DOTALL)
    assert found
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(found[1].encode() + b"\n")))
    assert 0 == main(["explain", "-"])
    assert found[2] == capsys.readouterr().out.rstrip()


def test_the_readme_shows_alerts_of_the_replay() -> None:
    """The rows stand, with these confidences, in the alerts that the seeds must give."""
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\S+ +((?:vendor|regulatory)\.\w+) .* (\d\.\d\d)   ", page, re.MULTILINE)
    lines = (ROOT / "seeds" / "expected" / "alerts.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line)["event"] for line in lines]
    told = {(event["type"], f"{event['confidence']:.2f}") for event in events}
    assert len(shown) >= 5
    assert set(shown) <= told
    assert f"Alerts ({len(events)})" in page


def test_the_changelog_counts_the_catalogue() -> None:
    """An entry more or less is a number more or less."""
    page = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    counts = f"{len(shipped_catalogue().vendors):,} vendors and {len(load_authorities())} authorities"
    assert f"A catalogue of {counts}" in page


def test_no_page_is_empty() -> None:
    """A heading is not a page."""
    assert all(len(Path(p).read_text(encoding="utf-8")) > 200 for p in ROOT.glob("docs/*.md"))
