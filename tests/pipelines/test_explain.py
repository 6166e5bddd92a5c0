"""``newsbeam explain``: an operator sees why it alerted, or why not."""

import io
from pathlib import Path

import pytest

from pipelines.cli import main

STORY = """Xiaomi buys drone maker Lumenar for $40 million

Xiaomi said on Monday that it has bought Lumenar, a Munich-based start-up that makes drones.
"""


@pytest.fixture
def story(tmp_path: Path) -> str:
    """Return the path of a story."""
    path = tmp_path / "story.txt"
    path.write_text(STORY)
    return str(path)


def test_an_event_is_shown_in_its_sentence_with_rule_and_policy(
    story: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Vendors in brackets, the trigger in quotes, who, what, why."""
    assert 0 == main(["explain", story])
    printed = capsys.readouterr().out
    assert "[Xiaomi] «buys drone maker» [Lumenar]" in printed
    assert "vendor.acquisition  confirmed" in printed
    assert "who: Xiaomi (actor), Lumenar (target)" in printed
    assert "what: 40 million USD" in printed
    assert "rule: acquisition." in printed
    assert "policy default: alerts" in printed
    assert "\x1b" not in printed


def test_what_was_missing_for_an_expected_type_is_said(
    story: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The learner's score next to what it needs, and the rules that nearly fired."""
    assert 0 == main(["explain", story, "--expect", "regulatory.fine"])
    printed = capsys.readouterr().out
    assert "regulatory.fine was expected and not found:" in printed
    assert "- learner: 0.0" in printed
    assert 0 == main(["explain", story, "--expect", "vendor.acquisition"])
    assert "vendor.acquisition was expected and found" in capsys.readouterr().out


def test_a_page_on_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What starts like markup is read as a page."""
    page = "<html><head><title>Xiaomi buys Lumenar</title></head><body><p>Text.</p></body></html>"
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(page.encode())))
    assert 0 == main(["explain", "-", "--published", "2025-03-01"])
    assert "Xiaomi buys Lumenar\n  2025-03-01" in capsys.readouterr().out


def test_a_policy_that_suppresses_says_why(
    story: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By which check, and in words."""
    (tmp_path / "monitor.yaml").write_text("policies: [{name: phones, vendors: [huawei]}]\n")
    assert 0 == main(["explain", story, "--config", str(tmp_path / "monitor.yaml")])
    assert "policy phones: suppressed by vendors: none of its vendors is watched" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["explain", "no-such-file.txt"], 2, "no-such-file.txt: cannot be read"),
        (["explain", "{story}", "--expect", "vendor.lunch"], 2, "no such event type: vendor.lunch"),
        (["explain", "{story}", "--published", "soon"], 2, "'soon' is no ISO 8601 date"),
        (["explain", "{binary}"], 1, "is not text"),
    ],
)
def test_wrong_use_is_said_in_one_line(
    story: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], args: list[str], code: int, words: str
) -> None:
    """No traceback."""
    (tmp_path / "binary").write_bytes(b"\x00\x01")
    filled = [arg.format(story=story, binary=tmp_path / "binary") for arg in args]
    assert code == main(filled)
    assert words in capsys.readouterr().err


def test_the_words_that_the_encoder_needs_are_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With how much its log odds fall when it does not see them."""
    path = tmp_path / "story.txt"
    path.write_text("Xiaomi buys drone maker Lumenar for $40 million\n")
    assert 0 == main(["explain", str(path)])
    printed = capsys.readouterr().out
    shown = next(line for line in printed.splitlines() if "without the word:" in line)
    assert "“buys” −" in shown


@pytest.mark.parametrize(
    ("title", "expect", "words"),
    [
        ("Best laptops of 2026", "vendor.product_launch", "the text is of the kind roundup: it needs 0.50"),
        ("Best laptops of 2026", "vendor.product_launch", "- speaks against it: "),
        ("Best laptops of 2026", "vendor.product_launch", "title “best” -"),
        ("The parish raises $40,000 for its organ", "vendor.funding", "for it: an amount in the title +"),
        ("The parish raises $40,000 for its organ", "vendor.funding", "- linear model -"),
        ("The parish raises $40,000 for its organ", "vendor.funding", ", encoder -"),
        (
            "The parish raises $40,000 for its organ",
            "vendor.funding",
            "rule funding.raises: 'raises $40,000'",
        ),
        (
            "A parish raises $40,000 for its organ",
            "vendor.funding",
            "name no vendor that takes part: it needs 0.40",
        ),
        (
            "Apple's AirPods Max 2 have dropped to $449 at Amazon",
            "vendor.product_launch",
            "the text is of the kind deal, of which no launch and no price is told",
        ),
        ("Court rules against wind farm", "regulatory.lawsuit", "no technology topic: it needs 0.60"),
        (
            "IBM retrains 2,000 staff in AI",
            "vendor.layoffs",
            "the title tells of staff who are hired, trained or paid, and of nobody who has to go",
        ),
        (
            "Shoppers sue Nintendo over tariff refunds",
            "regulatory.lawsuit",
            "its score was given to regulatory.tariff, which says more, since the title says “tariff”",
        ),
    ],
)
def test_what_spoke_against_an_expected_type_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], title: str, expect: str, words: str
) -> None:
    """Both models' scores, the strongest features either way, the kind of text, the rules that came near."""
    path = tmp_path / "story.txt"
    path.write_text(f"{title}\n")
    assert 0 == main(["explain", str(path), "--expect", expect])
    said = capsys.readouterr().out.partition("expected and not found:")[2]
    assert words in said


def test_news_needs_no_more_than_its_type_asks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The kind of text is named only where it takes effect."""
    path = tmp_path / "story.txt"
    path.write_text("The parish raises $40,000 for its organ\n")
    assert 0 == main(["explain", str(path), "--expect", "vendor.funding"])
    assert "of the kind" not in capsys.readouterr().out


def test_one_item_of_what_detect_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Title, summary and date are those of the item; an id that is missing is a wrong use."""
    lines = tmp_path / "items.jsonl"
    lines.write_text(
        "not JSON\n"
        '{"id": 16, "title": "Nothing to see"}\n'
        '{"id": 17, "title": "Xiaomi buys a drone maker", "summary": "It pays $40 million.", '
        '"published": "2026-03-04"}\n'
    )
    assert 0 == main(["explain", str(lines), "--item", "17"])
    printed = capsys.readouterr().out
    assert "2026-03-04" in printed
    assert "[Xiaomi] «buys" in printed
    assert "It pays $40 million" in printed
    assert 2 == main(["explain", str(lines), "--item", "18"])
    assert f"{lines}: holds no item with the id '18'" in capsys.readouterr().err
    assert 2 == main(["explain", "--url", "https://example.com/", "--item", "17"])
    assert "--item needs the file that holds it" in capsys.readouterr().err
