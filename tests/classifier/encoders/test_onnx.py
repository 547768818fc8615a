"""A tiny real model through onnxruntime: the promises it keeps, and what a folder must not hold."""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from onnx import TensorProto

from classifier.encoders import Encoder, check_encoder, encode_checked
from classifier.encoders.onnx import OnnxEncoder
from classifier.errors import EncoderError
from tests.classifier.encoders.tiny import DIMENSIONS, WORDS, make_encoder_folder, move_table_outside, random_table

TEXTS = ("camat mengajak warga memilih paslon", "hujan turun", "lurah imbau warga netral ya", "hujan")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_encoder_folder(tmp_path / "tiny")


def test_encoder_keeps_the_promises_of_the_protocol(folder: Path) -> None:
    encoder: Encoder = OnnxEncoder(folder, threads=1)
    check_encoder(encoder, TEXTS)
    assert encoder.dimensions == DIMENSIONS
    assert encoder.name == OnnxEncoder(folder).name


def test_vector_is_the_mean_of_the_tokens(folder: Path) -> None:
    (vector,) = OnnxEncoder(folder).encode(["hujan turun"])
    expected = random_table(len(WORDS))[[WORDS.index("hujan"), WORDS.index("turun")]].mean(axis=0)
    np.testing.assert_allclose(vector, expected, atol=1e-6)


def test_other_texts_beside_a_text_do_not_move_its_vector(folder: Path) -> None:
    encoder = OnnxEncoder(folder)
    alone = encoder.encode([TEXTS[1]])
    np.testing.assert_array_equal(encoder.encode([*TEXTS, *TEXTS])[[1, 5]], np.repeat(alone, 2, axis=0))


def test_pooling_takes_the_first_token_or_a_pooled_output(tmp_path: Path) -> None:
    first = OnnxEncoder(make_encoder_folder(tmp_path / "cls", manifest={"pooling": "cls"}))
    ready = OnnxEncoder(make_encoder_folder(tmp_path / "none", manifest={"pooling": "none", "output": "sentence_embedding"}))
    mean = OnnxEncoder(make_encoder_folder(tmp_path / "mean"))
    np.testing.assert_array_equal(first.encode(["hujan turun"]), mean.encode(["hujan"]))
    np.testing.assert_allclose(ready.encode(TEXTS), mean.encode(TEXTS), atol=1e-6)


def test_manifest_names_the_encoder_and_its_inputs(tmp_path: Path) -> None:
    manifest = {"name": "mini", "inputs": {"input_ids": "ids", "attention_mask": "mask"}, "max_tokens": 8}
    folder = make_encoder_folder(tmp_path / "named", inputs=("ids", "mask"), manifest=manifest)
    encoder = OnnxEncoder(folder)
    assert encoder.name.startswith("mini-")
    np.testing.assert_array_equal(encoder.encode(["hujan " * 8 + "camat"]), encoder.encode(["hujan " * 8]))


def test_a_model_of_short_whole_numbers_reads_alike(folder: Path, tmp_path: Path) -> None:
    short = OnnxEncoder(make_encoder_folder(tmp_path / "short", mask_type=TensorProto.INT32))
    np.testing.assert_array_equal(short.encode(TEXTS), OnnxEncoder(folder).encode(TEXTS))


def test_a_model_that_asks_for_token_types_gets_them(folder: Path, tmp_path: Path) -> None:
    asking = OnnxEncoder(make_encoder_folder(tmp_path / "types", inputs=("input_ids", "attention_mask", "token_type_ids")))
    np.testing.assert_array_equal(asking.encode(TEXTS), OnnxEncoder(folder).encode(TEXTS))


def test_name_follows_every_file_of_the_folder(folder: Path) -> None:
    before = OnnxEncoder(folder).name
    move_table_outside(folder, "table.bin")
    outside = OnnxEncoder(folder).name
    (folder / "table.bin").write_bytes(random_table(len(WORDS))[::-1].tobytes())
    assert len({before, outside, OnnxEncoder(folder).name}) == 3


def test_texts_without_tokens_and_hostile_texts_have_a_vector(folder: Path) -> None:
    texts = ["", " ", "\x00", "camat " * 100_000, "a" * 300_000, "🙏" * 5000]
    vectors = encode_checked(OnnxEncoder(folder), texts)
    assert not vectors[:2].any()
    assert vectors[3].any()


@pytest.mark.parametrize(
    ("name", "content"), [("model.onnx", b""), ("model.onnx", b"\x08\x09rubbish"), ("tokenizer.json", b"{}")]
)
def test_a_broken_file_is_named_in_one_line(folder: Path, name: str, content: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(EncoderError, match=rf"{name}: .*[Ee]xport") as caught:
        OnnxEncoder(folder)
    assert len(str(caught.value).splitlines()) == 1
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(EncoderError, match=f"has no {name}"):
        OnnxEncoder(folder)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_model_of_broken_numbers_is_refused(tmp_path: Path, bad: float) -> None:
    table = random_table(len(WORDS))
    table[0] = bad
    with pytest.raises(EncoderError, match="not finite"):
        OnnxEncoder(make_encoder_folder(tmp_path / "nan", table=table))


@pytest.mark.parametrize("location", ["../secret.bin", "{absolute}"])
def test_weights_outside_of_the_folder_are_refused(folder: Path, location: str) -> None:
    move_table_outside(folder, location.format(absolute=folder.parent / "secret.bin"))
    with pytest.raises(EncoderError, match=r"model\.onnx: .*[Ee]xternal data"):
        OnnxEncoder(folder)


def test_a_link_that_leads_outside_of_the_folder_is_refused(folder: Path) -> None:
    move_table_outside(folder, "table.bin")
    (folder / "table.bin").rename(folder.parent / "secret.bin")
    (folder / "table.bin").symlink_to(folder.parent / "secret.bin")
    with pytest.raises(EncoderError, match=r"model\.onnx: .*[Ee]xternal data"):
        OnnxEncoder(folder)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inputs": ("ids", "attention_mask")}, "has an input ids; say in encoder.json"),
        ({"inputs": ("token_type_ids", "attention_mask")}, "has no input input_ids, only"),
        ({"axes": ("batch", 16)}, "fixed shape"),
        ({"axes": (4, "length")}, "fixed shape"),
        ({"mask_type": TensorProto.FLOAT}, "input attention_mask is tensor.float. .* not whole numbers in rows"),
        ({"manifest": {"output": "pooler_output"}}, "say one of last_hidden_state, sentence_embedding in encoder.json"),
        ({"manifest": {"pooling": "none"}}, "not 1 x dimensions as pooling none"),
        ({"manifest": {"output": "sentence_embedding"}}, "as pooling mean reads it"),
        ({"words": [*WORDS, "bupati"], "table": random_table(len(WORDS))}, "out of data bounds"),
    ],
)
def test_a_model_that_does_not_fit_its_manifest_is_refused(tmp_path: Path, options: dict, message: str) -> None:
    with pytest.raises(EncoderError, match=message):
        OnnxEncoder(make_encoder_folder(tmp_path / "odd", **options))


@pytest.mark.parametrize("name", ["onnxruntime", "tokenizers"])
def test_a_missing_extra_says_how_to_install_it(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(EncoderError, match=rf"needs {name}, which netra\[encoder\] brings"):
        OnnxEncoder(folder)


class Moody:
    """Breaks one promise at a time."""

    name, dimensions = "moody-0", 2

    def __init__(self, fault: str):
        self.fault = fault
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        self.calls += 1
        vectors = np.array([[len(text), 1] for text in texts], dtype=np.float32).reshape(-1, 2)
        if self.fault == "mood":
            return vectors + np.float32(self.calls)
        if self.fault == "neighbours":
            return vectors - vectors.mean(axis=0)
        if self.fault == "place":
            return vectors + np.arange(len(texts), dtype=np.float32)[:, None]
        return {"shape": vectors[:, :1], "type": vectors.astype(float), "nan": vectors * np.float32(np.nan)}[self.fault]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ("mood", "a second time"),
        ("place", "in another order"),
        ("neighbours", "one by one"),
        ("shape", r"not float32 of shape \(4, 2\)"),
        ("type", "gave float64"),
        ("nan", "not finite"),
    ],
)
def test_an_encoder_that_breaks_a_promise_is_found_out(fault: str, message: str) -> None:
    with pytest.raises(EncoderError, match=message):
        check_encoder(Moody(fault), TEXTS)
