"""A folder of documents as a source: the seeds, or whatever a developer drops beside them.

A manifest (``manifest.yaml``) may say which lines of a document are which item. A document that it
does not name is one item. ``.txt`` is plain text, ``.html`` and ``.htm`` are pages.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, model_validator

from newsbeam import clock
from newsbeam.errors import SeedError, UsageError
from newsbeam.records import DeadLetter, FeedItem, Outcome, dead_letter, digest
from newsbeam.yamlfile import load_model

MANIFEST = "manifest.yaml"
TEXT_SUFFIXES = (".txt",)
HTML_SUFFIXES = (".html", ".htm")
MAX_DOCUMENT_BYTES = 5_000_000
"""A document larger than this is a dead letter. The largest of 481 real news pages has 1.8 MB."""


class ManifestItem(BaseModel):
    """One item of a document: its lines (1-based, both ends included) and what is known of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1)
    lines: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]]
    title: str = ""
    source: str = ""
    url: str = ""
    published: datetime | date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> "ManifestItem":
        if self.lines[0] > self.lines[1]:
            raise ValueError(f"lines {self.lines[0]} to {self.lines[1]} run backwards")
        return self


class ManifestDocument(BaseModel):
    """One document of a folder and the items in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    file: str = Field(pattern=r"^[^/\\]+$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    items: tuple[ManifestItem, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _disjoint(self) -> "ManifestDocument":
        ordered = sorted(self.items, key=lambda item: item.lines)
        for before, after in pairwise(ordered):
            if after.lines[0] <= before.lines[1]:
                raise ValueError(f"items {before.id!r} and {after.id!r} of {self.file} overlap")
        return self


class Manifest(BaseModel):
    """Which lines of which document are which item."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1, le=1)
    fetched_at: datetime | date
    documents: tuple[ManifestDocument, ...]

    @model_validator(mode="after")
    def _unique(self) -> "Manifest":
        for what, names in (
            ("document", [document.file for document in self.documents]),
            ("item", [item.id for document in self.documents for item in document.items]),
        ):
            doubles = sorted({name for name in names if names.count(name) > 1})
            if doubles:
                raise ValueError(f"{what} {doubles[0]!r} stands twice")
        return self


class Document(NamedTuple):
    """A document of a folder: its manifest entry, if any, and whether it is there."""

    path: str
    entry: ManifestDocument | None
    fetched_at: str


class Folder(NamedTuple):
    """What a folder holds: documents in order of name, and the names of files that are no documents."""

    documents: tuple[Document, ...]
    ignored: tuple[str, ...]


def open_folder(folder: Path) -> Folder:
    """List the documents of ``folder``; reads only the manifest.

    Raises :class:`UsageError` where the folder is none or has no documents, and :class:`ConfigError`
    where the manifest is wrong. A document that the manifest names and that is not there is listed
    all the same: reading it gives a dead letter.
    """
    if not folder.is_dir():
        raise UsageError("is no folder", where=str(folder), hint="name a folder of .txt or .html documents")
    manifest_path = folder / MANIFEST
    manifest = load_model(manifest_path, Manifest) if manifest_path.exists() else None
    entries = {document.file: document for document in manifest.documents} if manifest else {}
    files = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    suffixes = TEXT_SUFFIXES + HTML_SUFFIXES
    names = sorted({name for name in files if name.lower().endswith(suffixes)} | set(entries))
    if not names:
        raise UsageError("holds no documents", where=str(folder), hint="put .txt or .html files into it")
    ignored = (name for name in files if name not in names and name not in (MANIFEST, "__init__.py"))
    documents = tuple(
        Document(str(folder / name), entries.get(name), _fetched_at(folder / name, manifest))
        for name in names
    )
    return Folder(documents, tuple(ignored))


def _fetched_at(path: Path, manifest: Manifest | None) -> str:
    """A document was fetched when the manifest says, else when its file was written."""
    if manifest:
        return _iso(manifest.fetched_at)
    return clock.to_iso(datetime.fromtimestamp(int(path.stat().st_mtime), UTC))


def _iso(moment: datetime | date) -> str:
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return clock.to_iso(moment)


def read_documents(documents: tuple[Document, ...], step: str) -> Iterator[FeedItem | DeadLetter | Outcome]:
    """Read ``documents`` one after another into items.

    An item that repeats the text of an earlier one ends as a ``duplicate`` outcome. A document that
    cannot be read is a dead letter of ``step`` for each item it should have held.
    """
    seen: dict[str, str] = {}
    for document in documents:
        for found in _read_document(document, step):
            if isinstance(found, FeedItem):
                key = digest(found.title, found.content)
                if key in seen:
                    yield Outcome(found.item_id, "duplicate", f"same text as item {seen[key]}")
                    continue
                seen[key] = found.item_id
            yield found


def _read_document(document: Document, step: str) -> Iterator[FeedItem | DeadLetter]:
    path = Path(document.path)
    entry = document.entry
    try:
        text = _read_text(path, entry)
        items = _declared(document, entry, text) if entry else [_whole(document, text)]
    except SeedError as error:
        for item_id in [item.id for item in entry.items] if entry else [path.name]:
            yield dead_letter(step, path.name, error, path.name, item_id)
        return
    yield from items


def _read_text(path: Path, entry: ManifestDocument | None) -> str:
    name = path.name
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_DOCUMENT_BYTES + 1)
    except FileNotFoundError as error:
        raise SeedError("is missing", where=name, hint=f"restore it or take it out of {MANIFEST}") from error
    except OSError as error:
        raise SeedError(f"cannot be read: {error.strerror}", where=name) from error
    if entry and hashlib.sha256(data).hexdigest() != entry.sha256:
        raise SeedError(
            f"has changed: its SHA-256 is not the one in {MANIFEST}",
            where=name,
            hint="restore it, or write its new hash and lines into the manifest",
        )
    return _text_of(data, name)


def _text_of(data: bytes, name: str) -> str:
    if len(data) > MAX_DOCUMENT_BYTES:
        raise SeedError(f"is larger than {MAX_DOCUMENT_BYTES} bytes", where=name, hint="split it")
    if b"\0" in data:
        raise SeedError(f"is not text: a zero byte at offset {data.index(0)}", where=name)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise SeedError(
            f"is not UTF-8 text: byte 0x{data[error.start]:02x} at offset {error.start}",
            where=name,
            hint="save it as UTF-8",
        ) from error
    if not text.strip():
        raise SeedError("is empty", where=name)
    return text


def read_one(data: bytes, name: str, now: datetime) -> FeedItem:
    """Return the item that the bytes of one document called ``name`` are; ``now`` is when it was fetched.

    What starts like markup is a page, whatever its name. Raises :class:`SeedError`.
    """
    text = _text_of(data, name)
    if text.lstrip()[:1] == "<" and not name.lower().endswith(HTML_SUFFIXES):
        name += HTML_SUFFIXES[0]
    return _whole(Document(name, None, clock.to_iso(now)), text)


def _declared(document: Document, entry: ManifestDocument, text: str) -> list[FeedItem]:
    lines = text.split("\n")
    last = max(item.lines[1] for item in entry.items)
    if last > len(lines):
        raise SeedError(f"has {len(lines)} lines, the manifest names line {last}", where=entry.file)
    return [
        _item(document, item, "\n".join(lines[item.lines[0] - 1 : item.lines[1]])) for item in entry.items
    ]


def _item(document: Document, item: ManifestItem, text: str) -> FeedItem:
    return FeedItem(
        item_id=item.id,
        source=item.source or Path(document.path).name,
        url=item.url,
        title=item.title or _first_line(text),
        summary="",
        content=text,
        content_type="text/plain",
        text_source="document",
        published_at=_iso(item.published) if item.published else None,
        date_source="manifest" if item.published else "none",
        fetched_at=document.fetched_at,
    )


def _whole(document: Document, text: str) -> FeedItem:
    path = Path(document.path)
    html = path.name.lower().endswith(HTML_SUFFIXES)
    return FeedItem(
        item_id=path.name,
        source=path.name,
        url="",
        title="" if html else _first_line(text),
        summary="",
        content=text,
        content_type="text/html" if html else "text/plain",
        text_source="document",
        published_at=None,
        date_source="none",
        fetched_at=document.fetched_at,
    )


def _first_line(text: str) -> str:
    """Return the first line with something on it, at most 300 characters: a headline is no longer."""
    return text.lstrip().partition("\n")[0].strip()[:300]
