"""The confidence reference looks like traffic: rows as often as they came, old merchants known, new ones not."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from models.artefacts.csv_table import write_table
from models.contracts.events import AmountBand
from models.statistics.histogram import ConfidenceReference, confidence_bin, median
from models.training.confidence_reference import confidence_reference, memory_before, shared_out
from models.training.config import DESCRIPTORS_FILE, TrainingConfig
from models.training.examples import Merchant, descriptors, merchants
from models.training.shipped.toronto import DESCRIPTOR_COLUMNS
from tests.harness.learned import small
from tests.harness.policies import policy

LOW, MIDDLE, HIGH = AmountBand

OLD = ("FORD DINER", "5812", "9", "0", "0", "0", "4")
NEW = ("FORD DINER", "5812", "4", "0", "0", "0", "4")
UNCODED = ("FORD DINER", "", "4", "0", "0", "0", "4")


def tables(folder: Path, rows: Sequence[tuple[str, ...]]) -> TrainingConfig:
    """A training on these descriptors."""
    write_table(folder / DESCRIPTORS_FILE, DESCRIPTOR_COLUMNS, rows)
    return TrainingConfig(data=folder)


def reference(
    folder: Path, rows: Sequence[tuple[str, ...]], held_out: Sequence[str] = ("ford",)
) -> ConfidenceReference | None:
    """That of these descriptors, of which merchants with these first words are held out."""
    config = tables(folder, rows)
    every = merchants(config)
    chosen = [Merchant(f"{word} diner", "") for word in held_out]
    return confidence_reference(config, small(), merchants=every, held_out=chosen, policy=policy())


def test_every_recent_row_of_a_held_out_merchant_counts_once(tmp_path: Path) -> None:
    """Rows that are older, or of other merchants, do not."""
    rows = [OLD, ("FORD DINER #2", "5812", "2", "1", "0", "0", "3"), ("SHELL", "5541", "7", "0", "0", "0", "7")]
    found = reference(tmp_path, rows)
    assert found is not None
    assert 7 == found.rows == sum(found.confidence)


def test_no_recent_rows_no_reference(tmp_path: Path) -> None:
    """None, rather than a histogram of nothing."""
    assert reference(tmp_path, [("FORD DINER", "5812", "9", "0", "0", "0", "0")]) is None
    assert reference(tmp_path, [OLD], held_out=["shell"]) is None


def test_merchants_with_older_rows_are_known(tmp_path: Path) -> None:
    """The model is surer of one it remembers than of one that came up within the year, where the code leaves doubt."""
    old, new = (reference(tmp_path, [("FORD DINER", "5499", rows, "0", "0", "0", "4")]) for rows in ("9", "4"))
    assert old is not None
    assert new is not None
    assert (4, 4) == (old.rows, new.rows)
    assert median(new.confidence) < median(old.confidence)


def test_the_card_code_has_its_vote(tmp_path: Path) -> None:
    """As in the worker, where a bank sends one; held out is who shares the first word, coded or not."""
    coded, uncoded = (reference(tmp_path, [NEW, row]) for row in (NEW, UNCODED))
    assert coded is not None
    assert uncoded is not None
    assert 8 == coded.rows == uncoded.rows
    assert coded.confidence != uncoded.confidence


def test_what_nobody_votes_on_counts(tmp_path: Path) -> None:
    """Such decisions have the lowest confidence there is, and traffic has them too."""
    found = reference(tmp_path, [("ZXQV", "0000", "3", "0", "0", "0", "3")], held_out=["zxqv"])
    assert found is not None
    assert 3 == found.confidence[confidence_bin(0.05)]


def test_the_memory_ends_before_the_recent_rows() -> None:
    """What remains of a merchant are its older rows; one without any is forgotten, and so are account numbers."""
    known = [
        Merchant("ford diner", "", Counter({("fuel", LOW): 3, ("pets", HIGH): 2}), Counter(fuel=1, pets=2)),
        Merchant("new diner", "", Counter({("fuel", LOW): 3}), Counter(fuel=3)),
        Merchant("account 1234567", "", Counter({("fuel", LOW): 3})),
    ]
    assert [("forddiner", "fuel", 2)] == list(memory_before(known).rows())


@pytest.mark.parametrize(
    ("total", "bands", "expected"),
    [
        (0, (3, 2, 1), (0, 0, 0)),
        (6, (3, 2, 1), (3, 2, 1)),
        (3, (3, 2, 1), (2, 1, 0)),
        (1, (0, 0, 9), (0, 0, 1)),
        (2, (1, 1, 1), (1, 1, 0)),
        (0, (0, 0, 0), (0, 0, 0)),
    ],
)
def test_rows_are_shared_out_whole(total: int, bands: tuple[int, ...], expected: tuple[int, ...]) -> None:
    """In proportion, the largest remainder first, none lost."""
    assert expected == tuple(shared_out(total, dict(zip(AmountBand, bands, strict=True))).values())


def test_shipped_descriptors_share_out_to_their_recent_rows() -> None:
    """No row of the table gives more or fewer transactions than it has recent rows, nor more in a band than all."""
    for row in descriptors(TrainingConfig(limit=4_000)):
        bands = {band: int(row[band.value]) for band in AmountBand}
        shares = shared_out(int(row["recent"]), bands)
        assert int(row["recent"]) == sum(shares.values())
        assert all(shares[band] <= bands[band] for band in bands)
