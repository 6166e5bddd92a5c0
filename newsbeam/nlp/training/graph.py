"""Writes a trained network as an ONNX graph for one item, with 8-bit weights in its layers and its table.

Written node by node, since the tracing exporters drag in the batch that we do not need at run time. Read
again, a graph gives a network that says the same and can be trained further.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from newsbeam.errors import NewsbeamError
from newsbeam.nlp.training.network import HEADS, OF_HEAD, WIDTH, Network, state_of
from newsbeam.taxonomy import TYPES

OPSET = 20  # the first with Gelu
EPSILON = 1e-12
SCALE = OF_HEAD**-0.5  # of the queries, which the graph has in their weights
_QUANTIZED = "8bit."  # beginning of the names of the nodes whose weights become 8-bit
# What is learned, as it stands in a written graph: arrays of tables, norm and heads, and of each layer.
_BESIDE_LAYERS, _IN_LAYER = 9, 12
_INNER_BIAS = 11  # among them, of the first layer
_AFTER_ATTENTION = [  # of a layer, in the order in which it is written
    f"{name}.{kind}" for name in ("out", "norm_out", "inner", "outer", "norm") for kind in ("weight", "bias")
]
_CONSTANT = re.compile(r"c(\d+)(_quantized)?")
Numbers = npt.NDArray[np.float32]


class _Graph:
    """Nodes and constants as they are added; ``op`` returns the name of the node's output."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, values: Any, kind: type = np.float32) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def op(self, kind: str, *inputs: str, out: str = "", quantized: bool = False, **attributes: Any) -> str:
        name = out or f"x{len(self.nodes)}"
        mark = _QUANTIZED if quantized else ""
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=mark + name, **attributes))
        return name

    def dense(self, x: str, weight: Any, bias: Any) -> str:
        product = self.op("MatMul", x, self.constant(weight), quantized=True)
        return self.op("Add", product, self.constant(bias))

    def normalized(self, x: str, weight: Any, bias: Any) -> str:
        inputs = (x, self.constant(weight), self.constant(bias))
        return self.op("LayerNormalization", *inputs, axis=-1, epsilon=EPSILON)


def build(network: Network) -> Any:
    """Return the ONNX model of ``network``: pieces (n) in; types, by_piece (n) and by_item out."""
    weights = dict(state_of(network))
    graph = _Graph()
    x = _embedding(graph, weights)
    for number in range(len(network.layers)):
        prefix = f"layers.{number}."
        x = _layer(graph, x, {k.removeprefix(prefix): v for k, v in weights.items() if k.startswith(prefix)})
    first = graph.op("Gather", x, graph.constant(0, np.int64), axis=0)
    mean = graph.op("ReduceMean", x, graph.constant([0], np.int64), keepdims=0)
    pooled = graph.op("Concat", first, mean, axis=0)
    scores = graph.op("MatMul", pooled, graph.constant(weights["types.weight"].T))
    graph.op("Add", scores, graph.constant(weights["types.bias"]), out="types")
    part = weights["part.weight"][0]
    column = graph.op("MatMul", x, graph.constant(part[:WIDTH, None]))  # a third of the time of a vector
    graph.op("Squeeze", column, graph.constant([1], np.int64), out="by_piece")
    of_item = graph.op("MatMul", mean, graph.constant(part[WIDTH:]))
    graph.op("Add", of_item, graph.constant(weights["part.bias"][0]), out="by_item")
    info = helper.make_tensor_value_info
    made = helper.make_graph(
        graph.nodes,
        "encoder",
        [info("pieces", TensorProto.INT64, ["n"])],
        [
            info("types", TensorProto.FLOAT, [len(TYPES) + 1]),
            info("by_piece", TensorProto.FLOAT, ["n"]),
            info("by_item", TensorProto.FLOAT, []),
        ],
        graph.constants,
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def _embedding(graph: _Graph, weights: Mapping[str, Any]) -> str:
    words = graph.op("Gather", graph.constant(weights["words.weight"]), "pieces", quantized=True)
    length = graph.op("Shape", "pieces")
    zero = graph.constant([0], np.int64)
    places = graph.op("Slice", graph.constant(weights["places.weight"]), zero, length, zero)
    return graph.normalized(graph.op("Add", words, places), weights["norm.weight"], weights["norm.bias"])


def _layer(graph: _Graph, x: str, weights: Mapping[str, Any]) -> str:
    joined = np.hstack(
        [weights["query.weight"].T * SCALE, weights["key.weight"].T, weights["value.weight"].T]
    )
    bias = np.hstack([weights["query.bias"] * SCALE, weights["key.bias"], weights["value.bias"]])
    dense = graph.dense(x, joined, bias)
    parts = [f"{dense}.{name}" for name in ("query", "key", "value")]
    shape = graph.constant([0, 3, HEADS, OF_HEAD], np.int64)
    heads = graph.op("Transpose", graph.op("Reshape", dense, shape), perm=[1, 2, 0, 3])
    graph.nodes.append(
        helper.make_node("Split", [heads], parts, name=f"{dense}.split", axis=0, num_outputs=3)
    )
    query, key, value = parts
    products = graph.op("MatMul", query, graph.op("Transpose", key, perm=[0, 1, 3, 2]))
    seen = graph.op("MatMul", graph.op("Softmax", products, axis=-1), value)
    flat = graph.op(
        "Reshape", graph.op("Transpose", seen, perm=[0, 2, 1, 3]), graph.constant([-1, WIDTH], np.int64)
    )
    out = graph.op("Add", x, graph.dense(flat, weights["out.weight"].T, weights["out.bias"]))
    x = graph.normalized(out, weights["norm_out.weight"], weights["norm_out.bias"])
    inner = graph.op("Gelu", graph.dense(x, weights["inner.weight"].T, weights["inner.bias"]))
    outer = graph.op("Add", x, graph.dense(inner, weights["outer.weight"].T, weights["outer.bias"]))
    return graph.normalized(outer, weights["norm.weight"], weights["norm.bias"])


def write(network: Network, path: Path) -> None:
    """Write ``network`` to ``path`` with 8-bit weights, a scale for each column.

    Seven bits of the eight are used, so that processors without 8-bit dot products add up to the same.
    """
    model = build(network)
    names = [node.name for node in model.graph.node if node.name.startswith(_QUANTIZED)]
    with TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        onnx.save(model, str(whole))
        quantize_dynamic(
            str(whole),
            str(path),
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            nodes_to_quantize=names,
        )


def read(path: Path) -> Network:
    """Return the network that was written to ``path``, with its 8-bit weights as they are.

    Raises :class:`NewsbeamError` where the file is none that :func:`write` made.
    """
    try:
        given = list(_numbers(onnx.load(str(path)).graph))
        layers = (len(given) - _BESIDE_LAYERS) // _IN_LAYER
        network = Network(len(given[0]), layers, inner=len(given[_INNER_BIAS]))
        state = {name: torch.tensor(np.array(values)) for name, values in _state(given, layers)}
        network.load_state_dict(state)
    except (DecodeError, KeyError, IndexError, ValueError, RuntimeError) as error:
        raise NewsbeamError(f"not an encoder to train further: {error}", where=str(path)) from error
    return network


def _numbers(graph: Any) -> Iterator[Numbers]:
    """Yield the constants of ``graph`` that are learned, in the order in which it was built."""
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    found = [(match, constants[match.string]) for match in map(_CONSTANT.fullmatch, constants) if match]
    for match, values in sorted(found, key=lambda pair: int(pair[0][1])):
        if match[2]:
            name = match.string.removesuffix("_quantized")
            zero, scale = constants[f"{name}_zero_point"], constants[f"{name}_scale"]
            yield (values.astype(np.float32) - zero.astype(np.float32)) * scale.astype(np.float32)
        elif values.dtype == np.float32:
            yield values


def _state(given: list[Numbers], layers: int) -> Iterator[tuple[str, Numbers]]:
    """Yield the weights of the network by name, as :func:`build` took them."""
    yield from zip(("words.weight", "places.weight", "norm.weight", "norm.bias"), given, strict=False)
    for number in range(layers):
        joined, bias, *others = given[4 + number * _IN_LAYER : 4 + (number + 1) * _IN_LAYER]
        prefix = f"layers.{number}."
        parts = zip(("query", "key", "value"), np.split(joined, 3, 1), np.split(bias, 3), strict=True)
        for name, weight, of_part in parts:
            scale = SCALE if name == "query" else 1.0
            yield f"{prefix}{name}.weight", weight.T / np.float32(scale)
            yield f"{prefix}{name}.bias", of_part / np.float32(scale)
        for name, values in zip(_AFTER_ATTENTION, others, strict=True):
            yield prefix + name, values.T if values.ndim > 1 else values
    types, of_types, by_piece, by_item, of_part = given[-5:]
    yield "types.weight", types.T
    yield "types.bias", of_types
    yield "part.weight", np.concatenate([by_piece[:, 0], by_item])[None, :]
    yield "part.bias", of_part.reshape(1)
