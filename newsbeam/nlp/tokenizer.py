"""spaCy's tokenizer with a memory that works: the same tokens in a fraction of the time.

The tokenizer keeps how it cut a run of characters without spaces, but not after the first special case of a
text, and a line break or "don't" is one. So each run that is new is shown to it by itself first.
"""

from spacy.tokenizer import Tokenizer
from spacy.tokens import Doc

MOST_RUNS = 50_000  # that are kept, the first ones; about 15 MB in a process that runs for long
LONGEST_RUN = 40  # characters; a longer one hardly comes again


class QuickTokenizer:
    """Calls ``tokenizer`` for a text once it knows the runs of characters in it."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self.tokenizer.max_cache_size = 2 * MOST_RUNS  # white space and long runs are kept there too
        self._known: set[str] = set()

    def __call__(self, text: str) -> Doc:
        """Return ``text`` as a document, as the tokenizer would by itself."""
        known = self._known
        new = [run for run in text.split() if run not in known]
        if new and len(known) < MOST_RUNS:
            for run in new:
                if len(run) <= LONGEST_RUN and run not in known:
                    self.tokenizer(run)
                    known.add(run)
        doc: Doc = self.tokenizer(text)
        return doc
