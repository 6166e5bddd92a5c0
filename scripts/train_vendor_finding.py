# ruff: noqa: INP001 - a script, not part of a package
"""Train the weights of the vendor finder: ``python scripts/train_vendor_finding.py LABELLED.jsonl``.

Writes ``newsbeam/knowledge/weights/ambiguous.jsonl`` (does an ambiguous name mean the vendor here?) and
``unknown.jsonl`` (is a capitalised name that no catalogue lists a vendor?). Reads the labelled items, the
project's own training examples, and the examples of the catalogue. Deterministic; needs scikit-learn. With
``--report`` it also prints precision and recall on items held out by time and by outlet.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from newsbeam.knowledge.catalogue import Vendor
from newsbeam.knowledge.forms import fold_words
from newsbeam.knowledge.weights import WEIGHTS
from newsbeam.nlp import unknown_vendors
from newsbeam.nlp.authorities import shipped_authorities
from newsbeam.nlp.cues import plain_words, wordlist
from newsbeam.nlp.document import sentence_starts
from newsbeam.nlp.surface import Words, split_words
from newsbeam.nlp.vendors import (
    Catalogue,
    Form,
    Hit,
    ambiguity_features,
    shipped_catalogue,
    words_against,
)

EXAMPLES = Path(__file__).parents[1] / "newsbeam" / "nlp" / "training"
# Set by hand: in training each example is judged without its own words, so two shared words are too rare to
# learn from; in use they mean that the text is about what the negative example is about.
AGAINST = {"against:1": -1.0, "against:2": -4.0}
# Near to proof: two words of the vendor's own context in the sentence, another name behind "×".
SUPPORTED = {"context:2": 2.0, "after:mark ×": 2.0}
# Seldom seen in training, but near to proof: "Hollenbrock Inc", "Chicago-based Hollenbrock", "CEO of Acme".
PROOF = {"suffix:corporate": 4.0, "before:based": 3.0, "before:office": 2.0}
# Shares of the sources: examples say what a name may mean, news says what it mostly means.
WEIGHT_EXAMPLE, WEIGHT_NO_CONTEXT, WEIGHT_LABELLED, WEIGHT_NEWS = 1.0, 0.35, 0.6, 0.12
# Of an ordinary word with a capital that any word would have there, and no label: mostly just the word.
WEIGHT_TITLED, WEIGHT_OPENING = 0.3, 0.4
RARE_LABELS = 4  # a vendor labelled at most so often, with few products, stands in for an unknown one
FEW_PRODUCTS = 6


class Row(NamedTuple):
    """One candidate: what it is called, its features, whether it is the vendor, its weight, its item."""

    name: str
    features: Sequence[str]
    label: int
    weight: float
    item: int


def read_items(files: Iterable[Path]) -> list[dict[str, Any]]:
    """Read labelled items, in order."""
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines() if line]


def words_of(item: dict[str, Any]) -> Words:
    """Split title and summary as the pipeline does."""
    title, summary = item["title"], item.get("summary") or ""
    text = f"{title}\n\n{summary}" if summary else title
    fields = [(0, len(title)), (len(title) + 2, len(text))] if summary else [(0, len(title))]
    return split_words(text, sentence_starts(text), fields)


def labelled(item: dict[str, Any], catalogue: Catalogue) -> dict[str, str]:
    """Return the labelled vendors of an item, name by canonical id."""
    return {catalogue.canonical(name): name for event in item["events"] for name in event["vendors"]}


def ambiguous_rows(catalogue: Catalogue, items: Sequence[dict[str, Any]]) -> Iterator[Row]:
    """Yield the rows for ambiguous names: from the catalogue's examples, then from news."""
    for vendor in catalogue.vendors.values():
        for sentence, label in _examples(vendor):
            yield from _example_rows(catalogue, vendor, sentence, label)
    for number, item in enumerate(items):
        yield from _news_rows(catalogue, item, number)


def _examples(vendor: Vendor) -> Iterator[tuple[str, int]]:
    if vendor.examples:
        yield from ((sentence, 1) for sentence in vendor.examples.positive)
        yield from ((sentence, 0) for sentence in vendor.examples.negative)


def _example_rows(catalogue: Catalogue, vendor: Vendor, sentence: str, label: int) -> Iterator[Row]:
    examples = vendor.examples
    if examples is None:
        return
    others = tuple(text for text in examples.negative if text != sentence)
    rest = vendor.model_copy(update={"examples": examples.model_copy(update={"negative": others})})
    for _, form, features in _spotted(catalogue, split_words(sentence), words_against(rest)):
        if form.vendor.id != vendor.id:
            continue
        yield Row(form.text, features, label, WEIGHT_EXAMPLE, -1)
        bare = [name for name in features if not name.startswith("context")]
        if label and len(bare) + 1 < len(features):
            yield Row(form.text, [*bare, "context:0"], 1, WEIGHT_NO_CONTEXT, -1)


def _news_rows(catalogue: Catalogue, item: dict[str, Any], number: int) -> Iterator[Row]:
    gold, words = labelled(item, catalogue), words_of(item)
    for first, form, features in _spotted(catalogue, words, None):
        ordinary = len(form.words) == 1 and form.words[0] in plain_words()
        if form.vendor.id in gold:
            yield Row(form.text, features, 1, WEIGHT_LABELLED, number)
        elif not ordinary:
            yield Row(form.text, features, 1, WEIGHT_NEWS, number)
        elif form.words[0] not in wordlist("household-names"):
            if words.titled(first):
                yield Row(form.text, features, 0, WEIGHT_TITLED, number)
            elif words.opening(first):
                yield Row(form.text, features, 0, WEIGHT_OPENING, number)


def _spotted(
    catalogue: Catalogue, words: Words, against: frozenset[str] | None
) -> Iterator[tuple[int, Form, list[str]]]:
    spotted = list(catalogue.spot(words))
    sure = {form.vendor.id for _, _, form in spotted if not form.ambiguous}
    for first, _, form in spotted:
        if form.ambiguous:
            given = words_against(form.vendor) if against is None else against
            features = ambiguity_features(words, first, form, sure, given)
            yield first, form, [name for name in features if not name.startswith(("context=", "against:"))]


def unknown_rows(catalogue: Catalogue, items: Sequence[dict[str, Any]]) -> Iterator[Row]:
    """Yield the rows for unknown names; rare vendors of the catalogue are hidden and stand in for them."""
    often = Counter(vendor for item in items for vendor in labelled(item, catalogue))
    for number, item in enumerate(items):
        words, gold = words_of(item), labelled(item, catalogue)
        known, authorities = catalogue.find(words), shipped_authorities().find(words)
        hidden = [hit for hit in known if _is_rare(hit, catalogue, often)]
        shown = [hit for hit in known if hit not in hidden]
        spans = {(hit.first, hit.last) for hit in hidden if hit.certainty >= 0.6}
        names = {fold_words(name) for name in gold.values()}
        blocked = {at for hit in (*shown, *authorities) for at in range(hit.first, hit.last)}
        for span in unknown_vendors.candidates(words, blocked):
            name = words.text[words.starts[span.first] : words.ends[span.last - 1]]
            is_vendor = span in spans or catalogue.canonical(name) in gold or fold_words(name) in names
            features = unknown_vendors.features_of(words, span, bool(shown), bool(authorities))
            yield Row(name.lower(), list(features), int(is_vendor), 1.0, number)


def _is_rare(hit: Hit, catalogue: Catalogue, often: Counter[str]) -> bool:
    few = len(catalogue.vendors[hit.vendor_id].products) <= FEW_PRODUCTS
    return hit.kind in ("company", "brand") and few and often[hit.vendor_id] <= RARE_LABELS


def train(rows: Sequence[Row], strength: float, least: int) -> dict[str, float]:
    """Return the weights of a logistic regression over features seen at least ``least`` times."""
    counts = Counter(name for row in rows for name in set(row.features))
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(
        [{name: 1.0 for name in row.features if counts[name] >= least} for row in rows]
    )
    model = LogisticRegression(C=strength, max_iter=3000)
    model.fit(matrix, [row.label for row in rows], sample_weight=[row.weight for row in rows])
    names = vectorizer.get_feature_names_out()
    found = {str(name): float(weight) for name, weight in zip(names, model.coef_[0], strict=True)}
    return {"bias": float(model.intercept_[0])} | found


def write(name: str, weights: dict[str, float], least: float) -> None:
    """Write the weights of at least ``least`` in size, in the order of their names."""
    lines = [
        json.dumps({"feature": feature, "weight": round(weight, 3)}, ensure_ascii=False)
        for feature, weight in sorted(weights.items())
        if abs(weight) >= least
    ]
    (WEIGHTS / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def report(rows: Sequence[Row], held_out: set[int], title: str) -> None:
    """Print precision and recall of unknown names on the items ``held_out``."""
    weights = train([row for row in rows if row.item not in held_out], 0.3, 6)
    best: dict[tuple[int, str], list[float]] = defaultdict(lambda: [-99.0, 0.0])
    for row in rows:
        if row.item in held_out:
            entry = best[row.item, row.name]
            entry[0] = max(entry[0], weights["bias"] + sum(weights.get(name, 0.0) for name in row.features))
            entry[1] = max(entry[1], float(row.label))
    scores, labels = np.array(list(best.values())).T
    certain = 1 / (1 + np.exp(-scores))
    print(f"{title}: {len(held_out)} items, {int(labels.sum())} names")
    for least in (0.3, 0.4, 0.5, 0.6):
        right = float(((certain >= least) * labels).sum())
        precision = right / max(1, int((certain >= least).sum()))
        recall = right / max(1.0, float(labels.sum()))
        print(f"  certainty >= {least}: precision {precision:.2f}, recall {recall:.2f}")


def report_all(rows: Sequence[Row], items: Sequence[dict[str, Any]]) -> None:
    """Print precision and recall of unknown names on the latest items, and on those of smaller outlets."""
    dated = [item.get("published") or "" for item in items]
    late = sorted(date for date in dated if date)[-len(items) // 10]
    report(rows, {n for n, date in enumerate(dated) if date >= late}, f"from {late[:10]} on")
    outlets = [item["source"] for item in items]
    dated_items = [number for number, date in enumerate(dated) if date]
    largest = {name for name, _ in Counter(outlets[n] for n in dated_items).most_common(2)}
    others = {n for n in dated_items if outlets[n] not in largest}
    report(rows, others, "outlets other than the two largest")


def main() -> None:
    """Train both and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("labelled", type=Path, nargs="+")
    parser.add_argument("--report", action="store_true", help="measure unknown names on items held out")
    parser.add_argument("--only", choices=("ambiguous", "unknown"), help="train one of the two")
    given = parser.parse_args()
    catalogue = shipped_catalogue()
    items = read_items([*given.labelled, *sorted(EXAMPLES.glob("*.jsonl"))])
    if given.only != "unknown":
        ambiguous = train(list(ambiguous_rows(catalogue, items)), 0.5, 4)
        write("ambiguous", ambiguous | AGAINST | SUPPORTED, 0.02)
    if given.only != "ambiguous":
        rows = list(unknown_rows(catalogue, items))
        if given.report:
            report_all(rows, items)
        write("unknown", train(rows, 0.3, 6) | PROOF, 0.03)


if __name__ == "__main__":
    main()
