"""The encoder's network run by sentence-transformers, to which the exported graph is held; also on a GPU."""

from collections.abc import Sequence

import numpy as np

from models.learned.encoder import DIMENSIONS, LONGEST
from models.learned.linear import Floats
from models.training.encoder.weights import shipped_weights

BATCH = 256
"""Texts that go through the network at once."""


class SentenceEncoder:
    """The unquantised encoder; it reads as many word pieces of a text as `models.learned.encoder.OnnxEncoder`.

    Args:
        device: As torch names it: `cpu`, `cuda`, `cuda:1`, `mps`.

    Raises:
        ToolError: The extra `embeddings` is not installed.
        ArtefactError: The weights are others than the known ones.
    """

    def __init__(self, device: str) -> None:
        folder = shipped_weights()
        from sentence_transformers import SentenceTransformer  # brings torch: seconds, and gigabytes

        self._model = SentenceTransformer(str(folder), device=device, local_files_only=True)
        self._model.max_seq_length = LONGEST

    def encode(self, texts: Sequence[str]) -> Floats:
        """Embed texts; see `models.learned.encoder.Encoder.encode`."""
        vectors = self._model.encode(
            list(texts), batch_size=BATCH, normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), DIMENSIONS)
