"""The documents tell the truth about the program."""

import argparse
import re
from pathlib import Path

import pytest

from newsbeam.config import load_settings
from newsbeam.taxonomy import TYPES
from pipelines.cli import _parser
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


def test_no_page_is_empty() -> None:
    """A heading is not a page."""
    assert all(len(Path(p).read_text(encoding="utf-8")) > 200 for p in ROOT.glob("docs/*.md"))
