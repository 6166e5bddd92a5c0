"""From the fields of an item to a spaCy document: one text, its fields, its sentences.

The text of a document is its non-empty fields joined by a blank line. Everything later says where it
stands by character offsets in that text; :func:`locate` turns them into a field and its offsets.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from spacy.attrs import IDX, SENT_START
from spacy.language import Language
from spacy.tokens import Doc

_JOIN = "\n\n"
_ELLIPSIS = re.compile(r"(?:\s*(?:\[…\]|\[\.\.\.\]|…|\.\.\.|\[&hellip;\]))+\s*$")
_SPACES = re.compile(r"\s+")
# Read as spaces: the tokenizer takes seconds for thousands of signs or letters without a space.
_RUBBISH = re.compile(r"(?:(?![^\W\d_])\S){100,}|(?<=[!-~]{400})[!-~]+")
_HALVES = re.compile("[\ud800-\udfff]")  # of a character: they cannot be encoded
_LEAST_RUBBISH = 100  # characters without a space
LONGEST_TITLE, LONGEST_SUMMARY = 1_000, 5_000  # characters
LEAD_CHARS = 400  # of the text, where there is no summary: about the first three sentences of a news story

# A sentence ends at a line break, or at ". ! ?" (with closing quotes) before space and a likely start.
# The expression begins with a set of signs, since only then the search for it is quick.
_END = re.compile(r"[\n.!?…](?:(?<=\n)\s*|(?<!\n)[\"”’'»)\]]*[ \t\u00a0]+(?=[\"“‘«(\[]?[A-Z0-9À-Ý$€£¥#@]))")
# Words before a full stop that do not end a sentence. Lower case; single letters count anyway (J. Doe, U.S.).
_ABBREVIATIONS = frozenset(
    "mr mrs ms dr prof sr jr st inc corp co ltd llc plc bros vs v no nos vol fig figs gen col lt sgt "
    "capt rep sen gov hon rev dept est approx dist univ assn ave blvd mt ft jan feb mar apr jun jul "
    "aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun e.g i.e cf al u.s u.k u.n "
    "e.u a.m p.m ph.d d.c".split()
)
# Of those, the ones that often do end one: they do when the next word is a usual opener of a sentence.
_MAY_END = frozenset("inc corp co ltd llc plc u.s u.k u.n e.u a.m p.m d.c etc".split())
_OPENERS = re.compile(
    r"[\"“]?(?:The|A|An|In|On|It|Its|He|She|They|We|But|And|That|This|These|Those|At|For|After|Before|As|"
    r"When|While|If|According|However|Meanwhile|Last|Earlier|There|Here|Also|With|By|To|So)\b"
)
_LAST_WORD = re.compile(r"[\w.]*$")


class Field(NamedTuple):
    """A field of an item inside the text: characters ``start`` to ``end`` of ``doc.text``.

    ``name`` is ``title``, ``summary`` or ``text``. ``origin`` is where in the field of the item this
    part begins: not 0 where a title or summary repeated at the start of the text was left out.
    """

    name: str
    start: int
    end: int
    origin: int = 0


def _register() -> None:
    for name, default in (
        ("fields", ()),
        ("published", None),
        ("url", ""),
        ("joined", None),
        ("sentence_starts", ()),
        ("token_starts", None),
        ("mentions", ()),
        ("authorities", ()),
        ("events", ()),
        ("make_trace", None),
    ):
        if not Doc.has_extension(name):
            Doc.set_extension(name, default=default)
    if not Doc.has_extension("trace"):  # made when it is asked for, which only explanations do
        Doc.set_extension("trace", getter=lambda doc: doc._.make_trace and doc._.make_trace())


_register()


def _squeeze(text: str) -> str:
    return _SPACES.sub(" ", text).strip().casefold()


def _repeat_end(text: str, beginning: str) -> int:
    """Return where in ``text`` a repetition of ``beginning`` ends (white space aside), 0 if there is none."""
    wanted = beginning.split()
    if not wanted:
        return 0
    at = 0
    for word in wanted:
        while at < len(text) and text[at].isspace():
            at += 1
        if text[at : at + len(word)].casefold() != word.casefold():
            return 0
        at += len(word)
    return at if at >= len(text) or not text[at].isalnum() else 0


def _plan(title: str, summary: str, text: str) -> list[tuple[str, str, int]]:
    """Return (name, content, origin) of the fields to analyse, repetitions left out."""
    if _squeeze(summary) == _squeeze(title):
        summary = ""
    cut = 0
    if text and title:
        end = _repeat_end(text[: 2 * len(title) + 20], title)
        if end and ("\n" in text[end : end + 3] or end == len(text)):
            cut = end
    if summary and text:
        core = _ELLIPSIS.sub("", summary)
        end = _repeat_end(text[cut : cut + 2 * len(core) + 50], core)
        if end and core != summary:
            summary = ""
        elif end:
            cut += end
    rest = text[cut:]
    cut += len(rest) - len(rest.lstrip())
    plan = [("title", title, 0), ("summary", summary, 0), ("text", text[cut:], cut)]
    return [(name, content, origin) for name, content, origin in plan if content.strip()]


def make_doc(  # noqa: PLR0917  (the fields of an item, in their order)
    nlp: Language,
    title: str,
    summary: str = "",
    text: str = "",
    published: str | None = None,
    url: str = "",
) -> Doc:
    """Run ``nlp`` over the fields of an item and return the document.

    ``published`` is an ISO date or date-time; ``url`` is used as a weak hint only (``/review/``).
    A summary that repeats the start of the text is analysed once. Of a title that is longer than 1,000
    characters and a summary longer than 5,000 the rest is left out: no news has them, a hostile feed may.
    """
    title, summary, text = (_HALVES.sub("\ufffd", part) for part in (title, summary, text))
    title, summary = title[:LONGEST_TITLE], summary[:LONGEST_SUMMARY]
    parts: list[str] = []
    fields: list[Field] = []
    at = 0
    for name, content, origin in _plan(title, summary, text):
        fields.append(Field(name, at, at + len(content), origin))
        parts.append(content)
        at += len(content) + len(_JOIN)
    joined = _JOIN.join(parts)
    if max(map(len, joined.split()), default=0) >= _LEAST_RUBBISH:
        joined = _RUBBISH.sub(lambda found: " " * len(found.group()), joined)
    doc = nlp.make_doc(joined)
    doc._.joined = joined
    doc._.fields = tuple(fields)
    doc._.published = published
    doc._.url = url
    return nlp(doc)


def text_of(doc: Doc) -> str:
    """Return ``doc.text``, put together once (spaCy joins the tokens anew each time)."""
    text: str | None = doc._.joined
    if text is None:
        text = doc._.joined = doc.text
    return text


def token_starts(doc: Doc) -> Sequence[int]:
    """Return the character offsets of the tokens, put together once (anew where tokens were merged since)."""
    starts: Sequence[int] | None = doc._.token_starts
    if starts is None or len(starts) != len(doc):
        starts = doc._.token_starts = doc.to_array(IDX).tolist()
    return starts


def fields_of(doc: Doc) -> tuple[Field, ...]:
    """Return the fields of ``doc``; of a document made of a plain string the first line is the title."""
    known: tuple[Field, ...] = doc._.fields
    if known:
        return known
    text = text_of(doc)
    if not text.strip():
        return ()
    start = len(text) - len(text.lstrip())
    end = text.find("\n", start)
    fields = [Field("title", start, len(text) if end < 0 else end)]
    if end >= 0 and text[end:].strip():
        begin = len(text) - len(text[end:].lstrip())
        fields.append(Field("text", begin, len(text), begin))
    doc._.fields = tuple(fields)
    return tuple(fields)


def locate(doc: Doc, char: int) -> Field | None:
    """Return the field that holds character ``char`` of the document's text."""
    for field in doc._.fields:
        if field.start <= char < field.end:
            return field  # type: ignore[no-any-return]
    return None


def lead_end(doc: Doc) -> int:
    """Return the character where the lead ends: title and summary, or title and the start of the text."""
    fields = fields_of(doc)
    named = [field for field in fields if field.name != "text"]
    end = named[-1].end if named else 0
    if any(field.name == "summary" for field in fields):
        return end
    for field in fields:
        if field.name == "text":
            return min(field.end, field.start + LEAD_CHARS)
    return end


def _ends_sentence(text: str, stop: int, after: int) -> bool:
    """Say whether the full stop at ``stop`` ends a sentence; the next word starts at ``after``."""
    if text[stop] != ".":
        return True
    word = _LAST_WORD.search(text[max(0, stop - 12) : stop])
    last = word.group().lower().lstrip(".") if word else ""
    if last in _MAY_END:
        return bool(_OPENERS.match(text, after))
    return not (last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha() and last != "i"))


def sentence_starts(text: str) -> list[int]:
    """Return the character offsets at which sentences of ``text`` start, the first being 0."""
    ends = (
        match.end()
        for match in _END.finditer(text)
        if text[match.start()] == "\n" or _ends_sentence(text, match.start(), match.end())
    )
    return [0, *ends]


@Language.component("newsbeam_sentences", assigns=["token.is_sent_start"])
def newsbeam_sentences(doc: Doc) -> Doc:
    """Mark where sentences start. A field boundary is a blank line, so it always ends one.

    One array for all tokens: setting ``token.is_sent_start`` looks at the whole document each time
    (3.6 ms for 117 sentences, against 0.03 ms).
    """
    if not len(doc):
        return doc
    fields_of(doc)
    starts = sentence_starts(text_of(doc))
    doc._.sentence_starts = tuple(starts)
    marks = np.zeros((len(doc), 1), dtype=np.uint64)
    known = token_starts(doc)
    first = [bisect_left(known, start) for start in starts]
    marks[[token for token in first if token < len(known)]] = 1
    return doc.from_array([SENT_START], marks)  # type: ignore[arg-type]
