"""Live probes: planted flips alarm, by what differs, and chance does not."""

import numpy as np
import pytest

from monitors.alerts import wording
from monitors.base.contract import Reading, ReadingState, Rules
from monitors.base.level_rules import above
from monitors.catalogue.probes import ProbeFlips
from monitors.counts.windows import Window
from tests.harness.worlds import NEWEST, ask, decided, history, probed


def day(*cells: np.ndarray) -> dict[str, Reading]:
    """Readings of the newest day, by what differs."""
    found = ask(ProbeFlips(), history({NEWEST: sum(cells, decided(5_000))}))
    return {reading.group or "": reading for reading in found if reading.window is Window.DAY}


@pytest.mark.parametrize("flip", ["review", "category", "category_and_review", "failed"])
def test_planted_flips_warn_for_their_attribute_only(flip: str) -> None:
    """Twelve of 400 twins with another name; as many with another amount are as they should be."""
    found = day(probed(388, "name", "nothing"), probed(12, "name", flip), probed(400, "amount", "nothing"))
    name, amount, town = found["name"], found["amount"], found["town"]
    assert (ReadingState.WARNING, True, 0.03, 0.005) == (name.state, name.holds, name.value, name.threshold)
    assert (12, 400) == (name.counts["flipped"], name.counts["probes"])
    assert flip.startswith("category") == (name.counts["flipped_category"] == 12)
    assert flip.endswith("review") == (name.counts["flipped_review"] == 12)
    assert (ReadingState.OK, 0.0) == (amount.state, amount.value)
    assert (ReadingState.NOT_ENOUGH_DATA, None) == (town.state, town.value)
    assert wording.summary(name).startswith(
        "Share of probes with another decision of twins with another name is 3% (99% interval 1.5% to 6.1%) "
        "of 400 probes in the last 24 h: above 0.5%"
    )


def test_a_moved_confidence_is_no_flip() -> None:
    """Nobody is treated otherwise."""
    assert (ReadingState.OK, 0.0) == (
        day(probed(400, "name", "confidence"))["name"].state,
        day(probed(400, "name", "confidence"))["name"].value,
    )


def test_chance_alarms_hardly_ever() -> None:
    """Of 2,000 weeks at half the limit, looked at after every 50 probes, fewer than one in a hundred ever warns."""
    rules = Rules()
    flips = np.random.default_rng(7).random((2_000, 3_000)) < rules.probe_flips / 2
    looks = range(200, 3_001, 50)
    sums = flips.cumsum(axis=1)[:, [look - 1 for look in looks]]
    blank = day()["name"]
    warns = np.array(
        [
            [above(blank, hits, look, rules=rules).state is ReadingState.WARNING for hits in range(int(sums.max()) + 1)]
            for look in looks
        ]
    )
    ever = warns[np.arange(len(looks)), sums].any(axis=1)
    print(f"weeks with a warning: {ever.sum()} of {len(ever):,}")
    assert ever.mean() < 0.01
