"""The vector of counts: each cell has one place, and tables are views of it."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitors.counts.cells import AXES, BINS, LAYOUT, SHAPES, SIZE, Table, confidence_bin, empty, index, table


def test_every_cell_has_its_own_place() -> None:
    """The places of all named cells are all places of the vector, each once."""
    places = [index(name, *cell) for name in Table for cell in product(*AXES[name])]
    assert list(range(SIZE)) == sorted(places)


@pytest.mark.parametrize("name", Table)
def test_table_is_where_its_cells_are(name: Table) -> None:
    """What is counted at a cell's place is seen at its names in the table, and in no other table."""
    last = [len(axis) - 1 for axis in AXES[name]]
    counts = empty()
    counts[index(name, *(axis[-1] for axis in AXES[name]))] = 7
    assert SHAPES[name] == table(counts, name).shape
    assert 7 == table(counts, name)[tuple(last)]
    assert 0 == sum(table(counts, other).sum() for other in Table if other is not name)


def test_table_is_a_view() -> None:
    """Writing to a table writes to the vector."""
    counts = empty()
    table(counts, Table.VOTED)[:] = 1
    assert len(AXES[Table.VOTED][0]) == counts.sum()


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (("llm", "extra"), "voted has 1 axes, got 2 names"),
        (("astrology",), "tuple.index(x): x not in tuple"),
    ],
)
def test_unknown_cell_is_refused(names: tuple[str, ...], message: str) -> None:
    """A name that an axis does not have, or one too many, is an error and no cell."""
    with pytest.raises(ValueError) as refusal:  # noqa: PT011 - the message is compared below
        index(Table.VOTED, *names)
    assert message == str(refusal.value)


@given(st.integers(0, 10_000))
def test_confidences_fall_into_the_bins_people_expect(thousandths: int) -> None:
    """A bin holds what is at or above its lower edge, also where binary fractions are a little below it."""
    confidence = thousandths / 10_000
    assert min(thousandths * BINS // 10_000, BINS - 1) == confidence_bin(confidence)


def test_layout_is_pinned() -> None:
    """Changing a table, an axis or their order makes what was stored unreadable: here it must be changed on purpose."""
    assert ("7291d12849c2", 2713) == (LAYOUT, SIZE)


def test_vectors_are_whole_numbers() -> None:
    """Sums of whole numbers do not depend on the order."""
    assert np.dtype(np.int64) == empty().dtype
    assert not empty().any()
