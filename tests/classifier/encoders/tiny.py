"""A real ONNX model and a real tokenizer, small enough for tests: an embedding, and its mean by the mask."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper, save
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

WORDS = ("[UNK]", "camat", "lurah", "mengajak", "warga", "memilih", "paslon", "imbau", "netral", "hujan", "turun")
DIMENSIONS = 6
AXES = ("batch", "length")


def make_encoder_folder(
    folder: Path,
    *,
    words: Sequence[str] = WORDS,
    table: np.ndarray | None = None,
    inputs: Sequence[str] = ("input_ids", "attention_mask"),
    axes: Sequence[Any] = AXES,
    mask_type: int = TensorProto.INT64,
    manifest: dict[str, Any] | None = None,
) -> Path:
    """A folder as an export leaves it. `table` has one row a word."""
    folder.mkdir(parents=True, exist_ok=True)
    model = make_model(random_table(len(words)) if table is None else table, inputs, axes, mask_type)
    save(model, folder / "model.onnx")
    make_tokenizer(words).save(str(folder / "tokenizer.json"))
    if manifest is not None:
        (folder / "encoder.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder


def random_table(rows: int) -> np.ndarray:
    return np.random.default_rng(7).normal(size=(rows, DIMENSIONS)).astype(np.float32)


def make_tokenizer(words: Sequence[str]) -> Tokenizer:
    tokenizer = Tokenizer(WordLevel({word: number for number, word in enumerate(words)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    return tokenizer


def make_model(table: np.ndarray, inputs: Sequence[str], axes: Sequence[Any], mask_type: int) -> ModelProto:
    """Outputs: a vector a token under last_hidden_state, their mean by the mask under sentence_embedding."""
    ids, mask, *unused = inputs
    nodes = [
        helper.make_node("Cast", [mask], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "last"], ["columns"]),
        helper.make_node("Gather", ["table", ids], ["vectors"]),
        helper.make_node("Mul", ["vectors", "columns"], ["last_hidden_state"]),
        helper.make_node("ReduceSum", ["last_hidden_state", "middle"], ["sum"], keepdims=0),
        helper.make_node("ReduceSum", ["columns", "middle"], ["count"], keepdims=0),
        helper.make_node("Div", ["sum", "count"], ["sentence_embedding"]),
    ]
    constants = [
        numpy_helper.from_array(table, "table"),
        numpy_helper.from_array(np.array([2]), "last"),
        numpy_helper.from_array(np.array([1]), "middle"),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [
            helper.make_tensor_value_info(mask, mask_type, axes),
            *(helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name in (ids, *unused)),
        ],
        [
            helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, [*axes, table.shape[1]]),
            helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, [axes[0], table.shape[1]]),
        ],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def move_table_outside(folder: Path, location: str) -> None:
    """Keep the model's table in a file of its own at `location`, as exports of large models do."""
    from onnx import load

    model = load(folder / "model.onnx")
    table = model.graph.initializer[0]
    target = folder / location
    target.write_bytes(table.raw_data)
    table.ClearField("raw_data")
    table.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", "0"), ("length", str(target.stat().st_size))):
        entry = table.external_data.add()
        entry.key, entry.value = key, value
    (folder / "model.onnx").write_bytes(model.SerializeToString())
