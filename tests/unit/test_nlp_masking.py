"""Amounts are found wherever a text may begin to tell one."""

import pytest

from newsbeam import nlp
from newsbeam.nlp.document import make_doc, text_of
from newsbeam.nlp.masking import MONEY, PERCENT, find_pieces, mask


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("paid $5 and 7%", f"paid {MONEY} and {PERCENT}"),
        ("paid US$10bn in 2024", f"paid {MONEY} in 2024"),
        ("paid USD 5 or Rs. 7", f"paid {MONEY} or {MONEY}"),
        ("up ５ percent", f"up {PERCENT}"),
        ("paid half a trillion euros in 2024", f"paid {MONEY} in 2024"),
        ("PAID A BILLION DOLLARS IN 2024", f"PAID {MONEY} IN 2024"),
        ("paid 1.5 million dollars, 12 percentage points", f"paid {MONEY}, {PERCENT}"),
        ("in 2024 all was well", "in 2024 all was well"),
    ],
)
def test_amounts_become_signs(text: str, masked: str) -> None:
    doc = make_doc(nlp.shared(), text)
    assert masked == mask(text_of(doc), 0, len(text), find_pieces(doc)).text
