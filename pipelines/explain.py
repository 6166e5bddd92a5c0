"""``newsbeam explain``: one article as understood, down to the rule and the policy's word."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, cast

from rich.console import Console
from rich.text import Text
from spacy.tokens import Doc

from newsbeam import clock
from newsbeam.articles import extract_article
from newsbeam.config import Settings
from newsbeam.detection import load_language, read_article
from newsbeam.documents import read_one
from newsbeam.errors import NewsbeamError, UsageError
from newsbeam.messages import event_message
from newsbeam.nlp.deciding import NEVER
from newsbeam.nlp.events import EventDetector
from newsbeam.nlp.explaining import spoken_against, telling_words, verdict
from newsbeam.policies import Policy, decide
from newsbeam.records import LEARNER, Article, Event, FeedItem, to_event
from newsbeam.screen import screen
from newsbeam.taxonomy import TYPES
from pipelines.detect import read_item
from sinks.console import slots_in_words

NEAR_SCORES = 3  # types shown of those that the learner nearly took
NEAR_SHARE = 0.3  # of its threshold that a score needs to be called near
NEAR_RULES = 8  # rules shown of those that nearly fired


class Origin(NamedTuple):
    """Where the article comes from: a file (``-``: standard input), an item of a file of lines, or a page."""

    file: str | None
    item: str | None
    url: str | None


def explain(article_from: Origin, expect: str | None, published: str | None, settings: Settings) -> int:
    """Print how the article is understood; returns 0, or 1 where it cannot be read."""
    if expect is not None and expect not in TYPES:
        raise UsageError(f"no such event type: {expect}", hint="docs/taxonomy.md lists them")
    language = load_language(settings.nlp.model)
    try:
        article = extract_article(_item(article_from, published, settings))
    except UsageError:
        raise
    except NewsbeamError as error:
        sys.stderr.write(f"newsbeam: {error}\n")
        return 1
    doc = read_article(article, language)
    out = sys.stdout
    console = screen(out, soft_wrap=True)
    detector = cast("EventDetector", language.get_pipe("newsbeam_events"))
    _Explanation(console, article, doc, settings.policies, detector).show(expect)
    return 0


def _item(origin: Origin, published: str | None, settings: Settings) -> FeedItem:
    file, url = origin.file, origin.url
    if origin.item is not None:
        if file is None:
            raise UsageError("--item needs the file that holds it", where="--item")
        item = read_item(None if file == "-" else Path(file), origin.item)
    elif url is not None:
        from newsbeam.feeds.pages import fetch_page  # noqa: PLC0415 - nobody else here needs the network

        item = fetch_page(url, settings.http)
    elif file == "-":
        item = read_one(sys.stdin.buffer.read(), "standard input", clock.system_clock())
    else:
        path = Path(str(file))
        try:
            item = read_one(path.read_bytes(), path.name, clock.system_clock())
        except OSError as error:
            raise UsageError(f"cannot be read: {error.strerror}", where=str(path)) from error
    if published is None:
        return item
    try:
        return item._replace(published_at=clock.to_iso(clock.from_iso(published)), date_source="manifest")
    except ValueError as error:
        raise UsageError(f"{published!r} is no ISO 8601 date", where="--published") from error


class _Explanation:
    def __init__(
        self,
        console: Console,
        article: Article,
        doc: Doc,
        policies: Sequence[Policy],
        detector: EventDetector,
    ) -> None:
        self._console = console
        self._article = article
        self._doc = doc
        self._policies = policies
        self._detector = detector

    def show(self, expect: str | None) -> None:
        self._article_head()
        self._mentions()
        self._events()
        self._nearly()
        if expect is not None:
            self._expected(expect)

    def _line(self, *parts: str | tuple[str, str], indent: int = 0) -> None:
        self._console.print(Text(" " * indent).append_text(Text.assemble(*parts)))

    def _article_head(self) -> None:
        article, trace = self._article, self._doc._.trace
        day = article.published_at[:10] if article.published_at else "undated"
        kind = trace.content_type if trace else "news"
        self._line((article.title or "(no title)", "bold"))
        words = len(article.text.split())
        self._line(f"{day} · {kind} · {words} words of text · {article.source}", indent=2)
        self._console.print()

    def _mentions(self) -> None:
        seen: dict[str, list[str]] = {}
        names: dict[str, str] = {}
        for mention in self._doc._.mentions:
            seen.setdefault(mention.vendor_id, []).append(f"“{mention.text}” ({mention.why})")
            names[mention.vendor_id] = mention.name
        self._line((f"Vendors ({len(seen)})", "bold"))
        for vendor, whys in seen.items():
            shown = "; ".join(dict.fromkeys(whys))
            self._line((names[vendor], "green"), f"  {vendor}  {len(whys)}×  {shown[:300]}", indent=2)
        authorities = {a.authority_id: a for a in self._doc._.authorities}
        self._line((f"Authorities ({len(authorities)})", "bold"))
        for authority in authorities.values():
            what = f"  {authority.kind}, {authority.jurisdiction or 'jurisdiction unknown'}"
            self._line((authority.name, "magenta"), what, indent=2)
        self._console.print()

    def _events(self) -> None:
        detections = self._doc._.events
        self._line((f"Events ({len(detections)})", "bold"))
        for detection in detections:
            self._event(to_event(self._article, detection))
        self._console.print()

    def _event(self, event: Event) -> None:
        seen = event.detection
        marks = [
            name
            for name, there in (("background", seen.background), ("denied", seen.polarity == "negative"))
            if there
        ]
        self._line(
            (seen.type, "bold cyan"),
            f"  {', '.join([seen.assertion, *marks])}  {seen.confidence:.2f}",
            indent=2,
        )
        self._console.print(Text("    ").append_text(self._highlighted(event)))
        roles = ", ".join(f"{vendor.name} ({vendor.role})" for vendor in seen.vendors) or "no vendor named"
        self._line(f"who: {roles}" + (f"; authority: {seen.authority}" if seen.authority else ""), indent=4)
        if slots := slots_in_words(event_message(event)):
            self._line(f"what: {slots}", indent=4)
        by_rule = seen.evidence.rule != LEARNER
        rule = f"rule: {seen.evidence.rule}, trigger" if by_rule else "no rule, strongest words:"
        self._line(f"{rule} “{seen.evidence.trigger}” in the {seen.evidence.field}", indent=4)
        if seen.evidence.features:
            self._line(f"learner: {verdict(self._detector, self._doc, seen.type)}", indent=4)
            _, *seen_in_text = seen.evidence.features
            self._line(f"linear model: {'; '.join(seen_in_text) or 'nothing for it'}", indent=4)
            words = telling_words(self._detector, self._doc, seen.type)
            if words:
                shown = ", ".join(f"“{word}” −{fall:.2f}" for word, fall in words)
                self._line(f"without the word: {shown}", indent=4)
        for policy in self._policies:
            decision = decide(policy, event)
            if decision.suppressed_by:
                self._line(
                    (f"policy {policy.name}: suppressed by {decision.suppressed_by}", "yellow"),
                    f": {decision.reason}",
                    indent=4,
                )
            else:
                self._line((f"policy {policy.name}: alerts", "green"), indent=4)

    def _highlighted(self, event: Event) -> Text:
        """Return the sentence with vendors in [brackets] and the trigger in «quotes», coloured too."""
        evidence = event.detection.evidence
        spans = [
            (
                evidence.trigger_start - evidence.start,
                evidence.trigger_end - evidence.start,
                "«",
                "»",
                "bold red",
            )
        ]
        for vendor in event.detection.vendors:
            at = evidence.sentence.find(vendor.matched_text)
            if at >= 0:
                spans.append((at, at + len(vendor.matched_text), "[", "]", "green"))
        return _marked(evidence.sentence, spans)

    def _nearly(self) -> None:
        trace = self._doc._.trace
        if trace is None:
            return
        found = {detection.type for detection in self._doc._.events}
        if trace.raised:
            found.add(trace.raised.wide)  # told as what it is about
        near = [row for row in trace.near if row[1] not in found][:NEAR_RULES]
        shares = sorted(((-s / t, name, s, t) for name, s, t in trace.scores if name not in found and t))
        scores = [row for row in shares if -row[0] >= NEAR_SHARE][:NEAR_SCORES]
        if scores or near:
            self._line(("Nearly", "bold"))
        for _, name, score, threshold in scores:
            needs = "is not told of such a text" if threshold == NEVER else f"needs {threshold:.2f}"
            self._line(f"{name}: the learner says {score:.2f}, {needs}", indent=2)
        for rule, name, trigger, sentence, missing in near:
            self._line(
                f"{name}: rule {rule} has “{trigger}”, misses {', '.join(missing)}, in: {sentence[:120]}",
                indent=2,
            )

    def _expected(self, expect: str) -> None:
        self._console.print()
        if any(detection.type == expect for detection in self._doc._.events):
            self._line((f"{expect} was expected and found", "green"))
            return
        self._line((f"{expect} was expected and not found:", "yellow"))
        for reason in self._missing(expect):
            self._line(f"- {reason}", indent=2)

    def _missing(self, expect: str) -> list[str]:
        """Return why there is no event of the type ``expect``."""
        trace = self._doc._.trace
        if trace is None:
            return ["there is no text"]
        found = [detection.type for detection in self._doc._.events]
        return [*trace.why_not(expect), *spoken_against(self._detector, self._doc, expect, found)]


def _marked(sentence: str, spans: Iterable[tuple[int, int, str, str, str]]) -> Text:
    text, done = Text(), 0
    for start, end, opening, closing, style in sorted(spans):
        if start < done or end <= start or end > len(sentence):
            continue  # overlaps an earlier mark, or the trigger lies in another sentence
        text.append(sentence[done:start]).append(f"{opening}{sentence[start:end]}{closing}", style)
        done = end
    return text.append(sentence[done:])
