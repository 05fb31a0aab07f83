"""The blind sample: known probability, the same draw for everybody who knows the seed, and no other way to tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.statistics.intervals import wilson
from monitors.labels.blind_sample import BlindSample

IDS = [f"tx-{number}" for number in range(20_000)]


def taken(share: float, seed: str = "a secret") -> set[str]:
    """Which of the ids are drawn."""
    sample = BlindSample(share=share, seed=seed)
    return {name for name in IDS if sample.takes(name)}


@given(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))
def test_nothing_and_everything(name: str, seed: str) -> None:
    """Share 0 draws nobody and share 1 everybody, whatever the id and the seed."""
    assert not BlindSample(share=0.0, seed=seed).takes(name)
    assert BlindSample(share=1.0, seed=seed).takes(name)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.1, 0.5, 0.9])
def test_the_share_is_what_it_says(share: float) -> None:
    """Within the 99.9% interval of so many draws, though the ids are in a row."""
    low, high = wilson(len(taken(share)), len(IDS), level=0.999)
    assert low <= share <= high


def test_every_worker_draws_the_same() -> None:
    """A repeat, a replay or another worker asks about the same transactions again, in whatever order."""
    one, other = (BlindSample(share=0.05, seed="a secret") for _ in range(2))
    assert one == other
    assert [one.takes(name) for name in IDS] == [other.takes(name) for name in reversed(IDS)][::-1]


def test_another_seed_draws_others() -> None:
    """Overlap as by chance: whoever does not know the seed cannot tell who will be drawn."""
    both = taken(0.1, "one") & taken(0.1, "other")
    low, high = wilson(len(both), len(IDS), level=0.999)
    assert low <= 0.01 <= high


def test_a_larger_share_draws_the_same_and_more() -> None:
    """Raising the share keeps who was asked about."""
    assert taken(0.01) < taken(0.02) < taken(0.5)


def test_the_seed_is_not_shown() -> None:
    """Neither in a log nor in an error."""
    assert "hunter2" not in repr(BlindSample(share=0.01, seed="hunter2"))


def test_the_draw_does_not_change_between_releases() -> None:
    """What is drawn is part of what was promised: these ids, with this seed."""
    sample = BlindSample(share=0.01, seed="a secret")
    assert ["tx-126", "tx-340", "tx-373", "tx-467"] == [name for name in IDS[:500] if sample.takes(name)]
