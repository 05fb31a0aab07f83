"""The worker's encoder: the same text has the same vector, whatever stands beside it. It runs by `make embeddings`."""

from collections.abc import Mapping
from itertools import permutations

import numpy as np
import pytest

from models.learned.encoder import DIMENSIONS, LONGEST, OnnxEncoder
from tests.harness.extras import NEEDS_EMBEDDINGS

pytestmark = NEEDS_EMBEDDINGS

TEXTS = ["amberlow bakery", "brindle petrol station north road", "x", "", "зщжц café №5", "corvane " * 40]


@pytest.fixture(scope="module")
def encoder(encoder_files: Mapping[str, bytes]) -> OnnxEncoder:
    """One made from the published weights."""
    return OnnxEncoder(encoder_files)


def test_vectors_are_units(encoder: OnnxEncoder) -> None:
    """A row of length 1 for each text: also for an empty, a strange and a long one, and no row for none."""
    vectors = encoder.encode(TEXTS)
    assert (np.float32, (len(TEXTS), DIMENSIONS)) == (vectors.dtype, vectors.shape)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert (0, DIMENSIONS) == encoder.encode([]).shape


def test_company_does_not_matter(encoder: OnnxEncoder) -> None:
    """Alone, twice, in every order: equal to the last bit, so that a replay decides the same."""
    alone = {text: encoder.encode([text])[0] for text in TEXTS}
    for order in [*permutations(TEXTS[:4]), TEXTS, TEXTS[::-1], [TEXTS[0]] * 3]:
        for text, vector in zip(order, encoder.encode(order), strict=True):
            np.testing.assert_array_equal(alone[text], vector)


def test_two_encoders_agree(encoder: OnnxEncoder, encoder_files: Mapping[str, bytes]) -> None:
    """A second worker gives the same vectors."""
    np.testing.assert_array_equal(encoder.encode(TEXTS), OnnxEncoder(encoder_files).encode(TEXTS))


def test_only_the_beginning_is_read(encoder: OnnxEncoder) -> None:
    """What comes after `LONGEST` word pieces changes nothing; what comes before does."""
    start = " ".join(["bakery"] * LONGEST)
    first, second, other = encoder.encode([start, f"{start} petrol", f"petrol {start}"])
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_like_is_near(encoder: OnnxEncoder) -> None:
    """Two bakeries are nearer to each other than to a filling station."""
    bakery, baker, petrol = encoder.encode(["corner bakery", "bread and cakes", "petrol station"])
    assert bakery @ baker > bakery @ petrol
