"""Every rule is exercised by its own examples; faults in rule files say where they are."""

from functools import cache
from pathlib import Path

import pytest
import spacy

from newsbeam.errors import KnowledgeError
from newsbeam.nlp import mentions  # noqa: F401  (registers the component)
from newsbeam.nlp.document import make_doc
from newsbeam.nlp.features import read
from newsbeam.nlp.rules import Rule, RuleBook, load_rules
from newsbeam.taxonomy import TYPES

RULES = load_rules()
CASES = [(rule, text, True) for rule in RULES for text in rule.positive] + [
    (rule, text, False) for rule in RULES for text in rule.negative
]


@cache
def _nlp() -> spacy.language.Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("newsbeam_sentences")
    nlp.add_pipe("newsbeam_mentions")
    return nlp


def _fires(rule: Rule, text: str) -> tuple[bool, list[tuple[str, ...]]]:
    reading = read(make_doc(_nlp(), text), RuleBook([rule]))
    return any(not match.missing for match in reading.matches), [match.missing for match in reading.matches]


@pytest.mark.parametrize(("rule", "text", "expected"), CASES, ids=[f"{r.id}-{t[:40]}" for r, t, _ in CASES])
def test_rule_fires_on_its_positive_examples_and_not_on_its_negative_ones(rule, text, expected):
    fired, missing = _fires(rule, text)
    assert expected == fired, f"{rule.where}: {text!r}: {missing}"


def test_every_type_has_a_rule():
    """Each of the 35 types can be found by rule."""
    assert sorted(TYPES) == sorted({rule.type for rule in RULES})


def test_a_type_has_a_rule_that_says_who_is_missing():
    """A trigger without its vendor is a near miss that names what it lacks."""
    rule = next(rule for rule in RULES if rule.id == "funding.raises")
    fired, missing = _fires(rule, "The parish raises $40,000 for its organ")
    assert not fired
    assert missing == [("a vendor or product before the trigger",)]


GOOD = """
- id: one
  type: vendor.funding
  words: [raises]
  trigger: 'raises'
  positive: [a]
  negative: [b]
"""


@pytest.mark.parametrize(
    ("text", "message", "where"),
    [
        (GOOD.replace("trigger:", "tigger:"), "unknown key 'tigger'", "a.yaml:2: one"),
        (GOOD.replace("  words: [raises]\n", ""), "missing key 'words'", "a.yaml:2: one"),
        (
            GOOD.replace("vendor.funding", "vendor.fun"),
            "unknown event type 'vendor.fun'",
            "a.yaml:2: one, type",
        ),
        (GOOD.replace("positive: [a]", "positive: []"), "not empty", "positive"),
        (GOOD + GOOD.lstrip(), "duplicate id, first in a.yaml: one", "a.yaml:2: one"),
        (GOOD.replace("'raises'", "'{nobody}'"), "unknown macro {nobody}", "a.yaml: one"),
        (GOOD.replace("negative: [b]", "negative: [b]\n  needs: [luck]"), "unknown need 'luck'", "needs"),
        ("- id: [", "not YAML", "a.yaml"),
        ("id: one", "expected a list of rules", "a.yaml"),
    ],
)
def test_a_fault_in_a_rule_file_is_named_with_its_place(tmp_path: Path, text, message, where):
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_rules(tmp_path)
    assert message in str(caught.value)
    assert where in str(caught.value)


def test_a_trigger_that_is_no_expression_is_an_error_when_it_is_compiled(tmp_path: Path):
    (tmp_path / "a.yaml").write_text(GOOD.replace("'raises'", "'rai(ses'"), encoding="utf-8")
    rule = load_rules(tmp_path)[0]
    with pytest.raises(KnowledgeError, match="not a regular expression"):
        _ = rule.trigger


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_every_pattern_compiles(rule: Rule):
    assert rule.trigger
    assert rule.unless is None or rule.unless.pattern
