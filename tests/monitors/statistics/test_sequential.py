"""The sequential test of a gap: E-values expect at most 1, false pages are rare, gaps are found soon and forgotten."""

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import binom

from monitors.counts.windows import KEPT, LENGTHS, Window
from monitors.statistics.sequential import (
    CAP,
    EPOCH,
    FULL,
    GAPS,
    PRIOR_ERRORS,
    PRIOR_LABELS,
    Block,
    Detector,
    Evidence,
    Real,
    Whole,
    advance,
    e_values,
    nearest_null,
)

TOLERANCE = 0.02
START = 5_000 * EPOCH
"""A bucket that begins a span of six hours."""

POINTS = [(0.15, 0.05, 1, 9), (0.3, 0.002, 40, 3), (0.07, 0.04, 1, 1), (0.99, 0.5, 7, 200), (0.09, 0.05, 5_000, 2)]


def divergence(alternative: float, null: float) -> float:
    """KL(alternative || null) of two Bernoulli trials."""
    miss = (1 - alternative) * np.log((1 - alternative) / (1 - null))
    return float(alternative * np.log(alternative / null) + miss)


@pytest.mark.parametrize(("worse", "other", "labels", "other_labels"), POINTS)
def test_the_nearest_null_is_the_nearest(worse: float, other: float, labels: int, other_labels: int) -> None:
    """A general minimiser along the edge of the null finds the same point."""

    def distance(rate: float) -> float:
        return labels * divergence(worse, rate + TOLERANCE) + other_labels * divergence(other, rate)

    edge = minimize_scalar(distance, bounds=(1e-9, 1 - TOLERANCE - 1e-9), method="bounded", options={"xatol": 1e-10}).x
    found, found_other = nearest_null(
        np.array([worse]), np.array([other]), np.array([labels]), np.array([other_labels]), tolerance=TOLERANCE
    )

    assert pytest.approx(edge, abs=1e-5) == found_other[0]
    assert pytest.approx(found_other[0] + TOLERANCE) == found[0]


def test_an_alternative_within_the_tolerance_is_its_own_null() -> None:
    """There is nothing between the two, and so nothing to bet on."""
    worse, other = np.array([0.06]), np.array([0.05])

    found = nearest_null(worse, other, np.array([3]), np.array([4]), tolerance=TOLERANCE)

    assert (worse, other) == found


def expectation(labels: int, other_labels: int, rate: float, truth: float, other_truth: float) -> Real:
    """Mean of the E-value over all outcomes of a block, for each alternative."""
    errors, other_errors = (grid.ravel() for grid in np.mgrid[: labels + 1, : other_labels + 1])
    block = Block(errors, np.full_like(errors, labels), other_errors, np.full_like(errors, other_labels))
    found = e_values(block, np.full(len(errors), rate), tolerance=TOLERANCE)
    chance = binom.pmf(errors, labels, truth) * binom.pmf(other_errors, other_labels, other_truth)
    mean: Real = chance @ found
    return mean


@pytest.mark.parametrize("sizes", [(1, 1), (1, 9), (6, 2), (30, 30)])
@pytest.mark.parametrize("rate", [0.01, 0.05, 0.4, 0.97])
def test_an_e_value_expects_at_most_one_within_the_tolerance(sizes: tuple[int, int], rate: float) -> None:
    """By exact enumeration: on the edge of the null and inside it, whatever rate was expected of the others."""
    for other_truth in (0.0, 0.01, 0.05, 0.1, 0.4, 0.9):
        for gap in (TOLERANCE, 0.0, -0.3):
            truth = max(other_truth + gap, 0.0)
            assert expectation(*sizes, rate, truth, other_truth).max() <= 1 + 1e-9


def test_an_e_value_uses_up_what_it_may_expect() -> None:
    """At the null that is nearest to the alternative it expects exactly 1: there is nothing to gain for free."""
    sizes = np.array([4]), np.array([9])
    nulls = nearest_null(np.array([0.05 + GAPS[3]]), np.array([0.05]), *sizes, tolerance=TOLERANCE)
    truth, other_truth = (float(null[0]) for null in nulls)

    assert pytest.approx(1.0) == expectation(4, 9, 0.05, truth, other_truth)[3]


def test_without_a_pair_there_is_no_evidence() -> None:
    """A block in which one side has no label is worth exactly 1."""
    block = Block(np.array([3, 0]), np.array([3, 0]), np.array([0, 5]), np.array([0, 9]))

    assert np.ones((2, len(GAPS))).tolist() == e_values(block, np.full(2, 0.05), tolerance=TOLERANCE).tolist()


def test_a_block_of_any_size_is_worth_a_finite_number() -> None:
    """A million errors in one bucket overflow nothing."""
    block = Block(*(np.array([count]) for count in (1_000_000, 1_000_000, 0, 1_000_000)))

    assert np.isfinite(e_values(block, np.array([0.05]), tolerance=TOLERANCE)).all()


def test_a_block_is_worth_the_same_whatever_is_worked_out_beside_it() -> None:
    """To the last digit: a monitor that was restarted says what an undisturbed one says."""
    rng = np.random.default_rng(8)
    labels, other_labels = rng.integers(1, 400, (2, 500))
    counts = rng.binomial(labels, 0.1), labels, rng.binomial(other_labels, 0.05), other_labels
    rate = rng.uniform(0.001, 0.3, 500)
    together = e_values(Block(*counts), rate, tolerance=TOLERANCE)

    for size in (1, 3, 17):
        cuts = [slice(start, start + size) for start in range(0, 500, size)]
        parts = [e_values(Block(*(count[cut] for count in counts)), rate[cut], tolerance=TOLERANCE) for cut in cuts]
        assert (together == np.concatenate(parts)).all()


def series(blocks: int, *, shares: tuple[float, ...], rates: tuple[float, ...], size: float) -> tuple[Whole, ...]:
    """Buckets in a row with random labels: buckets, errors, labels."""
    rng = np.random.default_rng(7)
    labels = rng.poisson(np.array(shares) * size, (blocks, len(shares)))
    return START + np.arange(blocks), rng.binomial(labels, rates), labels


def detected(series: tuple[Whole, ...], newest: int) -> dict[Window, Evidence]:
    """What a new detector says."""
    buckets, errors, labels = series
    return dict(Detector()(buckets, errors, labels, newest=newest, tolerance=TOLERANCE))


def listed(found: dict[Window, Evidence]) -> list[tuple[list[float], list[int]]]:
    """To compare."""
    return [(evidence.statistic.tolist(), evidence.starts.tolist()) for evidence in found.values()]


def test_the_detector_adds_up_the_bets_of_all_starts() -> None:
    """M is the sum, over the blocks in which a bet was opened, of the product of the E-values since."""
    rng = np.random.default_rng(3)
    e_value = rng.uniform(0.5, 1.6, 30)
    statistic = np.zeros(1)
    for one in e_value:
        statistic = advance(statistic, np.ones(1), np.array(one))

    assert pytest.approx(sum(np.prod(e_value[start:]) for start in range(30))) == statistic[0]


def test_evidence_has_a_cap() -> None:
    """Beyond it nothing is added up, so that it can be lost again."""
    assert [CAP] == advance(np.array([CAP]), np.ones(1), np.array([50.0])).tolist()


def test_a_page_of_the_worse_group_only() -> None:
    """Of three groups, the one with 25 points more errors is found in every window, the others in none."""
    found = detected(series(288, shares=(0.2, 0.5, 0.3), rates=(0.30, 0.05, 0.05), size=150), START + 288)

    assert all(evidence.statistic[0] > 1e6 for evidence in found.values())
    assert all(evidence.statistic[1:].max() < 100 for evidence in found.values())


def test_a_shorter_window_never_says_more() -> None:
    """Its bets are some of the longer one's; its E-value has fewer to share with."""
    found = detected(series(900, shares=(0.5, 0.5), rates=(0.12, 0.05), size=12), START + 900)

    for shorter, longer in ((Window.HOUR, Window.DAY), (Window.DAY, Window.WEEK)):
        assert (found[shorter].statistic <= found[longer].statistic).all()
        assert (found[shorter].starts < found[longer].starts).all()


def test_the_newest_bucket_waits() -> None:
    """It may not be over yet, and looking twice at one block would be looking too often."""
    buckets, errors, labels = series(40, shares=(0.5, 0.5), rates=(0.4, 0.05), size=40)
    before = detected((buckets[:-1], errors[:-1], labels[:-1]), int(buckets[-1]))

    assert listed(before) == listed(detected((buckets, errors, labels), int(buckets[-1])))
    assert listed(before)[-1] != listed(detected((buckets, errors, labels), int(buckets[-1]) + 1))[-1]


def test_a_block_waits_until_it_is_full_or_its_six_hours_are_over() -> None:
    """Nine labels say nothing yet; a tenth, or the next span, closes the block."""
    buckets = START + np.array([0, 1, 2])
    errors, labels = np.array([[1, 0]] * 3), np.array([[1, 2]] * 3)
    full = labels.copy()
    full[2, 1] += FULL - 9

    assert [0, 0] == detected((buckets, errors, labels), START + 10)[Window.WEEK].starts.tolist()
    assert [1, 1] == detected((buckets, errors, full), START + 10)[Window.WEEK].starts.tolist()
    assert [1, 1] == detected((buckets, errors, labels), START + EPOCH)[Window.WEEK].starts.tolist()


def test_sparse_labels_pair_up() -> None:
    """One label in each bucket, of one group after the other, makes pairs all the same."""
    labels = np.tile([[1, 0], [0, 1]], (72, 1))
    found = detected((START + np.arange(144), labels * [1, 0], labels), START + 145)

    # 7 whole blocks of 10 buckets and a rest in each span of 72; the last of them is over.
    assert [16, 16] == found[Window.WEEK].starts.tolist()
    assert found[Window.WEEK].statistic[0] > 1e6


def test_what_expires_changes_no_block_that_counts() -> None:
    """With the week's oldest buckets given up, the rest is worth what it was worth."""
    buckets, errors, labels = series(KEPT + 700, shares=(0.5, 0.5), rates=(0.09, 0.05), size=7)
    newest = int(buckets[-1])
    kept = buckets > newest - KEPT

    assert listed(detected((buckets, errors, labels), newest)) == listed(
        detected((buckets[kept], errors[kept], labels[kept]), newest)
    )
    assert detected((buckets, errors, labels), newest)[Window.WEEK].starts.min() > 0


def test_a_detector_that_remembers_says_what_a_new_one_says() -> None:
    """As buckets come in, as one is changed, and as the tolerance is."""
    buckets, errors, labels = series(300, shares=(0.3, 0.3, 0.4), rates=(0.1, 0.05, 0.05), size=8)
    detector = Detector()

    for last in (100, 101, 180, 300):
        part = buckets[:last], errors[:last], labels[:last]
        labels[last // 2] += 1
        for tolerance in (TOLERANCE, 0.0):
            again = detector(*part, newest=START + last, tolerance=tolerance)
            new = Detector()(*part, newest=START + last, tolerance=tolerance)
            assert listed(dict(new)) == listed(dict(again))


@pytest.mark.parametrize("buckets", [0, 1])
def test_no_labels_no_evidence(buckets: int) -> None:
    """Neither an empty series nor one of zeros raises anything."""
    none = np.zeros((buckets, 2), dtype=np.int64)
    found = detected((START + np.arange(buckets), none, none), START + 5)

    assert [([0.0, 0.0], [0, 0])] * len(LENGTHS) == listed(found)


# Simulations: many streams side by side, in blocks of ten labels.


class Streams:
    """Streams of blocks in which the others have `ratio` labels for each of the group.

    Args:
        rate: Error rate of the others.
        gaps: The group's error rate above it, block by block.
        ratio: Of the sides.
        streams: How many.
    """

    def __init__(self, *, rate: float, gaps: Real, ratio: int, streams: int) -> None:
        rng = np.random.default_rng(11)
        labels = rng.binomial(FULL, 1 / (1 + ratio), (len(gaps), streams))
        other_errors = rng.binomial(FULL - labels, rate)
        self.block = Block(rng.binomial(labels, rate + gaps[:, np.newaxis]), labels, other_errors, FULL - labels)
        self.pairs = np.where(self.block.paired, labels, 0)

    def statistic(self) -> Iterator[Real]:
        """M of all streams after each block; what is expected of the others is learnt from the 50 blocks before."""
        wrong, total = (
            np.pad(count.cumsum(axis=0), ((1, 0), (0, 0)))
            for count in (self.block.other_errors, self.block.other_labels)
        )
        end = np.arange(len(self.pairs))
        start = np.maximum(end - 50, 0)
        rate = (wrong[end] - wrong[start] + PRIOR_ERRORS) / (total[end] - total[start] + PRIOR_LABELS)
        found = e_values(self.block, rate, tolerance=TOLERANCE)
        opens = self.block.paired[..., np.newaxis].astype(np.float64)
        statistic = np.zeros(found.shape[1:])
        for place in range(len(found)):
            statistic = advance(statistic, opens[place], found[place])
            yield statistic.mean(axis=-1)


def delays(streams: Streams, *, since: int, reached: float) -> Real:
    """Pairs from block `since` until M reaches a limit, for each stream; infinite where it does not."""
    pairs = streams.pairs.copy()
    pairs[:since] = 0
    passed = pairs.cumsum(axis=0)
    found = np.full(passed.shape[1], np.inf)
    for place, statistic in enumerate(streams.statistic()):
        found = np.where(np.isinf(found) & (statistic >= reached), passed[place], found)
    return found


@pytest.mark.parametrize("gap", [TOLERANCE, 0.0])
@pytest.mark.parametrize("ratio", [1, 5, 20])
def test_false_pages_are_rare(ratio: int, gap: float) -> None:
    """At most one in a million pairs, on the edge of the tolerance as well as without any gap."""
    streams = Streams(rate=0.05, gaps=np.full(25 * (1 + ratio), gap), ratio=ratio, streams=1_000)
    crossed = np.zeros(1_000, dtype=np.bool_)
    for statistic in streams.statistic():
        crossed |= statistic >= 1e6

    assert 200_000 < streams.pairs.sum()
    assert crossed.sum() <= 1


def test_an_e_value_of_the_detector_expects_at_most_one() -> None:
    """M over the number of bets, on the edge of the tolerance; the mean of 4,000 streams has an error of its own."""
    streams = Streams(rate=0.1, gaps=np.full(40, TOLERANCE), ratio=1, streams=4_000)
    *_, last = streams.statistic()
    mean = last / np.maximum(streams.block.paired.sum(axis=0), 1)

    assert mean.mean() <= 1 + 3 * mean.std() / np.sqrt(len(mean))


@pytest.mark.parametrize(
    ("gap", "rate", "ratio", "most"),
    [
        (0.1, 0.05, 1, 800),
        (0.1, 0.05, 5, 800),
        (0.1, 0.1, 5, 800),
        (0.1, 0.02, 20, 800),
        (0.2, 0.05, 1, 300),
        (0.2, 0.1, 1, 300),
        (0.2, 0.1, 5, 300),
        (0.2, 0.02, 20, 300),
    ],
)
def test_a_gap_is_found_soon(gap: float, rate: float, ratio: int, most: int) -> None:
    """Half of the streams page within the mission's number of pairs, after a time without a gap."""
    blocks = 60 + most * (1 + ratio) // FULL
    gaps = np.where(np.arange(blocks) < 60, 0.0, gap)
    streams = Streams(rate=rate, gaps=gaps, ratio=ratio, streams=100)

    assert np.median(delays(streams, since=60, reached=1e6)) <= most


def test_a_gap_that_ended_is_forgotten() -> None:
    """However long it was: 20 points for 2,000 pairs leave nothing to hold an alert by after 2,000 more."""
    gaps = np.where(np.arange(2_400) < 1_200, 0.2, 0.0)
    streams = Streams(rate=0.05, gaps=gaps, ratio=5, streams=50)
    for place, statistic in enumerate(streams.statistic()):
        if place == 1_199:
            during = statistic

    assert during.min() > 1e6
    assert np.median(statistic) < 100
