"""The opinion pool: a case by hand, and no voter speaks before another."""

from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.contracts.taxonomy import CATEGORIES
from models.decisions.pool import Doubles, Familiarity, Pool, distributions, familiarity, log_opinions
from models.voters.contract import Ballot, Kind

BALLOTS = st.lists(
    st.builds(
        Ballot,
        st.sampled_from(CATEGORIES),
        st.floats(0, 1),
        st.just("x"),
        st.lists(st.tuples(st.sampled_from(CATEGORIES), st.floats(0, 1)), max_size=3).map(tuple),
        st.sampled_from(Kind),
    ),
    min_size=1,
    max_size=4,
)
POOL = Pool({kind: 0.3 + 0.1 * number for number, kind in enumerate(Kind)})


def distribution_of(ballots: Sequence[Ballot], pool: Pool = POOL) -> Doubles:
    """The pooled distribution of one row."""
    (found,) = distributions([ballots], [pool])
    return np.asarray(found)


def share(ballots: list[Ballot], category: str, pool: Pool = POOL) -> float:
    """Pooled probability of one category."""
    return float(distribution_of(ballots, pool)[CATEGORIES.index(category)])


def test_an_opinion_covers_all_categories() -> None:
    """Eight tenths for fuel, one for auto, the last one shared by the other 26."""
    opinion = np.exp(log_opinions([Ballot("fuel", 0.8, "x", (("auto", 0.1),))])[0])
    assert pytest.approx(1) == opinion.sum()
    for category, expected in (("fuel", 0.8), ("auto", 0.1), ("pets", 0.1 / 26)):
        assert pytest.approx(expected) == opinion[CATEGORIES.index(category)]


def test_two_ballots_by_hand() -> None:
    """Fuel at .8 with weight 1, auto at .6 with weight one half; what a ballot does not name shares its rest.

    fuel  .8     * sqrt(.4/27)     auto  .2/27 * sqrt(.6)     any other  .2/27 * sqrt(.4/27)
    """
    pool = Pool({Kind.BRAND: 1.0, Kind.LEARNED: 0.5})
    ballots = [Ballot("fuel", 0.8, "x", kind=Kind.BRAND), Ballot("auto", 0.6, "x", kind=Kind.LEARNED)]
    fuel, auto, other = 0.8 * np.sqrt(0.4 / 27), 0.2 / 27 * np.sqrt(0.6), 0.2 / 27 * np.sqrt(0.4 / 27)
    total = fuel + auto + 26 * other
    assert pytest.approx(fuel / total) == share(ballots, "fuel", pool)
    assert pytest.approx(auto / total) == share(ballots, "auto", pool)
    assert pytest.approx(other / total) == share(ballots, "pets", pool)


def test_weight_zero_is_no_voice() -> None:
    """A kind without weight changes nothing, whatever it says."""
    pool = Pool({Kind.BRAND: 1.0, Kind.CUE: 0.0})
    brand = Ballot("fuel", 0.8, "x", kind=Kind.BRAND)
    np.testing.assert_array_equal(
        distribution_of([brand], pool), distribution_of([brand, Ballot("auto", 0.98, "x", kind=Kind.CUE)], pool)
    )


def test_agreement_is_surer_than_each_alone() -> None:
    """Two who say the same are believed more than either; one who disagrees takes away."""
    pool = Pool(dict.fromkeys(Kind, 1.0))
    one, same, another = (
        Ballot("fuel", 0.7, "x", kind=Kind.BRAND),
        Ballot("fuel", 0.6, "x"),
        Ballot("auto", 0.6, "x"),
    )
    assert share([one, another], "fuel", pool) < share([one], "fuel", pool) < share([one, same], "fuel", pool)


@given(BALLOTS)
def test_order_does_not_matter(ballots: list[Ballot]) -> None:
    """Every order gives the same distribution."""
    expected = distribution_of(ballots)
    for order in permutations(ballots):
        np.testing.assert_allclose(distribution_of(order), expected, rtol=1e-9)


@given(BALLOTS)
def test_a_pool_is_a_distribution(ballots: list[Ballot]) -> None:
    """Positive, finite, summing to 1: also for ballots that claim certainty or name a category twice."""
    distribution = distribution_of(ballots)
    assert pytest.approx(1) == distribution.sum()
    assert (distribution > 0).all()


@given(st.lists(BALLOTS, max_size=40))
def test_rows_pooled_together_are_what_each_is_alone(rows: list[list[Ballot]]) -> None:
    """To the bit: a decision must not depend on what is decided beside it."""
    together = distributions(rows, [POOL] * len(rows))
    assert [distribution_of(row).tobytes() for row in rows] == [row.tobytes() for row in together]


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ((Kind.SEEN, Kind.BRAND), Familiarity.SEEN),
        ((Kind.CODE, Kind.RARE), Familiarity.RARE),
        ((Kind.SEEN, Kind.RARE), Familiarity.SEEN),
        ((Kind.LEARNED, Kind.BRAND), Familiarity.NEW),
        ((Kind.CODE,), Familiarity.NEW),
        ((), Familiarity.NEW),
    ],
)
def test_familiarity_follows_the_kinds(kinds: tuple[Kind, ...], expected: Familiarity) -> None:
    """Seen where the memory speaks, rare where it is at home and silent, else new."""
    assert expected == familiarity([Ballot("fuel", 0.5, "x", kind=kind) for kind in kinds])
