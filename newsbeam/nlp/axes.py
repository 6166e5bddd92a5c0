"""The axes of an event: how sure, which way, how old, how far along, and in what kind of text.

Pure functions over a sentence and the character span of the trigger in it. The cues are data
(``axes.yaml``); what is code is where a cue must stand to count.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from newsbeam.knowledge.tables import Table, check_keys, read_table
from newsbeam.nlp.slots.dates import MONTHS, find_months, parse_day
from newsbeam.taxonomy import REGULATORY_TYPES

STAGES = ("proposed", "adopted", "in_force", "enforced", "struck_down")
CONTENT_TYPES = ("news", "press_release", "analysis", "opinion", "review", "how_to", "deal", "roundup")

# In which order cues are tried; the first that is found wins, the last value is the default.
_CHANGE_ORDER = ("cancelled", "delayed", "scheduled", "updated", "effective", "reported")
_STAGE_ORDER = ("struck_down", "in_force", "adopted", "proposed", "enforced")
_POLARITY = (
    "negation",
    "bridge",
    "denial",
    "fact",
    "stop",
    "wards_off",
    "court",
    "ends",
    "after",
    "never",
)
# Types that a text reports by what there will be no more ("no longer sells").
_ENDINGS = frozenset({"vendor.product_withdrawal", "vendor.contraction"})
_STAGE_MORE = ("wished", "one_house", "decided", "suit", "dismissed", "refused")
_SUITS = frozenset({"regulatory.lawsuit", "regulatory.ip_dispute"})
_MAY_BE_SUITS = frozenset({"regulatory.antitrust", "regulatory.tariff"})
_GRANTS = frozenset({"regulatory.approval", "regulatory.subsidy"})
# Types whose own words say that something stops; there they do not say that the event is cancelled.
_STOPS = frozenset(
    {
        "vendor.layoffs",
        "vendor.contraction",
        "vendor.insolvency",
        "vendor.divestiture",
        "vendor.executive_change",
    }
)
_CONTENT_ORDER = ("deal", "review", "how_to", "opinion", "roundup", "press_release", "analysis")

_BOUNDARY = re.compile(r"[;:()\[\]]|—| – |, (?!(?:and|or) )|\n")
_STRONG_BOUNDARY = re.compile(r"[;()\[\]]|—| – |\n|\. ")
# "In November, …", "Two years ago, …": a time at the head of a sentence belongs to the main clause.
_OPENING_TIME = re.compile(
    r"^[“\"]?(?:(?:Back |Early |Late |Mid-)?[Ii]n |Last |Earlier |Back |Previously|Since |At the end of |"
    r"(?:A|An|One|Two|Three|Four|Five|Six|Seven|Eight|Ten|\d+|Several|Few) [\w ]{3,30}"
    r"(?:ago|earlier|after|before))[^,]{0,60},"
)
_LONG_AFTER = re.compile(r"\b(?:years?|months|decades?) (?:after|since)\b")  # what it came after is old
_MODAL_REACH = 60  # characters between a modal and the trigger: farther off it governs another verb
_YEAR = re.compile(
    r"\b(?i:in|since|back in|of|from|during|until|by|through|between|a|the)\s+"
    r"(?:(?:early|late|mid)[- ])?"
    r"(?:(?:Q[1-4]|[A-Z][a-z]+)\.?\s+(?:of\s+)?(?:\d{1,2},\s+)?)?((?:19|20)\d\d)\b(?!s|[%,]\d)"
)
_DATED = re.compile(rf"(?:19|20)\d\d|{'|'.join(month[:3].title() for month in MONTHS)}")  # or nearly so
_AHEAD = re.compile(
    r"\b(?:will|shall|would|to be|set to|plans?|planned|planning|aims?|expects?|expected|"
    r"going to|next|until|scheduled|slated|forecast|target(?:s|ed|ing)? (?:a|an|of|for|to|date)|"
    r"due (?:in|by|on|out|to (?:be|come|launch|open|start|begin|end|ship|arrive))|"
    r"by (?:(?:the )?(?:end|start|middle|spring|summer|fall|autumn|winter|year)|early|late|mid|around|"
    rf"(?:19|20)\d\d|Q[1-4]|{'|'.join(MONTHS)}))\b",
    re.IGNORECASE,
)
_OPENING_YEAR = re.compile(r"^(?:Back )?[Ii]n (?:(?:early|late|mid)[- ]?)?(?:19|20)\d\d\b")
_SIDE_SIGNS = (",", "(", "–", "—")  # before a side clause
_ONE_MORE_ACT = re.compile(r"\b(?:and|but)(?: \w+ly| then| instead| also)? $")  # "drops its bid and buys …"
_STALE_MONTHS = 2  # "In November" is old news in January, fresh in December


class _Cues(NamedTuple):
    hints: tuple[str, ...]
    assertion: dict[str, re.Pattern[str]]
    polarity: dict[str, re.Pattern[str]]
    background: dict[str, re.Pattern[str]]
    change_state: dict[str, re.Pattern[str]]
    stage: dict[str, re.Pattern[str]]
    stage_default: dict[str, str]
    content_type: dict[str, re.Pattern[str]]
    deal_hints: tuple[str, ...]
    url: dict[str, re.Pattern[str]]


def _group(table: Table, axis: str, names: tuple[str, ...], *more: str) -> dict[str, re.Pattern[str]]:
    check_keys(table, (axis,), (*names, *more))
    return {name: table.pattern(axis, name) for name in names}


def _stage_defaults(table: Table) -> dict[str, str]:
    check_keys(table, ("stage", "default"), REGULATORY_TYPES)
    defaults = table.mapping("stage", "default")
    for event_type, stage in defaults.items():
        if stage not in STAGES:
            raise table.error(("stage", "default", event_type), f"{stage!r} is none of {', '.join(STAGES)}")
    return defaults


@lru_cache(maxsize=1)
def load_cues() -> _Cues:
    """Return the cues of ``axes.yaml``, compiled; a wrong entry is a KnowledgeError."""
    axes = ("assertion", "polarity", "background", "change_state", "stage", "content_type")
    table = read_table("axes.yaml", axes)
    check_keys(table, ("content_type", "url"), (), CONTENT_TYPES)
    certainty = ("hearsay", "attributed", "undecided", "modal", "verbs", "side", "never", "aside", "official")
    return _Cues(
        table.strings("assertion", "hints"),
        _group(table, "assertion", certainty, "hints"),
        _group(table, "polarity", _POLARITY),
        _group(
            table, "background", ("cues", "circumstance", "news", "restated", "once", "then", "anniversary")
        ),
        _group(table, "change_state", (*_CHANGE_ORDER, "headline", "verb")),
        _group(table, "stage", (*_STAGE_ORDER, *_STAGE_MORE), "default"),
        _stage_defaults(table),
        _group(table, "content_type", _CONTENT_ORDER, "deal_hints", "url"),
        table.strings("content_type", "deal_hints"),
        {kind: table.pattern("content_type", "url", kind) for kind in table.mapping("content_type", "url")},
    )


def _clause(sentence: str, trigger: tuple[int, int], boundary: re.Pattern[str]) -> tuple[int, int]:
    """Return the span of the clause that holds the trigger."""
    start, end = 0, len(sentence)
    for match in boundary.finditer(sentence):
        if match.end() <= trigger[0]:
            start = match.end()
        elif match.start() >= trigger[1]:
            end = match.start()
            break
    return start, end


def _blank(pattern: re.Pattern[str], text: str) -> str:
    """Blank out what ``pattern`` matches, so that offsets stay."""
    return pattern.sub(lambda match: " " * len(match.group()), text)


def _modal(sentence: str, trigger: tuple[int, int] | None) -> bool:
    """Say whether a modal governs the trigger, or the main clause where the trigger is not known."""
    cues = load_cues().assertion
    start, end = _clause(sentence, trigger, _BOUNDARY) if trigger else (0, len(sentence))
    for match in cues["modal"].finditer(sentence, start, end):
        verb = cues["verbs"].match(sentence, match.end() + 1)
        if verb is None or cues["side"].search(sentence[start : match.start()]):
            continue
        if trigger is None or (trigger[1] > match.start() and trigger[0] - match.end() <= _MODAL_REACH):
            return True
    return False


def assertion(sentence: str, trigger: tuple[int, int] | None = None, title: str = "", lead: str = "") -> str:
    """Return ``rumor`` where the text presents the event as unconfirmed, else ``confirmed``.

    ``title`` is the title of the item, for a sentence of its summary or lead; ``lead`` is the summary,
    for a sentence that is the title: hearsay in either covers the other. Announced plans are confirmed.
    """
    hints, cues = load_cues()[:2]
    lowered = f"{sentence}\n{title}\n{lead}".lower()
    if not any(map(lowered.__contains__, hints)):
        return "confirmed"
    plain = _blank(cues["never"], sentence)
    if cues["hearsay"].search(plain):
        return "rumor"
    if title in ("", sentence) and cues["attributed"].search(plain):
        return "rumor"
    start, end = _clause(plain, trigger, _STRONG_BOUNDARY) if trigger else (0, len(plain))
    clause = plain[start:end]
    official = bool(cues["official"].search(clause))
    if not official and (cues["undecided"].search(clause) or _modal(plain, trigger)):
        return "rumor"
    for other in (title, lead):
        said = _blank(cues["aside"], _blank(cues["never"], other))
        if other != sentence and cues["hearsay"].search(said):
            return "confirmed" if official else "rumor"
    return "confirmed"


def polarity(sentence: str, trigger: tuple[int, int], event_type: str = "") -> str:
    """Return ``negative`` where the event is denied or said not to happen, else ``positive``.

    A negation must govern the trigger: "denies it is buying", not "denies wrongdoing as a probe opens".
    """
    cues = load_cues().polarity
    regulatory = event_type.startswith("regulatory.")
    said = sentence[slice(*trigger)]
    if event_type in _ENDINGS:
        stands = not cues["ends"].search(said)
    else:
        stands = bool(cues["wards_off"].match(said) or (regulatory and cues["court"].search(sentence)))
    if stands:
        return "positive"
    start, end = _clause(sentence, trigger, _BOUNDARY)
    clause = sentence[start:end]
    begin, stop = trigger[0] - start, trigger[1] - start
    denials = (cues[name].search(clause) for name in ("negation", "denial", "fact"))
    if not any(denials) and not cues["after"].search(clause[stop:]):
        return "positive"
    clause = _blank(cues["never"], clause)
    if _negated(clause, begin) or _denied(clause, begin, "denial"):
        return "negative"
    if not regulatory and _denied(clause, begin, "fact"):
        return "negative"
    return "negative" if cues["after"].search(clause[stop:]) else "positive"


def _negated(clause: str, trigger: int) -> bool:
    """Say whether a negation governs what stands at ``trigger``."""
    cues = load_cues().polarity
    return any(
        match.end() <= trigger and cues["bridge"].fullmatch(clause, match.end(), trigger)
        for match in cues["negation"].finditer(clause)
    )


def _denied(clause: str, trigger: int, cue: str) -> bool:
    """Say whether a denial reaches what stands at ``trigger``."""
    cues = load_cues().polarity
    if _ONE_MORE_ACT.search(clause, 0, trigger):
        return False
    ends = (match.end() for match in cues[cue].finditer(clause) if match.end() <= trigger)
    stops = (cues["stop"].search(clause, end) for end in ends)
    return any(stop is None or stop.start() >= trigger for stop in stops)


def _old_year(clause: str, published: str | None) -> bool:
    """Say whether the clause dates the event to a year that was over when it was published."""
    day = parse_day(published)
    years = [int(match[1]) for match in _YEAR.finditer(clause)]
    if not years or _AHEAD.search(clause):
        return False
    if day is None:
        return True
    fresh = day.year - (day.month <= _STALE_MONTHS)  # in January the old year is still news
    return max(years) < fresh


def _old_month(clause: str, published: str | None) -> bool:
    day = parse_day(published)
    if day is None or _AHEAD.search(clause):
        return False
    months = find_months(clause)
    return bool(months) and min((day.month - month) % len(MONTHS) for month in months) >= _STALE_MONTHS


def _dates_itself(title: str, trigger: tuple[int, int], published: str | None) -> bool:
    """Say whether the title tells of an anniversary, or opens with an old year and goes on to the trigger."""
    cues = load_cues().background
    if cues["anniversary"].search(title[slice(*_clause(title, trigger, _BOUNDARY))]):
        return True
    opening = cues["anniversary"].match(title)
    if opening and opening.end() <= trigger[0]:
        return not cues["news"].search(title, opening.end(), trigger[0])
    start, end = _clause(title, trigger, _STRONG_BOUNDARY)
    opening = _OPENING_YEAR.match(title)
    if opening is None or opening.end() > trigger[0] or start > 0:
        return False
    return _old_year(title[:end], published)


def _again(trigger: str, rest: str) -> bool:
    """Say whether the rest of the title has the trigger's word again: "fined in 2018, fined again"."""
    word = trigger.split(" ", 1)[0].lower()
    return f" {word[: max(3, len(word) - 2)]}" in f" {rest.lower()}"


def _restated(title: str, trigger: tuple[int, int], published: str | None) -> bool:
    """Say whether the trigger stands in a side clause of the title about an earlier fact."""
    cues = load_cues().background
    start, end = _clause(title, trigger, _BOUNDARY)
    clause = title[start:end]
    opens = cues["restated"].match(clause)
    if not opens or title[:start].rstrip()[-1:] not in _SIDE_SIGNS or _AHEAD.search(clause):
        return False
    if _again(title[slice(*trigger)], title[end:]):
        return False
    if cues["once"].match(clause) or cues["then"].search(clause) or _old_year(clause, published):
        return True
    return opens.lastgroup == "relative" and bool(find_months(clause))


def background(
    sentence: str, trigger: tuple[int, int], published: str | None = None, field: str = "text"
) -> bool:
    """Say whether the sentence restates an older fact ("founded in 2010", "which it acquired in 2018").

    Titles tell news; there only a dated side clause ("Lumora, fined in 2023, …") and a title that dates
    itself to the past ("On this day in 2007 …") are old. Without ``published`` any past-tense year counts.
    """
    if field == "title":
        return _dates_itself(sentence, trigger, published) or _restated(sentence, trigger, published)
    cues = load_cues().background
    start, end = _clause(sentence, trigger, _BOUNDARY)
    clause = sentence[start:end]
    opening = _OPENING_TIME.match(sentence)
    if opening and start >= opening.end():
        clause = f"{opening.group()} {clause}"
    if not _may_be_old(clause):
        return False
    clause = _blank(cues["news"], clause)
    said = len(clause) - (end - start) + trigger[1] - start  # where the trigger ends in the clause
    if field == "summary":
        return bool(_old_year(clause, published) and cues["cues"].search(clause))
    if cues["cues"].search(clause) or cues["circumstance"].search(clause, 0, max(0, said)):
        return True
    return _old_year(clause, published) or _old_month(clause, published)


def _may_be_old(text: str) -> bool:
    """Say whether ``text`` has anything that makes a fact old: most has not."""
    cues = load_cues().background
    return bool(cues["cues"].search(text) or cues["circumstance"].search(text) or _DATED.search(text))


@lru_cache(maxsize=64)  # the events of an item share its lead
def without_background(sentence: str, published: str | None = None) -> str:
    """Return ``sentence`` with the clauses that restate an older fact blanked out, so that offsets stay."""
    if not (_may_be_old(sentence) or _LONG_AFTER.search(sentence)):
        return sentence
    ends = [match.span() for match in _BOUNDARY.finditer(sentence)]
    clauses = zip([0, *(end for _, end in ends)], [*(start for start, _ in ends), len(sentence)], strict=True)
    news = sentence
    for start, end in clauses:
        long_after = _LONG_AFTER.search(sentence, start, end)
        old = background(sentence, (start, end), published)
        begin = start if old else long_after.start() if long_after else end
        news = f"{news[:begin]}{' ' * (end - begin)}{news[end:]}"
    return news


def change_state(sentence: str, trigger: tuple[int, int], event_type: str = "") -> str:
    """Return how far the change is, as the words around the trigger say; ``announced`` if they do not.

    An act of an authority is effective where it is in force or complete, not where it begins.
    """
    cues = load_cues()
    start, end = _clause(sentence, trigger, _STRONG_BOUNDARY)
    before, said, after = sentence[start : trigger[0]], sentence[slice(*trigger)], sentence[trigger[1] : end]
    clause = f"{before} {after}" if event_type in _STOPS else before + said + after
    regulatory = event_type.startswith("regulatory.")
    for state in _CHANGE_ORDER:
        cue = cues.stage["in_force"] if regulatory and state == "effective" else cues.change_state[state]
        if cue.search(clause) or (state == "scheduled" and _is_to_come(before + said, len(before))):
            return state
    return "announced"


def _is_to_come(clause: str, trigger: int) -> bool:
    """Say whether a headline's bare infinitive announces the trigger: "Lumora to buy Quanto"."""
    cues = load_cues().change_state
    match = cues["headline"].match(clause) if " to " in clause.lower() else None
    if match is None or cues["verb"].search(clause, 0, match.end()):
        return False
    return trigger >= match.start("to")


def stage(sentence: str, trigger: tuple[int, int], event_type: str = "") -> str | None:
    """Return the stage of a regulatory act; None for events that are none (``vendor.*``).

    A suit is a claim, hence proposed, until something is decided; a licence that is refused or withdrawn
    is struck down; a bill that has passed one house is proposed.
    """
    cues = load_cues()
    if event_type and not event_type.startswith("regulatory."):
        return None
    start, end = _clause(sentence, trigger, _STRONG_BOUNDARY)
    clause = _blank(cues.stage["wished"], sentence[start:end])
    if event_type in _SUITS or (event_type in _MAY_BE_SUITS and cues.stage["suit"].search(clause)):
        return _stage_of_suit(clause) or "proposed"
    if event_type in _GRANTS and cues.stage["refused"].search(clause):
        return "struck_down"
    if cues.stage["one_house"].search(clause):
        return "proposed"
    found = next((stage for stage in _STAGE_ORDER if cues.stage[stage].search(clause)), None)
    return found or cues.stage_default.get(event_type)


def _stage_of_suit(clause: str) -> str | None:
    cues = load_cues().stage
    if cues["dismissed"].search(clause) or cues["struck_down"].search(clause):
        return "struck_down"
    return "enforced" if cues["decided"].search(clause) else None


def content_type(title: str, summary: str = "", url: str = "") -> str:
    """Return what kind of text an item is, by its title first, then its address and summary."""
    cues = load_cues()
    for kind in _CONTENT_ORDER:
        if _is_of_kind(kind, title):
            return kind
    path = url.lower()
    for kind, pattern in cues.url.items():
        if pattern.search(path):
            return kind
    if summary:
        for kind in ("press_release", "deal"):
            if _is_of_kind(kind, summary[:300]):
                return kind
    return "news"


def _is_of_kind(kind: str, text: str) -> bool:
    cues = load_cues()
    if kind == "deal" and not any(map(text.lower().__contains__, cues.deal_hints)):
        return False
    return bool(cues.content_type[kind].search(text))
