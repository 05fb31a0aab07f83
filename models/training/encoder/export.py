"""Makes the encoder of an artefact from the weights of all-MiniLM-L6-v2: an ONNX graph and its tokenizer.

    python -m models.training.shipped encoder --output DIR

Needs the extra `embeddings`. DIR is an artefact with an encoder and nothing else; `TrainingConfig(encoder=DIR)` trains
a model with it.
"""

import io
import warnings
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from models.artefacts.artefact import Manifest, manifest_for, write_artefact
from models.learned.encoder import GRAPH_FILE, LONGEST, TOKENIZER_FILE
from models.training.encoder.weights import WEIGHTS_FILE, WEIGHTS_SHA256, shipped_weights

Precision = Literal["int8", "fp32"]

OPSET = 17
"""Version of the ONNX operators."""

_EXAMPLES = ("pizza hut", "green p parking lot")
"""Traced through the network; of two lengths, so that the mask is not all ones."""


def export(output: Path, *, precision: Precision = "int8") -> Manifest:
    """Write the encoder as an artefact. The same versions of torch, onnx and onnxruntime give the same bytes.

    Args:
        output: Folder, made where it is missing.
        precision: int8: weights in a quarter of the size; fp32: as published.

    Raises:
        ToolError: The extra `embeddings` is not installed.
        ArtefactError: The weights are others than the known ones.
    """
    folder = shipped_weights()
    graph = traced(folder)
    contents = {
        GRAPH_FILE: graph if precision == "fp32" else quantised(graph),
        TOKENIZER_FILE: (folder / "tokenizer.json").read_bytes(),
    }
    manifest = manifest_for(
        contents,
        data={WEIGHTS_FILE: WEIGHTS_SHA256},
        command=f"python -m models.training.shipped encoder --output DIR --precision {precision}",
        config={"precision": precision, "opset": OPSET, "longest": LONGEST}
        | {name: version(name) for name in ("onnx", "onnxruntime", "torch", "transformers")},
    )
    write_artefact(output, manifest, contents)
    return manifest


def traced(folder: Path) -> bytes:
    """The network as an ONNX graph with fp32 weights: word pieces in, the mean over them of length 1 out.

    Returns:
        A graph from `input_ids` and `attention_mask`, both int64 of shape (n, pieces), to `embedding`, (n, 384).
    """
    import torch
    from transformers import AutoModel, AutoTokenizer

    class Pooled(torch.nn.Module):  # type: ignore[misc]  # torch is not installed where types are checked
        def __init__(self) -> None:
            super().__init__()
            # Eager attention is plain matrix products, which is what the quantiser looks for.
            self.network = AutoModel.from_pretrained(folder, attn_implementation="eager", local_files_only=True).eval()

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.network(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            kept = attention_mask.unsqueeze(-1).to(hidden.dtype)
            mean = (hidden * kept).sum(1) / kept.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    example = tokenizer(list(_EXAMPLES), return_tensors="pt", padding=True)
    inputs = ("input_ids", "attention_mask")
    graph = io.BytesIO()
    with warnings.catch_warnings():
        # Tracing is deprecated for an exporter that needs one more package. Of its other warnings, on what a trace may
        # not follow, none holds here: the tests compare its vectors with those of the network.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Pooled(),
            tuple(example[name] for name in inputs),
            graph,
            input_names=list(inputs),
            output_names=["embedding"],
            dynamic_axes={name: {0: "texts", 1: "pieces"} for name in inputs} | {"embedding": {0: "texts"}},
            opset_version=OPSET,
            dynamo=False,
        )
    return graph.getvalue()


def quantised(graph: bytes) -> bytes:
    """The same graph with int8 weights, scaled per channel; activations are scaled as they come.

    The range is reduced to 7 bits, because processors without VNNI add two products in 16 bits.
    """
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with TemporaryDirectory() as folder:
        path = Path(folder) / GRAPH_FILE
        quantize_dynamic(
            onnx.load_from_string(graph), path, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True
        )
        return path.read_bytes()
