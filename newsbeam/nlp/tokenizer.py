"""spaCy's tokenizer with a memory that works: the same tokens in a fraction of the time.

The tokenizer keeps how it cut a run of characters without spaces, but not after the first special case of a
text, and a line break or "don't" is one. So each run that is new is shown to it by itself first.
"""

from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc

MOST_RUNS = 50_000  # that are kept, the first ones; about 30 MB in a process that runs for long
LONGEST_RUN = 40  # characters; a longer one hardly comes again


class QuickTokenizer(Tokenizer):  # type: ignore[misc]
    """Cuts as ``tokenizer`` does, once it knows the runs of characters in a text."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        super().__init__(
            tokenizer.vocab,
            rules=tokenizer.rules,
            prefix_search=tokenizer.prefix_search,
            suffix_search=tokenizer.suffix_search,
            infix_finditer=tokenizer.infix_finditer,
            token_match=tokenizer.token_match,
            url_match=tokenizer.url_match,
        )
        self.max_cache_size = 2 * MOST_RUNS  # white space and long runs are kept there too
        self._known: set[str] = set()

    def __call__(self, text: str) -> Doc:
        """Return ``text`` as a document, as the tokenizer would by itself."""
        if len(self._known) < MOST_RUNS:
            for run in set(text.split()) - self._known:
                if len(run) <= LONGEST_RUN:
                    super().__call__(run)
                    self._known.add(run)
        doc: Doc = super().__call__(text)
        return doc
