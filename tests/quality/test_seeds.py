"""The seed articles hold certain events and must never show certain others."""

import json
from pathlib import Path

import pytest

from newsbeam.articles import extract_article
from newsbeam.documents import open_folder, read_documents
from newsbeam.nlp import load, make_doc
from newsbeam.records import FeedItem, Money

ROOT = Path(__file__).resolve().parents[2]
EXPECTED = json.loads((Path(__file__).parent / "seeds_expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found():
    """Return the detections of each seed item by its id."""
    nlp = load()
    detections = {}
    for item in read_documents(open_folder(ROOT / "seeds").documents, "test"):
        assert isinstance(item, FeedItem)
        article = extract_article(item)
        doc = make_doc(nlp, article.title, article.summary, article.text, article.published_at, article.url)
        detections[item.item_id] = doc._.events
    return detections


def _written(value):
    return f"{value.value:.0f} {value.currency}" if isinstance(value, Money) else value


def _lacks(wanted, detection):
    """Say what ``detection`` lacks of ``wanted``; empty if nothing."""
    names = {vendor.name.casefold() for vendor in detection.vendors}
    lacks = [name for name in wanted["vendors"] if name.casefold() not in names]
    for slot, value in wanted.get("slots", {}).items():
        has = _written(getattr(detection.slots, slot))
        if has != value:
            lacks.append(f"{slot} {value}, has {has}")
    lacks += [
        f"{key} {wanted[key]}, has {getattr(detection, key)}"
        for key in ("assertion", "authority")
        if key in wanted and wanted[key] != getattr(detection, key)
    ]
    return lacks


@pytest.mark.parametrize(
    ("item", "wanted"),
    [(item, wanted) for item, entry in EXPECTED.items() for wanted in entry["found"]],
    ids=[f"{item}-{wanted['type']}" for item, entry in EXPECTED.items() for wanted in entry["found"]],
)
def test_what_a_careful_reader_finds_is_found(found, item, wanted):
    same_type = [detection for detection in found[item] if detection.type == wanted["type"]]
    assert same_type, f"found only {[detection.type for detection in found[item]]}"
    assert any(not _lacks(wanted, d) for d in same_type), [_lacks(wanted, d) for d in same_type]
    assert not all(detection.background for detection in same_type)


@pytest.mark.parametrize("item", EXPECTED)
def test_what_must_never_be_news_is_not(found, item):
    news = [detection for detection in found[item] if not detection.background]
    assert not {detection.type for detection in news} & set(EXPECTED[item].get("never", ()))
    names = {vendor.name for detection in news for vendor in detection.vendors}
    assert not names & set(EXPECTED[item].get("never_vendors", ()))
    if EXPECTED[item].get("quiet"):
        assert [] == [detection.type for detection in news if detection.confidence >= 0.5]
