"""Every rule is exercised by its own examples; faults in rule files say where they are."""

from functools import cache
from pathlib import Path

import pytest
import spacy

from newsbeam.errors import KnowledgeError
from newsbeam.nlp import mentions  # noqa: F401  (registers the component)
from newsbeam.nlp.document import make_doc
from newsbeam.nlp.features import read
from newsbeam.nlp.rules import Rule, RuleBook, compile_rules, load_rules
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
        (GOOD.replace("trigger:", "tigger:"), "unknown key 'tigger'", "a.yaml:5: one, tigger"),
        (GOOD.replace("  words: [raises]\n", ""), "missing key 'words'", "a.yaml:2: one"),
        (
            GOOD.replace("vendor.funding", "vendor.fun"),
            "unknown event type 'vendor.fun'",
            "a.yaml:3: one, type",
        ),
        (GOOD.replace("positive: [a]", "positive: []"), "not empty", "positive"),
        (GOOD + GOOD.lstrip(), "duplicate id, first in a.yaml:2: one", "a.yaml:8: one"),
        (GOOD.replace("'raises'", "'{nobody}'"), "unknown macro {nobody}", "a.yaml:2: one, trigger"),
        (GOOD.replace("negative: [b]", "negative: [b]\n  needs: [luck]"), "unknown need 'luck'", "needs"),
        ("- id: [", "not YAML", "a.yaml"),
        ("id: one", "expected a list of rules", "a.yaml:1"),
        ("- one", "a rule is a mapping", "a.yaml:1"),
        (f"{GOOD}  strength: high", "a number from 0 to 1", "a.yaml:8: one, strength"),
        (f"{GOOD}  strength: 7", "a number from 0 to 1", "a.yaml:8: one, strength"),
        (f"{GOOD}  strength: true", "a number from 0 to 1", "a.yaml:8: one, strength"),
        (f"{GOOD}  body: 'no'", "must be true or false", "a.yaml:8: one, body"),
        (f"{GOOD}  unless:", "must be a string that is not empty", "a.yaml:8: one, unless"),
        (f"{GOOD}  needs: vendor", "expected a list", "a.yaml:8: one, needs"),
        (f"{GOOD}  trigger: 'x'", "'trigger' stands on line 5 already", "a.yaml:8"),
        (GOOD.replace("'raises'", "12"), "must be a string", "a.yaml:5: one, trigger"),
        (GOOD.replace("[raises]", "[raises, off]"), "False must be a string", "a.yaml:4: one, words"),
        (GOOD.replace("[raises]", "[raises money]"), "must be one word", "a.yaml:4: one, words"),
        (GOOD.replace("[raises]", "['ra*ses']"), "must be one word", "a.yaml:4: one, words"),
    ],
)
def test_a_fault_in_a_rule_file_is_named_with_its_place(tmp_path: Path, text, message, where):
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_rules(tmp_path)
    assert message in str(caught.value)
    assert where in str(caught.value)


def test_a_duplicate_id_names_both_files(tmp_path: Path):
    """Ids are unique over all files of rules."""
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("# more\n" + GOOD, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"b\.yaml:3: one: duplicate id, first in a\.yaml:2: one"):
        load_rules(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: x\nb: y\na: z", "macros.yaml:3: 'a' stands on line 1 already"),
        ("a: x\nb: 12", "macros.yaml:2: b: must be a pattern"),
        ("a: '{b}'\nb: '{a}'", "macros.yaml:1: a: macro {a} is a part of itself"),
        ("a: '{c}'", "macros.yaml:1: a: unknown macro {c}"),
        ("V: x", "macros.yaml:1: V: a macro's name"),
        ("w3: x", "macros.yaml:1: w3: a macro's name"),
        ("- x", "macros.yaml:1: must be a mapping"),
    ],
)
def test_a_fault_in_the_macros_is_named_with_its_place(tmp_path: Path, text, message):
    """A macro that no rule uses is checked too."""
    (tmp_path / "macros.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        load_rules(tmp_path)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (GOOD.replace("'raises'", "'rai(ses'"), "a.yaml:2: one, trigger"),
        (f"{GOOD}  unless: '*x'", "a.yaml:2: one, unless"),
    ],
)
def test_compiling_all_rules_finds_what_is_no_expression(tmp_path: Path, text, where):
    """What ``newsbeam check`` does before a sentence calls the rule."""
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    rules = load_rules(tmp_path)
    with pytest.raises(KnowledgeError, match=f"{where}: not a regular expression"):
        compile_rules(rules)


def test_a_trigger_that_is_no_expression_is_an_error_when_it_is_compiled(tmp_path: Path):
    (tmp_path / "a.yaml").write_text(GOOD.replace("'raises'", "'rai(ses'"), encoding="utf-8")
    rule = load_rules(tmp_path)[0]
    with pytest.raises(KnowledgeError, match="not a regular expression"):
        _ = rule.trigger


@pytest.mark.parametrize("rule", RULES, ids=[rule.id for rule in RULES])
def test_every_pattern_compiles(rule: Rule):
    assert rule.trigger
    assert rule.unless is None or rule.unless.pattern
