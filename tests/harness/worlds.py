"""Made-up traffic for the tests of monitors: counts by the hundred, buckets, histories, and what is read from them."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
from hypothesis import strategies as st

from models.contracts.events import AmountBand
from models.contracts.taxonomy import CATEGORIES, Category
from models.decisions.pool import Familiarity
from models.voters.contract import Method
from monitors.base.contract import Monitor, Reading, Reference, Rules
from monitors.counts.cells import (
    ATTRIBUTES,
    BANDS,
    BINS,
    DECISIVE,
    EXCLUSIONS,
    FAMILIARITIES,
    FLIPS,
    METHODS,
    ORIGINS,
    OUTCOMES,
    SURE,
    VERITIES,
    Counts,
    Outcome,
    Stat,
    Table,
    confidence_bin,
    empty,
    index,
    table,
)
from monitors.counts.history import History, Mark
from monitors.counts.windows import KEPT, LENGTHS, Window
from monitors.evaluator import Evaluator

NEWEST = 6_000_000
"""The newest bucket: in January 2027."""

DAY = LENGTHS[Window.DAY]
YESTERDAY = NEWEST - DAY
"""The newest bucket that the newest 24 h do not hold."""

TODAY = date(2027, 1, 17)
MODEL = "made-up"


def decided(
    count: int,
    *,
    category: str = Category.groceries,
    band: str = AmountBand.UNDER_100,
    decisive: str = Method.RULES,
    known: str = Familiarity.SEEN,
    outcome: str = Outcome.ACCEPTED,
    confidence: float = 0.95,
    voted: Sequence[str] = (Method.RULES,),
) -> Counts:
    """So many decisions that are alike."""
    cells = empty()
    for cell in (
        index(Table.DECISIONS, category, band, decisive, outcome),
        index(Table.CONFIDENCE, str(confidence_bin(confidence))),
        index(Table.FAMILIARITY, category, known, outcome),
        *([index(Table.SURE, category, outcome)] if confidence >= SURE else []),
        *(index(Table.VOTED, method) for method in voted),
    ):
        cells[cell] += count
    return cells


def reviewed(review: int, decisions: int, *, category: str = Category.groceries, band: str = "under_100") -> Counts:
    """Decisions of which some go to review."""
    accepted = decided(decisions - review, category=category, band=band)
    return accepted + decided(review, category=category, band=band, outcome=Outcome.REVIEW, confidence=0.5)


def labelled(count: int, origin: str, category: str, band: str, verity: str, weight: int = 1) -> Counts:
    """So many labels that are alike, each standing for `weight` decisions."""
    cells = empty()
    for stat, amount in ((Stat.COUNT, 1), (Stat.WEIGHT, 1000 * weight), (Stat.WEIGHT_SQUARED, 1000 * weight**2)):
        cells[index(Table.LABELS, origin, category, band, verity, stat)] += count * amount
    return cells


def set_aside(count: int, intake: str) -> Counts:
    """Records that gave no decision."""
    cells = empty()
    cells[index(Table.INTAKE, intake)] += count
    return cells


def probed(count: int, attribute: str, flip: str) -> Counts:
    """Probes that showed the same."""
    cells = empty()
    cells[index(Table.PROBES, attribute, flip)] += count
    return cells


def history(buckets: Mapping[int, Counts], *, newest: int = NEWEST) -> History:
    """A state with these buckets, read from one source."""
    kept = {bucket: counts for bucket, counts in buckets.items() if counts.any()}
    return History(buckets=kept, sources={"transactions:0": Mark(1, newest, newest)})


def ask(
    monitor: Monitor, state: History, *, rules: Rules | None = None, reference: Reference | None = None
) -> list[Reading]:
    """The readings of one monitor."""
    evaluator = Evaluator([monitor], rules=rules or Rules(), reference=reference or Reference(), model_version=MODEL)
    return evaluator.readings(state, today=TODAY)


_COUNTS = st.integers(0, 3_000)

_DECIDED = st.builds(
    decided,
    _COUNTS,
    category=st.sampled_from(CATEGORIES),
    band=st.sampled_from(BANDS),
    decisive=st.sampled_from(DECISIVE),
    known=st.sampled_from(FAMILIARITIES),
    outcome=st.sampled_from(OUTCOMES),
    confidence=st.floats(0, 1),
    voted=st.lists(st.sampled_from(METHODS), unique=True),
)
_LABELLED = st.builds(
    labelled,
    st.integers(0, 200),
    st.sampled_from(ORIGINS),
    st.sampled_from(CATEGORIES),
    st.sampled_from(BANDS),
    st.sampled_from(VERITIES),
    st.integers(1, 100),
)
_PROBED = st.builds(probed, _COUNTS, st.sampled_from(ATTRIBUTES), st.sampled_from(FLIPS))
_SET_ASIDE = st.builds(set_aside, _COUNTS, st.sampled_from(EXCLUSIONS))


def vectors() -> st.SearchStrategy[Counts]:
    """Counts that some traffic could have come to."""
    parts = st.lists(st.one_of(_DECIDED, _LABELLED, _SET_ASIDE, _PROBED), max_size=6)
    return parts.map(lambda vectors: sum(vectors, empty()))


def histories() -> st.SearchStrategy[History]:
    """States of up to eight buckets within seven days."""
    buckets = st.dictionaries(st.integers(0, KEPT - 1).map(lambda age: NEWEST - age), vectors(), max_size=8)
    return buckets.map(history)


def crowds() -> st.SearchStrategy[History]:
    """States of which every cell has counts on both sides of yesterday, so that every figure is judged.

    The rates of the two days are drawn apart: some categories rise on strong evidence, some on weak, some fall.
    """
    return st.builds(_crowd, st.integers(0, 2**32 - 1), st.sampled_from([3.0, 30.0, 300.0]))


def _crowd(seed: int, size: float) -> History:
    random = np.random.default_rng(seed)
    buckets = {}
    for bucket in (*range(YESTERDAY - 2 * DAY, YESTERDAY, 24), *range(YESTERDAY + 1, NEWEST + 1, 24)):
        cells = empty()
        for name in Table:
            counts = table(cells, name)
            counts[:] = random.poisson(random.uniform(0, size, counts.shape) / (1 if name is Table.CONFIDENCE else 4))
        labels = table(cells, Table.LABELS)
        labels[..., 1] = 1_000 * labels[..., 0]
        labels[..., 2] = 1_000_000 * labels[..., 0]
        buckets[bucket] = cells
    return history(buckets)


def references() -> st.SearchStrategy[Reference]:
    """What could be true of a model."""
    histograms = st.lists(st.integers(0, 3_000), min_size=BINS, max_size=BINS)
    return st.builds(
        Reference,
        st.none() | histograms.filter(any).map(lambda counts: np.array(counts, dtype=np.int64)),
        st.none() | st.dates(date(2026, 1, 1), date(2027, 2, 1)),
    )
