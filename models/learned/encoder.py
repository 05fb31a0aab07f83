"""Sentence embeddings in a worker: all-MiniLM-L6-v2 as an ONNX graph with int8 weights, no torch.

The shipped model has none; `evenhand train --encoder DIR` makes one that has.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from models.errors import ArtefactError
from models.learned.linear import Floats

GRAPH_FILE, TOKENIZER_FILE = "encoder.onnx", "encoder_tokenizer.json"
FILES = (GRAPH_FILE, TOKENIZER_FILE)

DIMENSIONS = 384
LONGEST = 32
"""Word pieces read of a text; a merchant's name has fewer than ten."""


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Embed texts.

        Args:
            texts: Results of `models.statements.normalise.merchant_text`.

        Returns:
            Shape (n texts, `DIMENSIONS`), each row of length 1.
        """
        ...


class OnnxEncoder:
    """The encoder of an artefact.

    Texts go through the graph one by one: int8 activations are scaled by what stands beside them in a batch, so that
    the same text would get another vector in other company, and a replay another decision.

    Args:
        contents: Files of an artefact by name, with those of `FILES`.

    Raises:
        ArtefactError: A file is missing, or is no graph or tokenizer.
    """

    def __init__(self, contents: Mapping[str, bytes]) -> None:
        # Here, because a worker whose model has no encoder should not load them.
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        # One thread: texts are short, and workers are scaled by processes.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # Errors only, because its warnings would come between a worker's own lines.
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(
                contents[GRAPH_FILE], options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_buffer(contents[TOKENIZER_FILE])
        except Exception as error:  # both libraries raise plain Exception for a malformed file
            raise ArtefactError(f"the encoder's files do not fit its format ({type(error).__name__})") from error
        # Texts go one by one, so padding would only cost time.
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Embed texts; see `Encoder.encode`."""
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        for row, text in enumerate(texts):
            ids = np.asarray([self._tokenizer.encode(text).ids], dtype=np.int64)
            vectors[row] = self._session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        return vectors
