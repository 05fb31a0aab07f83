"""Nearest neighbours: a case worked by hand, and files that hold them exactly."""

import io
from collections.abc import Callable

import numpy as np
import pytest

from models.errors import ArtefactError
from models.learned.linear import Floats
from models.learned.neighbours import NEAREST, fit_neighbours, from_bytes, project, to_bytes, unit
from tests.harness.learned import plane


def floats(*rows: list[float]) -> Floats:
    """Embeddings."""
    return np.array(rows, dtype=np.float32)


def test_a_case_by_hand() -> None:
    """Asked from the north-east, 3:4, of three neighbours:

                  north, fuel
                    |   x asks
    west, food -----+----- east, groceries

    cosines 3/5 east, 4/5 north, -3/5 west, which counts as 0; votes are cosines to the 8th, and .02 for everyone.
    """
    found = plane().ask(floats([3, 4]))
    votes = np.array([0.02, 0.02 + 0.8**8, 0.02 + 0.6**8])
    np.testing.assert_allclose(np.exp(found.shares), [votes / votes.sum()], rtol=1e-3)
    assert [1] == found.nearest.tolist()
    assert pytest.approx([0.8], abs=1e-4) == found.similarity.tolist()


def test_shares_are_a_distribution_for_every_row() -> None:
    """More texts than are asked at once; each row sums to 1 and is what it is alone."""
    embeddings = np.random.default_rng(0).normal(size=(600, 2)).astype(np.float32)
    found = plane().ask(embeddings)
    assert (600, 3) == found.shares.shape
    np.testing.assert_allclose(np.exp(found.shares).sum(axis=1), 1, rtol=1e-5)
    for row in (0, 255, 256, 599):
        np.testing.assert_array_equal(found.shares[row], plane().ask(embeddings[[row]]).shares[0])


def test_no_texts_no_answers() -> None:
    """Shapes stay right."""
    found = plane().ask(np.empty((0, 2), dtype=np.float32))
    assert ((0, 3), (0,), (0,)) == (found.shares.shape, found.nearest.shape, found.similarity.shape)


def test_only_the_nearest_vote() -> None:
    """Forty texts of one category a little farther off are not asked beside `NEAREST` of another."""
    angles = np.concatenate([np.full(NEAREST, 0.1), np.full(40, 0.5)])
    embeddings = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    found = fit_neighbours(
        [f"text {number}" for number in range(len(angles))],
        [0] * NEAREST + [1] * 40,
        np.concatenate([embeddings]),
        columns=2,
        dimensions=2,
    )
    shares = np.exp(found.ask(embeddings[:1]).shares[0])
    assert shares[1] == pytest.approx(0.02 / (0.04 + NEAREST), rel=1e-3)


def test_fit_keeps_the_directions_that_vary() -> None:
    """Of four dimensions two are constant: nothing of the distances between the texts is lost."""
    draw = np.random.default_rng(1).normal(size=(50, 2)).astype(np.float32)
    embeddings = np.column_stack([draw[:, 0], np.full(50, 7), draw[:, 1], np.full(50, -2)]).astype(np.float32)
    found = fit_neighbours([str(n) for n in range(50)], [0] * 50, embeddings, columns=1, dimensions=2)
    centred = unit(embeddings - embeddings.mean(axis=0))
    projected = project(embeddings, found.center, found.basis)
    np.testing.assert_allclose(projected @ projected.T, centred @ centred.T, atol=1e-4)
    assert found.ask(embeddings).similarity.min() > 0.9999


def test_fit_is_reproducible() -> None:
    """The sign of a principal direction is arbitrary; the bytes are not."""
    embeddings = np.random.default_rng(2).normal(size=(40, 6)).astype(np.float32)
    texts, targets = [f"text {number}" for number in range(40)], [number % 3 for number in range(40)]
    first, second = (fit_neighbours(texts, targets, embeddings, columns=3, dimensions=4) for _ in range(2))
    assert to_bytes(first) == to_bytes(second)


def test_bytes_are_read_back() -> None:
    """Names, targets and vectors come back exactly, and the same bytes are written again."""
    found = from_bytes(to_bytes(plane()))
    assert (plane().names, plane().columns) == (found.names, found.columns)
    for name in ("targets", "center", "basis", "steps"):
        np.testing.assert_array_equal(getattr(plane(), name), getattr(found, name))
    assert to_bytes(plane()) == to_bytes(found)


def repacked(change: Callable[[dict[str, np.ndarray]], object]) -> bytes:
    """The file with its arrays changed."""
    with np.load(io.BytesIO(to_bytes(plane()))) as arrays:
        parts = dict(arrays)
    change(parts)
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=True, **parts)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no zip",
        to_bytes(plane())[:-5],
        repacked(lambda parts: parts.pop("basis")),
        repacked(lambda parts: parts.update(names=np.array([0xFF], dtype=np.uint8))),
        repacked(lambda parts: parts.update(names=np.array([97], dtype=np.uint8))),
        repacked(lambda parts: parts.update(targets=parts["targets"][:2])),
        repacked(lambda parts: parts.update(targets=np.array([0, 1, 3], dtype=np.int16))),
        repacked(lambda parts: parts.update(targets=np.array([0, 1, -1], dtype=np.int16))),
        repacked(lambda parts: parts.update(center=np.zeros(3, dtype=np.float32))),
        repacked(lambda parts: parts.update(basis=np.eye(3, dtype=np.float32))),
        repacked(lambda parts: parts.update(steps=np.zeros(3, dtype=np.int8))),
        repacked(lambda parts: parts.update(steps=np.zeros((3, 2, 1), dtype=np.int8))),
        repacked(lambda parts: parts.update(steps=np.array([{"run": "code"}], dtype=object))),
    ],
    ids=[
        "empty",
        "no zip",
        "cut off",
        "part missing",
        "no utf-8",
        "too few names",
        "too few targets",
        "target above",
        "target below",
        "center",
        "basis",
        "flat",
        "deep",
        "pickle",
    ],
)
def test_malformed_bytes_are_refused(content: bytes) -> None:
    """Each is an ArtefactError, whatever numpy would have raised; objects are never unpickled."""
    with pytest.raises(ArtefactError, match="the neighbours"):
        from_bytes(content)


def test_damaged_bytes_raise_nothing_else() -> None:
    """Every byte in turn with all its bits turned: refused, or read; the sha256 of the manifest finds the rest."""
    content = to_bytes(plane())
    refused = 0
    for place in range(len(content)):
        try:
            from_bytes(content[:place] + bytes((content[place] ^ 0xFF,)) + content[place + 1 :])
        except ArtefactError:
            refused += 1
    assert refused > 0.4 * len(content)
