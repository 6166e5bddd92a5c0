"""Which labelled items say where thresholds lie, what training can start from, and how models learn on."""

import argparse
import json
from pathlib import Path

import numpy as np
import pytest

from newsbeam.errors import NewsbeamError
from newsbeam.nlp.encoder import GRAPH, Encoder
from newsbeam.nlp.learner import Learner
from newsbeam.taxonomy import TYPES

for needed in ("torch", "onnx", "safetensors", "sklearn"):
    pytest.importorskip(needed, reason=f"{needed} (extra: training) is missing")
main = pytest.importorskip("newsbeam.nlp.training.__main__")
network = pytest.importorskip("newsbeam.nlp.training.network")
variants = pytest.importorskip("newsbeam.nlp.training.variants")
graph = pytest.importorskip("newsbeam.nlp.training.graph")
further = pytest.importorskip("newsbeam.nlp.training.further")
narrow = pytest.importorskip("newsbeam.nlp.training.narrow")


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
    kept = network.choose_pieces(published, texts)
    assert {"word2999", "word2500", "word0"} <= set(kept)
    assert "word2998" not in kept
    fewer = network.choose_pieces(published, texts, len(kept) - 1)
    assert set(kept) - set(fewer) == {"word2500"}


def test_variants_are_the_same_each_time_and_replace_ordinary_words():
    items = [
        {"id": "a", "title": "Acme buys a rival", "summary": "The deal is new.", "events": [{"type": "x"}]}
    ]
    near = {
        "buys": ["sells"],
        "a": ["the"],
        "deal": ["bid"],
        "new": ["old"],
        "is": ["was"],
        "rival": ["friend"],
    }
    made = list(variants.variants(items * 20, near, 3))
    assert made == list(variants.variants(items * 20, near, 3))
    assert not any(item["events"] for item in made)
    titles = {item["title"] for item in made}
    assert {"Acme sells a rival", "Acme buys a rival", "The deal is new."} <= titles
    assert all(title.startswith(("Acme ", "The ")) for title in titles)
    assert {""} < {item["summary"] for item in made}


def test_words_have_other_words_near_them():
    table = np.array([[1, 1], [1, 0.1], [1, 0.2], [0, 1], [1, 0]], np.float32)
    near = variants.neighbours(("[CLS]", "buys", "sells", "lawsuit", "qqq"), table)
    assert ["sells", "lawsuit"] == near["buys"]
    assert {"buys", "sells", "lawsuit"} == near.keys()


def test_a_text_without_a_title_is_named(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"title": "One"}\n{"summary": "two"}\n')
    with pytest.raises(NewsbeamError, match="a text needs a title") as caught:
        variants.read_texts(path)
    assert caught.value.where == f"{path}:2"
    path.write_text('{"title": "One"}\n')
    assert [{"id": None, "title": "One", "summary": "", "events": ()}] == variants.read_texts(path)
    path.write_text('{"title": "One", "summary": 2}\n')
    with pytest.raises(NewsbeamError, match="must be text"):
        variants.read_texts(path)


def test_an_item_without_words_has_no_variants():
    item = {"id": "a", "title": " ", "summary": " ", "events": []}
    assert [] == list(variants.variants([item] * 20, {}, 2))


def test_what_training_lacks_is_named_before_it_begins(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    main.add_arguments(parser)
    given = ["--labelled", "l", "--encoder", "e", "--vocabulary", "v"]
    with pytest.raises(NewsbeamError, match="add --teacher"):
        main.published_models(parser.parse_args([*given, "--unlabelled", "texts.jsonl"]))
    with pytest.raises(NewsbeamError, match=r"model\.safetensors is missing"):
        main.published_models(parser.parse_args([*given, "--teacher", str(tmp_path)]))


def test_what_is_no_encoder_is_not_trained_further(tmp_path: Path) -> None:
    """The message names the file."""
    broken = tmp_path / "encoder.onnx"
    broken.write_bytes(b"no graph at all")
    with pytest.raises(NewsbeamError, match="not an encoder to train further") as raised:
        graph.read(broken)
    assert str(broken) in str(raised.value)


def test_labels_of_new_examples_stand_for_a_teacher() -> None:
    examples = main.preparer()(main.own_items()[:50], 1.0)
    said = further.labels_of(examples)
    for example, types, names in zip(examples, said.types, said.names, strict=True):
        assert [*example.types, example.types.any()] == (types == further.CERTAIN).tolist()
        assert (abs(types) == further.CERTAIN).all()
        assert [part for _, part in example.names] == [score == further.CERTAIN for score in names]


def test_the_models_learn_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From new examples, by the command; what ships stays as it is, and a wrong file is named."""
    own = tmp_path / "own"
    own.mkdir()
    some = main.own_items()[::90]
    given = [item | {"published": f"2026-01-{day % 28 + 1:02}"} for day, item in enumerate(some)]
    monkeypatch.setattr(main, "OWN_EXAMPLES", own)
    monkeypatch.setattr(further, "RATE", 5e-4)  # so few examples are few steps
    labelled, new = tmp_path / "labelled.jsonl", own / "new.jsonl"
    odd = {"title": "Lumora retrains 2,000 staff", "summary": "", "events": []}
    for path, part in (
        (labelled, given[:200]),
        (own / "known.jsonl", given[200:260]),
        (new, [*given[260:], *[odd] * 60]),
    ):
        path.write_text("\n".join(map(json.dumps, part)), encoding="utf-8")
    shipped = {path.name: path.read_bytes() for path in further.FOLDER.iterdir() if path.is_file()}
    command = ["--out", str(tmp_path / "out"), "--labelled", str(labelled), "--new"]
    assert 0 == further.main([*command, str(new)])
    older, _ = main.split_newest(given[:200])
    counts = f"{len(older) + 60} examples that the encoder knows, {len(given) - 200} new ones"
    assert counts in capsys.readouterr().out
    learner, encoder = Learner(tmp_path / "out" / "events.npz"), Encoder(tmp_path / "out")
    assert learner.encoder == encoder.fingerprint != Encoder().fingerprint
    [example] = main.preparer()([odd], 1.0)
    before, after = (one.read(example.encode(one.pieces)).logits for one in (Encoder(), encoder))
    assert after[TYPES.index("vendor.layoffs")] < before[TYPES.index("vendor.layoffs")]
    assert shipped == {path.name: path.read_bytes() for path in further.FOLDER.iterdir() if path.is_file()}
    for name, text in (("none.jsonl", None), ("empty.jsonl", "")):
        if text is not None:
            (tmp_path / name).write_text(text)
        assert 2 == further.main([*command, str(tmp_path / name)])
        assert name in capsys.readouterr().err


def test_what_others_say_is_missed_least():
    """Of three columns, two of them alike, one of the two goes, and the other says its part."""
    order = np.random.default_rng(0)
    first, second = order.normal(size=(2, 500))
    inputs = np.stack([first, second, first], axis=1)
    weight = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 0.5]])
    kept, mended = narrow.least_missed(inputs - inputs.mean(0), weight, 2)
    assert 1 in kept
    wanted = (inputs - inputs.mean(0)) @ weight.T
    assert np.abs((inputs - inputs.mean(0))[:, kept] @ mended.T - wanted).max() < 0.2
    assert [0, 1, 2] == narrow.least_missed(inputs, weight, 3)[0].tolist()


def test_the_encoder_becomes_narrower_and_says_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By the command; it learns to be nearer to the whole one, and what was fit with that stays."""
    given = [
        item | {"published": f"2026-01-{day % 28 + 1:02}"} for day, item in enumerate(main.own_items()[::150])
    ]
    labelled, texts = tmp_path / "labelled.jsonl", tmp_path / "texts.jsonl"
    labelled.write_text("\n".join(map(json.dumps, given)), encoding="utf-8")
    texts.write_text('{"title": "Lumora opens a shop in Lyon"}\n', encoding="utf-8")
    monkeypatch.setattr(narrow, "own_items", lambda: given[::4])
    monkeypatch.setattr(narrow, "CALIBRATION", 60)
    has = graph.read(narrow.FOLDER / GRAPH).layers[0].inner.out_features
    command = ["--labelled", str(labelled), "--unlabelled", str(texts), "--out", str(tmp_path / "out")]
    assert 0 == narrow.main([*command, "--inner", str(has // 2)])
    cut, taught = (line for line in capsys.readouterr().out.splitlines() if "from the whole one" in line)
    assert float(taught.split()[1]) < float(cut.split()[1])
    network = graph.read(tmp_path / "out" / GRAPH)
    assert {has // 2} == {layer.inner.out_features for layer in network.layers}
    learner, encoder = Learner(tmp_path / "out" / "events.npz"), Encoder(tmp_path / "out")
    assert learner.encoder == encoder.fingerprint != Encoder().fingerprint
    assert np.array_equal(learner.weights, Learner().weights)
    assert 2 == narrow.main([*command, "--inner", str(has)])
    assert f"--inner must be from 1 to {has - 1}" in capsys.readouterr().err
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    for name, folder in (
        ("events.npz", narrow.FOLDER),
        (GRAPH, tmp_path / "out"),
        ("pieces.txt", narrow.FOLDER),
    ):
        (mixed / name).write_bytes((folder / name).read_bytes())
    assert 2 == narrow.main([*command, "--inner", "8", "--models", str(mixed)])
    assert "events.npz: the linear models were made with another encoder" in capsys.readouterr().err
