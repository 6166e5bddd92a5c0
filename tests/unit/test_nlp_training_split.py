"""Which labelled items say where thresholds lie, and which models training can start from."""

from pathlib import Path

import pytest

from newsbeam.errors import NewsbeamError

for needed in ("torch", "onnx"):
    pytest.importorskip(needed, reason=f"{needed} (extra: training) is missing")
main = pytest.importorskip("newsbeam.nlp.training.__main__")
network = pytest.importorskip("newsbeam.nlp.training.network")


def items(*days):
    return [{"published": day and f"2026-01-{day:02}T10:00:00Z"} for day in days]


def test_the_newest_are_held_out_a_day_on_one_side():
    older, newest = main.split_newest(items(*[1] * 7, None, 2, 2))
    assert (8, 2) == (len(older), len(newest))
    older, newest = main.split_newest(items(*[1] * 9, 2))
    assert (9, 1) == (len(older), len(newest))
    for days in ((), (1, 1)):
        with pytest.raises(NewsbeamError, match="two days"):
            main.split_newest(items(*days))


def test_what_is_no_model_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(NewsbeamError, match="not an ONNX file"):
        network.read_published(path, ["!"])


def test_pieces_are_kept_by_use_up_to_a_limit():
    published = ["[unused0]", "!", "a", *(f"word{i}" for i in range(3000))]
    texts = [["word2999", "word2500"], ["word2999"]]
    kept = network.choose_pieces(published, texts, None)
    assert {"word2999", "word2500", "word0"} <= set(kept)
    assert "word2998" not in kept
    fewer = network.choose_pieces(published, texts, len(kept) - 1)
    assert set(kept) - set(fewer) == {"word2500"}
