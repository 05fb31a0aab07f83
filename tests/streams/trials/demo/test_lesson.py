"""What a reviewer of the demo knows, and what transactions are said to have gained."""

from datetime import timedelta

import pytest

from streams.files.sample import load_sample
from streams.trials.demo.lesson.gain import Fate, Pair, gained
from streams.trials.demo.lesson.reviewer import truth_of, truths_of

SURE, ASKED = Fate("pets", review=False), Fate("pets", review=True)
WRONG, WRONG_ASKED = Fate("fuel", review=False), Fate("fuel", review=True)


def pair(without: Fate, learned: Fate, truth: str | None = "pets") -> Pair:
    """A transaction whose truth is pets, unless it is said."""
    return Pair(truth, without, learned, by_people=without != learned)


def test_a_gain_is_counted_on_the_same_rows() -> None:
    """Two fewer to a person and one more right; rows whose truth is not known say nothing of right and wrong."""
    gain = gained([pair(ASKED, SURE), pair(WRONG_ASKED, SURE), pair(SURE, SURE), pair(SURE, SURE, None)])
    assert gain.review is not None
    assert gain.right is not None
    assert (4, 2, 0, -0.5) == (gain.review.rows, gain.review.without, gain.review.learned, gain.review.difference)
    assert (3, 2, 3) == (gain.right.rows, gain.right.without, gain.right.learned)
    assert (4, 2) == (gain.rows, gain.by_people)
    assert gain.review.interval[0] < -0.5 < gain.review.interval[1]
    assert "2 fewer to a person, 1 more right, of 4" == gain.verdict


@pytest.mark.parametrize(
    ("pairs", "verdict"),
    [
        ([pair(SURE, SURE)] * 3, "nothing was gained or lost on these 3"),
        ([pair(SURE, WRONG)], "1 fewer right, 1 more wrong unseen, of 1"),
        ([pair(SURE, ASKED)], "1 more to a person, of 1"),
        ([pair(SURE, SURE, None)], "nothing was gained or lost on these 1"),
        ([], "no transaction was decided both ways"),
    ],
)
def test_the_verdict_says_what_was_lost_too(pairs: list[Pair], verdict: str) -> None:
    """Nothing gained is said so, and a loss is no gain."""
    assert verdict == gained(pairs).verdict


def test_a_reviewer_knows_lines_by_what_the_page_shows() -> None:
    """Text, amount without sign, and time: together they name a line of the sample, and its code tells the category."""
    sample = load_sample(2000)
    truths = truths_of(sample)
    same = [truths.get((one.description, abs(one.amount), one.timestamp)) == truth_of(one) for one in sample]
    assert sum(same) > 0.999 * len(same)
    first = sample[0]
    assert (first.description, abs(first.amount), first.timestamp + timedelta(seconds=1)) not in truths


def test_without_a_code_nothing_is_known() -> None:
    """The reviewer then says so."""
    assert {} == truths_of(load_sample(20, with_mcc=False))
