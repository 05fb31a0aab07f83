"""Figures of single hours: what each line shows, and that remembering shows in nothing."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from models.contracts.events import AmountBand
from models.voters.contract import Method
from monitors.counts.cells import Counts, Exclusion, Origin, Outcome, Table, Verity, index, table
from monitors.counts.history import HOUR, Changes, History
from monitors.hours import Hours, label_count
from monitors.snapshot import Hour
from tests.harness.worlds import DAY, NEWEST, decided, history, labelled, set_aside

FIRST = NEWEST // HOUR * HOUR


def at(bucket: int) -> datetime:
    """Beginning of a bucket."""
    return datetime.fromtimestamp(bucket * 300, UTC)


def hours_of(state: History) -> Hours:
    """Hours that have looked at a state once."""
    hours = Hours()
    hours.look(state)
    return hours


def lines(cells: Counts) -> dict[str, float]:
    """The figures of one hour that holds nothing else."""
    found = hours_of(history({FIRST: cells})).lines
    assert {(at(FIRST),)} >= {tuple(start for start, _ in line) for line in found.values()}
    return {name: line[0][1] for name, line in found.items()}


def test_shares_are_of_the_decisions_of_the_hour() -> None:
    """Review, the LLM's votes, abstentions, unknown merchants, and the confidence that half of them reach."""
    cells = (
        decided(60, confidence=0.95)
        + decided(20, outcome=Outcome.REVIEW, confidence=0.5, voted=[Method.RULES, Method.LLM])
        + decided(15, known="new")
        + decided(5, known="none", decisive="none", voted=[])
    )
    figures = lines(cells)

    assert (0.2, 0.2, 0.05, 0.15) == tuple(
        figures[name] for name in ("review_share", "llm_share", "abstention_share", "unknown_share")
    )
    assert 0.94 < figures["median_confidence"] < 0.96
    assert not any(name.startswith("accuracy") for name in figures)


def test_dead_letters_are_a_share_of_all_records() -> None:
    """Corrections and duplicates included; where nothing came there is no figure, not a zero."""
    corrections = set_aside(0, Exclusion.DUPLICATE)
    corrections[index(Table.CORRECTIONS, "changed")] = 4
    corrections[index(Table.CORRECTIONS, "unanswered")] = 2

    assert {"dead_letter_share": 0.1, "corrections": 4.0} == lines(
        set_aside(2, Exclusion.DEAD_LETTER) + set_aside(12, Exclusion.DUPLICATE) + corrections
    )
    assert {} == hours_of(history({NEWEST: decided(0)})).lines


def test_accuracy_is_of_each_band_that_has_labels() -> None:
    """Weighted by what each label stands for: one wrong of a hundredth weighs as much as a hundred of review."""
    band = AmountBand.OVER_1000.value
    figures = lines(
        labelled(1, Origin.BLIND, "pets", band, Verity.WRONG, weight=100)
        + labelled(100, Origin.REVIEW, "pets", band, Verity.RIGHT)
        + labelled(3, Origin.BLIND, "fuel", AmountBand.UNDER_100.value, Verity.RIGHT, weight=100)
    )

    assert {"accuracy:over_1000": 0.5, "accuracy:under_100": 1.0} == figures


def test_the_last_label_is_that_of_the_newest_bucket_with_one() -> None:
    """The end of the bucket; later buckets without a label do not count, and without any there is none."""
    label = labelled(2, Origin.REVIEW, "pets", "under_100", Verity.RIGHT)
    state = history({FIRST - DAY: label, FIRST - DAY + 3: label, FIRST - DAY + 5: decided(9), FIRST: decided(9)})

    assert at(FIRST - DAY + 4) == hours_of(state).last_label
    assert None is hours_of(history({FIRST: decided(9)})).last_label
    assert 4 == label_count(state.between(FIRST - DAY, FIRST))


def test_nothing_is_known_before_the_first_observation() -> None:
    """No hour, no line, no label."""
    hours = hours_of(History())

    assert ({}, {}, None) == (hours.trend, hours.lines, hours.last_label)


@pytest.mark.parametrize("seed", range(5))
def test_what_is_remembered_shows_in_nothing(seed: int) -> None:
    """After any changes that were told, the hours are those of somebody who adds everything up anew."""
    random, state, hours = Random(seed), history({}), Hours()
    for _ in range(12):
        changes = Changes()
        for bucket in (NEWEST - random.choice((0, 1, 13, 400, 2_000)) for _ in range(3)):
            kind = random.choice(
                (decided(random.randint(1, 90)), labelled(3, "blind", "pets", "under_100", "right", 100))
            )
            state.buckets[bucket] = state.buckets.get(bucket, decided(0)) + kind
            changes.buckets.add(bucket)
        hours.forget(changes)
        hours.look(state)
        anew = hours_of(state)
        assert (anew.trend, anew.lines, anew.last_label) == (hours.trend, hours.lines, hours.last_label)


def test_an_hour_is_of_the_clock() -> None:
    """Buckets from full hour to full hour, in UTC."""
    state = history({FIRST - 1: decided(3), FIRST: decided(5)}, newest=FIRST)
    start = at(FIRST)

    assert 0 == start.minute
    assert [Hour(start - timedelta(hours=1), 3, 0), Hour(start, 5, 0)] == hours_of(state).trend["groceries"]
    assert table(state.buckets[FIRST], Table.DECISIONS).sum() == 5
