"""What detection costs next to spaCy's blank tokenizer, and how long loading takes."""

import subprocess
import sys
import time
from statistics import median

import spacy

from benchmarks.articles import seed_items
from newsbeam import nlp
from newsbeam.articles import extract_article
from newsbeam.nlp.document import make_doc

WORDS = 500
ROUNDS = 7
LOAD = """
import spacy, time
started = time.perf_counter()
from newsbeam import nlp
nlp.load()
print(time.perf_counter() - started)
"""


def articles() -> list[tuple[str, str]]:
    """Return (title, text) of the seeds, each text cut or repeated to about 500 words."""
    found = [extract_article(item) for item in seed_items(10)]
    return [(article.title, _of_length(article.text)) for article in found]


def _of_length(text: str) -> str:
    lines, count = [], 0
    while count < WORDS:
        for line in text.splitlines():
            lines.append(line)
            count += len(line.split())
            if count >= WORDS:
                break
    return "\n".join(lines)


def main() -> None:
    """Print the ratio, round by round in turn, and the time to load in fresh processes."""
    blank, ours, given = spacy.blank("en"), nlp.load(), articles()
    ratios, floors = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for title, text in given * 5:
            blank(f"{title}\n\n{text}")
        between = time.perf_counter()
        for title, text in given * 5:
            make_doc(ours, title, text=text, published="2024-04-11")
        floors.append((between - started) / 50)
        ratios.append((time.perf_counter() - between) / (between - started))
    print(f"\ndetection on articles of {WORDS} words")
    print(f"  blank tokenizer    {median(floors) * 1000:.2f} ms an article")
    print(f"  detection / blank  {median(ratios):.2f}  (aim: at most 4)")
    loads = [
        float(subprocess.run([sys.executable, "-c", LOAD], check=True, capture_output=True, text=True).stdout)
        for _ in range(3)
    ]
    print(f"  loading            {median(loads):.2f} s after `import spacy`  (aim: under 1.5)")
