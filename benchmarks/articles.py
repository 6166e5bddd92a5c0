"""The same articles for everybody: the seeds repeated as distinct items, and real pages where they are."""

import gzip
import tarfile
from collections.abc import Iterator
from html import escape
from itertools import islice
from pathlib import Path

from newsbeam.documents import open_folder, read_documents
from newsbeam.records import FeedItem

ROOT = Path(__file__).parent.parent
PAGES = ROOT.parent / "shared" / "data" / "pages"


def seed_items(count: int, as_pages: bool = False) -> Iterator[FeedItem]:
    """Yield ``count`` items: the seeds over and over, each with an id of its own."""
    documents = open_folder(ROOT / "seeds").documents
    seeds = [item for item in read_documents(documents, "bench") if isinstance(item, FeedItem)]
    for number in range(count):
        item = seeds[number % len(seeds)]._replace(item_id=f"seed-{number}")
        yield _as_page(item) if as_pages else item


def _as_page(item: FeedItem) -> FeedItem:
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in item.content.splitlines() if line.strip())
    head = f"<head><title>{escape(item.title)}</title></head>"
    html = f"<html>{head}<body><article>{paragraphs}</article></body></html>"
    return item._replace(content=html, content_type="text/html")


def page_items(count: int) -> list[FeedItem]:
    """Return up to ``count`` real news pages; none where ../shared/data/pages is not there."""
    return list(islice(_pages(), count))


def _pages() -> Iterator[FeedItem]:
    for path in sorted(PAGES.glob("*.tar")):
        with tarfile.open(path) as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.name.endswith(".html.gz") else None
                if stream is None:
                    continue
                html = gzip.decompress(stream.read()).decode("utf-8", "replace")
                yield FeedItem(
                    item_id=member.name,
                    source=path.stem,
                    url=f"https://news.example/{member.name}",
                    title="A page",
                    summary="",
                    content=html,
                    content_type="text/html",
                    text_source="page",
                    published_at="2025-01-01T00:00:00Z",
                    date_source="feed",
                    fetched_at="2025-01-01T00:00:00Z",
                )
