"""The duplicate window against one that keeps every id for itself."""

from collections import OrderedDict
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from streams.lanes.duplicate_window import DuplicateWindow

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)

_IDS = st.lists(st.sampled_from("abcdefghijklmnop"), max_size=9, unique=True)
_STEPS = st.lists(st.tuples(st.sampled_from([0, 1, 20, 59, 61, 200]), _IDS), max_size=20)


@given(steps=_STEPS, most=st.integers(0, 12))
def test_it_forgets_the_oldest_first_by_number_and_by_age(steps: list[tuple[int, list[str]]], most: int) -> None:
    """Ids of one batch may be forgotten apart; one that comes again keeps the age and the digest that it had."""
    window = DuplicateWindow(max_ids=most, max_age=HOUR)
    kept: OrderedDict[str, tuple[datetime, bytes]] = OrderedDict()
    now = NOON
    for number, (minutes, ids) in enumerate(steps):
        now += timedelta(minutes=minutes)
        digest = str(number).encode()
        window.add(dict.fromkeys(ids, digest), at=now)
        for name in ids:
            kept.setdefault(name, (now, digest))
        while kept and (len(kept) > most or next(iter(kept.values()))[0] < now - HOUR):
            kept.popitem(last=False)
        assert len(kept) == len(window)
        assert {name: window.digest(name) for name in "abcdefghijklmnop"} == {
            name: kept[name][1] if name in kept else None for name in "abcdefghijklmnop"
        }
