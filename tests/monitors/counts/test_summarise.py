"""From what happened to a batch to its observation: what is counted where, in which order, and however it is cut."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts.corrections import Answered, Correction
from models.contracts.events import AmountBand
from models.contracts.fields import SMALLEST_SAMPLING_PROBABILITY
from models.contracts.taxonomy import Category
from models.decisions.ensemble import Ensemble
from models.decisions.verdict import Decided
from models.voters.contract import Method
from monitors.counts.cells import OUTCOMES, Exclusion, Table, Verity, confidence_bin, index
from monitors.counts.history import History
from monitors.counts.observation import BUCKETS, NOWHERE, Observation, bucket_of, decode
from monitors.counts.summarise import Happened, Said, observe, observe_corrections
from tests.harness.voters import NOON, says, transaction

BUCKET = bucket_of(NOON)
RECORDS = ("transactions:0", 0, 1)
FIVE = timedelta(minutes=5)
YEAR = timedelta(days=365)

SURE = Ensemble([says(Method.TEXT, "fuel", 0.95), says(Method.RULES, "fuel", 0.9)], "m1")
UNSURE = Ensemble([says(Method.TEXT, "pets", 0.5)], "m1")
SILENT = Ensemble([], "m1")


def decided(
    ensemble: Ensemble, *, after: timedelta = timedelta(), clock: datetime = NOON + YEAR, amount: int = 49
) -> Decided:
    """A decision on a transaction so long after noon."""
    (decision,) = ensemble.decide([transaction(timestamp=NOON + after, amount=Decimal(amount))], now=clock)
    return decision


def correction(
    category: str = "fuel", *, after: timedelta = timedelta(), answers: Answered | None = None
) -> Correction:
    """What somebody said so long after noon."""
    return Correction(
        correction_id="c",
        transaction_id="t",
        category=Category(category),
        actor="a",
        timestamp=NOON + after,
        answers=answers,
    )


def answered(category: str = "fuel", *, blind: bool = True, probability: float = 0.01, model: str = "m1") -> Answered:
    """The decision that a correction replies to."""
    return Answered(
        category=Category(category),
        confidence=0.97,
        amount_band=AmountBand.OVER_1000,
        blind=blind,
        sampling_probability=probability,
        model_version=model,
    )


def observed(*happened: Happened) -> Observation:
    """The observation of a batch."""
    return observe(happened, records=RECORDS, model_version="m1")


def said(*corrections: Said) -> Observation:
    """The observation of a batch of corrections."""
    return observe_corrections(corrections, records=RECORDS)


def intake(what: Exclusion) -> int:
    """Its cell."""
    return index(Table.INTAKE, what.value)


def test_an_accepted_decision_counts_once_in_each_table() -> None:
    """Category, band, the method that weighs most, outcome; confidence; how known the merchant is; who voted."""
    decision = decided(SURE, amount=100)
    traits = decision.verdict.traits
    assert traits.decisive is not None
    assert traits.familiarity is not None
    assert {
        BUCKET: {
            index(Table.DECISIONS, "fuel", "100_to_1000", traits.decisive, "accepted"): 1,
            index(Table.CONFIDENCE, str(confidence_bin(traits.confidence))): 1,
            index(Table.FAMILIARITY, "fuel", traits.familiarity, "accepted"): 1,
            index(Table.SURE, "fuel", "accepted"): 1,
            index(Table.VOTED, "text"): 1,
            index(Table.VOTED, "rules"): 1,
        }
    } == observed(decision).cells


@pytest.mark.parametrize(
    ("confidence", "requires_review", "counted"),
    [
        (0.95, False, "accepted"),
        (0.95, True, "review"),
        (1.0, True, "review"),
        (0.9499, True, None),
        (0.5, False, None),
    ],
)
def test_a_sure_decision_counts_as_such_whatever_became_of_it(
    confidence: float, requires_review: bool, counted: str | None
) -> None:
    """From .95 on, by category and outcome; below it in no cell of that table."""
    decision = decided(UNSURE)
    traits = decision.verdict.traits._replace(confidence=confidence, requires_review=requires_review)
    cells = observed(decision._replace(verdict=replace(decision.verdict, traits=traits))).cells[BUCKET]
    found = {outcome: cells.get(index(Table.SURE, "pets", outcome), 0) for outcome in OUTCOMES}
    assert {outcome: int(outcome == counted) for outcome in OUTCOMES} == found


def test_a_decision_for_review_counts_as_such() -> None:
    """Same tables, other outcome."""
    cells = observed(decided(UNSURE, amount=-5_000)).cells[BUCKET]
    assert 1 == cells[index(Table.DECISIONS, "pets", "over_1000", "text", "review")]
    assert 0 == sum(count for cell, count in cells.items() if cell == index(Table.VOTED, "rules"))


def test_a_decision_without_a_vote_has_nobody_behind_it() -> None:
    """Abstention shows: no decisive method, no familiarity, nobody voted."""
    decision = decided(SILENT)
    assert {
        index(Table.DECISIONS, decision.category, "under_100", "none", "review"): 1,
        index(Table.CONFIDENCE, str(confidence_bin(decision.verdict.traits.confidence))): 1,
        index(Table.FAMILIARITY, decision.category, "none", "review"): 1,
    } == observed(decision).cells[BUCKET]


def test_decisions_that_are_alike_add_up() -> None:
    """However many, and whichever ensemble object judged: cells of the batch are the sums of those of its records."""
    batch = [decided(ensemble, after=after * FIVE) for ensemble in (SURE, UNSURE) for after in (0, 0, 2, 1)]
    batch += [decided(Ensemble(SURE.voters, "m1")) for _ in range(3)]
    total: dict[int, Counter[int]] = {}
    for decision in batch:
        for bucket, cells in observed(decision).cells.items():
            total.setdefault(bucket, Counter()).update(cells)
    assert total == observed(*batch).cells


def test_runs_keep_the_order_of_the_input() -> None:
    """Neighbours in one bucket are one run; a bucket that comes again is another."""
    batch = [decided(SURE, after=FIVE * place) for place in (0, 0, 1, 0, 2, 2, 2)]
    assert ((BUCKET, 2), (BUCKET + 1, 1), (BUCKET, 1), (BUCKET + 2, 3)) == observed(*batch).runs


def test_what_has_no_time_counts_where_the_record_before_it_does() -> None:
    """Dead letters and repeats; at the start of a batch nowhere. They are no part of a run, and do not end one."""
    found = observed(
        Exclusion.DEAD_LETTER,
        decided(SURE),
        Exclusion.DUPLICATE,
        decided(SURE),
        Exclusion.DEAD_LETTER,
        Exclusion.DEAD_LETTER,
    )
    assert {intake(Exclusion.DEAD_LETTER): 1} == found.cells[NOWHERE]
    assert 1 == found.cells[BUCKET][intake(Exclusion.DUPLICATE)]
    assert 2 == found.cells[BUCKET][intake(Exclusion.DEAD_LETTER)]
    assert ((BUCKET, 2),) == found.runs


def test_what_is_ahead_of_the_clock_is_in_no_window() -> None:
    """FAULTS 18: six minutes ahead is set aside, counted as such, and moves no time; five minutes are let pass."""
    ahead = decided(SURE, after=timedelta(minutes=6), clock=NOON)
    found = observed(decided(SURE, after=FIVE, clock=NOON), ahead)
    assert ((BUCKET + 1, 1),) == found.runs
    assert 1 == found.cells[BUCKET + 1][intake(Exclusion.AHEAD)]
    assert {BUCKET + 1} == set(found.cells)


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1969, 12, 31, 23, 57, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1901, 1, 1, tzinfo=UTC),
        datetime(2, 1, 1, tzinfo=UTC),
        datetime(9998, 12, 31, 23, 59, tzinfo=UTC),
    ],
    ids=lambda moment: moment.date().isoformat(),
)
def test_any_time_that_a_contract_lets_pass_has_a_bucket(moment: datetime) -> None:
    """Also those just before 1970, which systems write for "none": a record of them harms nobody, and can be read."""
    (decision,) = SURE.decide([transaction(timestamp=moment)], now=datetime(9999, 1, 1, tzinfo=UTC))
    found = observed(decision, Exclusion.DUPLICATE)
    assert ((bucket_of(moment), 1),) == found.runs
    assert bucket_of(moment) in BUCKETS
    assert found == decode(found.encode())
    history = History()
    history.take(found)
    assert bucket_of(moment) == history.newest
    assert {bucket_of(moment)} == set(history.buckets)


def test_old_times_are_given_up_like_any() -> None:
    """A feed of transactions from before 1970 does not fill the memory once time has moved on."""
    history = History()
    for number in range(20):
        (decision,) = SURE.decide([transaction(timestamp=datetime(1930 + number, 1, 1, tzinfo=UTC))], now=NOON)
        history.take(observe([decision], records=("s:0", number, number + 1), model_version="m1"))
    changes = history.take(observe([decided(SURE)], records=("s:0", 20, 21), model_version="m1"))
    assert {BUCKET} == set(history.buckets)
    assert {bucket_of(datetime(1949, 1, 1, tzinfo=UTC))} == changes.expired


def test_what_comes_too_late_for_any_window_makes_no_bucket() -> None:
    """A replay of last year beside today's traffic is counted as expired, and stores nothing."""
    history = History()
    history.take(observe([decided(SURE)], records=("s:0", 0, 1), model_version="m1"))
    old = [decided(SURE, after=-YEAR + FIVE * place) for place in range(50)]
    changes = history.take(observe(old, records=("s:0", 1, 51), model_version="m1"))
    assert (50, 50) == (history.late, history.expired)
    assert {BUCKET} == set(history.buckets)
    assert (set(), set(), {"s:0"}) == (changes.buckets, changes.expired, changes.sources)


def test_an_observation_says_where_it_comes_from() -> None:
    """Source, offsets and model travel with the counts; a batch of nothing is one too."""
    found = observe([], records=("transactions:7", 40, 41), model_version="m1")
    assert Observation("transactions:7", 40, 41, "m1") == found


LABELS = [
    (1.0, 1_000, 1_000),
    (0.5, 2_000, 4_000),
    (0.3, 3_333, 11_111),
    (0.01, 100_000, 10_000_000),
    (SMALLEST_SAMPLING_PROBABILITY, 10**8, 10**13),
]


@pytest.mark.parametrize(("probability", "weight", "squared"), LABELS)
def test_a_label_weighs_one_over_its_probability(probability: float, weight: int, squared: int) -> None:
    """Horvitz and Thompson 1952: w = 1/p, here in thousandths; and its square, for the interval."""
    found = said(correction(answers=answered(probability=probability)))
    place = ("blind", "fuel", "over_1000", "right")
    assert {
        index(Table.CORRECTIONS, "confirmed"): 1,
        index(Table.LABELS, *place, "count"): 1,
        index(Table.LABELS, *place, "weight"): weight,
        index(Table.LABELS, *place, "weight_squared"): squared,
    } == found.cells[BUCKET]


def test_nine_hundred_thousand_of_the_heaviest_labels_still_add_up() -> None:
    """FAULTS 27: a week of wrong labels with the smallest probability does not overflow 64 bits."""
    heaviest = said(correction(answers=answered(probability=SMALLEST_SAMPLING_PROBABILITY))).cells[BUCKET]
    assert 900_000 * max(heaviest.values()) < np.iinfo(np.int64).max


@pytest.mark.parametrize("blind", [True, False])
def test_a_label_counts_under_the_right_category(blind: bool) -> None:
    """Groceries taken for fuel: the error is groceries', and says where the label is from."""
    found = said(correction("groceries", answers=answered("fuel", blind=blind, probability=1.0)))
    origin = "blind" if blind else "review"
    assert 1 == found.cells[BUCKET][index(Table.LABELS, origin, "groceries", "over_1000", Verity.WRONG.value, "count")]
    assert 1 == found.cells[BUCKET][index(Table.CORRECTIONS, "changed")]
    assert {"m1": (1, 0)} == found.answered


def test_a_correction_that_replies_to_nothing_is_no_label() -> None:
    """It counts as a correction alone."""
    found = said(correction())
    assert {BUCKET: {index(Table.CORRECTIONS, "unanswered"): 1}} == found.cells
    assert {} == found.answered


def test_corrections_are_counted_by_the_model_that_had_decided() -> None:
    """Those that changed and those that confirmed, apart."""
    found = said(
        *(correction(answers=answered(model="old")) for _ in range(3)),
        correction("pets", answers=answered(model="new")),
        correction("pets", answers=answered(model="old")),
    )
    assert {"old": (1, 3), "new": (1, 0)} == found.answered


T = TypeVar("T")

_MINUTES = st.integers(0, 3 * 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
_HAPPENED: st.SearchStrategy[Happened] = st.sampled_from(list(Exclusion)) | st.builds(
    lambda ensemble, after, amount: decided(ensemble, after=after, amount=amount),
    st.sampled_from([SURE, UNSURE, SILENT]),
    _MINUTES,
    st.sampled_from([5, 500, 5_000]),
)
_SAID: st.SearchStrategy[Said] = st.sampled_from(list(Exclusion)) | st.builds(
    lambda category, after, answers: correction(category, after=after, answers=answers),
    st.sampled_from(["fuel", "pets"]),
    _MINUTES,
    st.none()
    | st.builds(
        lambda category, blind, probability, model: answered(
            category, blind=blind, probability=probability, model=model
        ),
        st.sampled_from(["fuel", "pets"]),
        st.booleans(),
        st.sampled_from([1.0, 0.3, 0.01]),
        st.sampled_from(["old", "new"]),
    ),
)


def history_of(
    records: Sequence[T], cuts: set[int], seen: Callable[[Sequence[T], tuple[str, int, int]], Observation]
) -> History:
    """What is known after the records, cut into batches at these places and sent over the wire."""
    history = History()
    ends = sorted({cut for cut in cuts if 0 < cut < len(records)} | {len(records)})
    start = 0
    for end in ends:
        history.take(decode(seen(records[start:end], ("s:0", start, end)).encode()))
        start = end
    return history


def same(one: History, other: History) -> bool:
    """Whether two histories know the same."""
    assert (one.sources, one.answered, one.late, one.expired) == (
        other.sources,
        other.answered,
        other.late,
        other.expired,
    )
    assert one.buckets.keys() == other.buckets.keys()
    return all(np.array_equal(counts, other.buckets[bucket]) for bucket, counts in one.buckets.items())


@settings(max_examples=60)
@given(st.lists(_HAPPENED, min_size=1, max_size=40), st.sets(st.integers(1, 39)))
def test_any_cut_of_transactions_gives_the_same_history(batch: list[Happened], cuts: set[int]) -> None:
    """One batch, or many, or one record each: the monitors know the same."""

    def seen(records: Sequence[Happened], span: tuple[str, int, int]) -> Observation:
        return observe(records, records=span, model_version="m1")

    assert same(history_of(batch, set(), seen), history_of(batch, cuts, seen))


@settings(max_examples=60)
@given(st.lists(_SAID, min_size=1, max_size=40), st.sets(st.integers(1, 39)))
def test_any_cut_of_corrections_gives_the_same_history(batch: list[Said], cuts: set[int]) -> None:
    """Weights are whole numbers, so that their sums do not depend on the order of adding."""

    def seen(records: Sequence[Said], span: tuple[str, int, int]) -> Observation:
        return observe_corrections(records, records=span)

    assert same(history_of(batch, set(), seen), history_of(batch, cuts, seen))


def test_the_order_within_a_batch_shows_in_late_records_alone() -> None:
    """Counts are the same; what comes behind its watermark depends on what came before."""
    batch: list[Happened] = [decided(SURE, after=timedelta(hours=place)) for place in range(12)]
    shuffled = Random(7).sample(batch, len(batch))

    def seen(records: Sequence[Happened], span: tuple[str, int, int]) -> Observation:
        return observe(records, records=span, model_version="m1")

    one, other = history_of(batch, set(), seen), history_of(shuffled, set(), seen)
    assert one.buckets.keys() == other.buckets.keys()
    assert (0, True) == (one.late, other.late > 0)
