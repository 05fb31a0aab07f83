"""Nearest neighbours among texts whose category is known: what sentence embeddings add to n-grams."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.errors import MALFORMED, ArtefactError
from models.learned.linear import Floats

NEAREST = 20
"""Neighbours that vote."""

_POWER = 8
"""A neighbour's vote is its cosine to this power."""

_DOUBT = 0.02
"""Added to every category before the shares are taken, so that one far neighbour proves little."""

_STEPS = 127

_ASKING = 16_383
"""Steps of a vector that is asked. Products of whole steps are below 2^24 in sum, so float32 holds them exactly, and a
cosine does not depend on what is asked beside it: a replay must get the same decision."""

_CHUNK = 256


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The answer of the neighbours of some texts.

    Args:
        shares: Logarithm of the share of votes per category, shape (n texts, n categories).
        nearest: Row of the nearest neighbour, shape (n texts,).
        similarity: Its cosine, shape (n texts,).
    """

    shares: Floats
    nearest: NDArray[np.int64]
    similarity: Floats


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Texts with their categories as unit vectors of few dimensions.

    Args:
        targets: Column of each text's category, shape (n,).
        center: Mean embedding, shape (d,).
        basis: Principal directions, shape (d, k).
        steps: The projected vectors in whole steps of 1/127, shape (n, k).
    """

    names: tuple[str, ...]
    targets: NDArray[np.int16]
    columns: int
    center: Floats
    basis: Floats
    steps: NDArray[np.int8]
    _vectors: Floats = field(init=False, repr=False)
    _scale: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        vectors = self.steps.astype(np.float32)
        length = np.linalg.norm(vectors, axis=1)
        # Unpacked once: whole steps as float32 go through the fast matrix product.
        object.__setattr__(self, "_vectors", vectors)
        object.__setattr__(self, "_scale", np.asarray(1 / (_ASKING * np.maximum(length, 1e-9)), dtype=np.float32))

    def ask(self, embeddings: Floats) -> Neighbourhood:
        """Let the nearest texts vote.

        Args:
            embeddings: Shape (m, d), as the encoder gave them.
        """
        parts = [self._ask(embeddings[start : start + _CHUNK]) for start in range(0, len(embeddings), _CHUNK)]
        if not parts:
            return Neighbourhood(
                np.empty((0, self.columns), np.float32), np.empty(0, np.int64), np.empty(0, np.float32)
            )
        return Neighbourhood(*(np.concatenate(part) for part in zip(*parts, strict=True)))

    def _ask(self, embeddings: Floats) -> tuple[Floats, NDArray[np.int64], Floats]:
        # Row by row: the rounding of a product may depend on how many rows it has, and a replay must decide the same.
        one_by_one = [project(row[None], self.center, self.basis)[0] for row in embeddings]
        cosine = np.rint(np.stack(one_by_one) * np.float32(_ASKING)) @ self._vectors.T
        cosine *= self._scale
        count = min(NEAREST, cosine.shape[1])
        # Their votes are summed up, so the nearest need not be in order: no full sort.
        nearest = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
        close = np.take_along_axis(cosine, nearest, axis=1)
        votes = np.full((len(cosine), self.columns), _DOUBT, dtype=np.float32)
        rows = np.repeat(np.arange(len(cosine)), count)
        # Not `+=`: two neighbours of one category would count once.
        np.add.at(votes, (rows, self.targets[nearest].ravel()), np.maximum(close, 0).ravel() ** _POWER)
        best = close.argmax(axis=1)
        picked = np.arange(len(cosine))
        shares = np.log(votes / votes.sum(axis=1, keepdims=True)).astype(np.float32)
        return shares, nearest[picked, best].astype(np.int64), close[picked, best]


def unit(vectors: Floats) -> Floats:
    """Rows scaled to length 1; a row of zeros stays."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9), dtype=np.float32)


def project(embeddings: Floats, center: Floats, basis: Floats) -> Floats:
    """Unit vectors in the principal directions."""
    return unit(np.asarray((embeddings - center) @ basis, dtype=np.float32))


def fit_neighbours(
    names: Sequence[str], targets: Sequence[int], embeddings: Floats, *, columns: int, dimensions: int
) -> Neighbours:
    """Keep texts as vectors of few dimensions (principal component analysis).

    Args:
        embeddings: Shape (n, d).
    """
    center = embeddings.mean(axis=0, dtype=np.float64)
    covariance = np.cov(embeddings.astype(np.float64) - center, rowvar=False)
    _, vectors = np.linalg.eigh(covariance)
    # `eigh` gives the smallest eigenvalue first.
    basis = vectors[:, ::-1][:, :dimensions]
    basis = basis * np.sign(basis[np.abs(basis).argmax(axis=0), np.arange(basis.shape[1])])  # a sign is arbitrary
    center32, basis32 = center.astype(np.float32), np.ascontiguousarray(basis, dtype=np.float32)
    steps = np.rint(project(embeddings, center32, basis32) * _STEPS).astype(np.int8)
    return Neighbours(tuple(names), np.asarray(targets, dtype=np.int16), columns, center32, basis32, steps)


def to_bytes(neighbours: Neighbours) -> bytes:
    """The texts and vectors as npz without pickle; equal ones give equal bytes."""
    # The names are one run of bytes: an array of strings would take four bytes a letter, or a pickle.
    content = io.BytesIO()
    np.savez_compressed(
        content,
        allow_pickle=False,
        names=np.frombuffer("\n".join(neighbours.names).encode(), dtype=np.uint8),
        targets=neighbours.targets,
        columns=np.asarray(neighbours.columns),
        center=neighbours.center,
        basis=neighbours.basis,
        steps=neighbours.steps,
    )
    return content.getvalue()


def from_bytes(content: bytes) -> Neighbours:
    """Read what `to_bytes` wrote.

    Raises:
        ArtefactError: It is no such file, or its parts do not fit together.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            found = Neighbours(
                tuple(arrays["names"].tobytes().decode().split("\n")),
                arrays["targets"],
                int(arrays["columns"]),
                arrays["center"],
                arrays["basis"],
                arrays["steps"],
            )
        rows, size = found.steps.shape
        fits = bool(((found.targets >= 0) & (found.targets < found.columns)).all())
    except MALFORMED as error:
        raise ArtefactError(f"the neighbours do not fit their format ({type(error).__name__})") from error
    shapes = (len(found.names), len(found.targets), found.basis.shape, found.center.shape)
    if not fits or shapes != (rows, rows, (len(found.center), size), (len(found.center),)):
        raise ArtefactError("the neighbours' arrays do not fit together")
    return found
