"""Methods, abstention, unknown merchants, dead letters, corrections and age."""

from datetime import date, timedelta

import pytest

from monitors.base.contract import Monitor, Reading, ReadingState, Reference, Rules
from monitors.catalogue.usage import Abstention, Corrections, DeadLetters, MethodUsage, ModelAge, UnknownMerchants
from monitors.counts.cells import Counts, Table, index
from monitors.counts.history import History
from monitors.counts.windows import Window
from tests.harness.worlds import MODEL, NEWEST, TODAY, ask, decided, history, set_aside


def day(monitor: Monitor, state: History, group: str | None = None) -> Reading:
    """The reading of the newest day."""
    (found,) = [reading for reading in ask(monitor, state) if (reading.window, reading.group) == (Window.DAY, group)]
    return found


def test_usage_is_of_each_method() -> None:
    """A decision in which three methods voted counts for each of them, and once below the line."""
    cells = decided(700, voted=("rules", "text")) + decided(300, voted=("rules", "text", "llm"))
    state = history({NEWEST: cells})
    shares = {method: day(MethodUsage(), state, method).value for method in ("mcc", "rules", "text", "llm", "online")}
    assert {"mcc": 0.0, "rules": 1.0, "text": 1.0, "llm": 0.3, "online": 0.0} == shares
    assert {"voted": 300, "decisions": 1_000} == day(MethodUsage(), state, "llm").counts


def test_only_the_llm_has_a_limit() -> None:
    """30% with the LLM are too many disagreements; 100% with rules and text are what they are for."""
    state = history({NEWEST: decided(700, voted=("rules",)) + decided(300, voted=("rules", "llm"))})
    llm, rules = (day(MethodUsage(), state, method) for method in ("llm", "rules"))
    assert (ReadingState.WARNING, True, 0.2) == (llm.state, llm.holds, llm.threshold)
    assert (ReadingState.OK, False, 1.0) == (rules.state, rules.holds, rules.threshold)


@pytest.mark.parametrize(
    ("monitor", "bad", "fine", "name"),
    [
        (Abstention(), decided(100, known="none", decisive="none", voted=()), decided(900), "abstained"),
        (UnknownMerchants(), decided(600, known="new"), decided(400, known="rare"), "unknown"),
        (DeadLetters(), set_aside(30, "dead_letter"), decided(970), "dead_letters"),
    ],
    ids=["abstention", "unknown merchants", "dead letters"],
)
def test_share_above_its_limit_warns(monitor: Monitor, bad: Counts, fine: Counts, name: str) -> None:
    """The share, what it is of, and the limit of the rules."""
    alarming, calm = (day(monitor, history({NEWEST: cells})) for cells in (bad + fine, fine))
    count = int(max(bad))
    assert (ReadingState.WARNING, count / 1_000) == (alarming.state, alarming.value)
    assert [(name, count), 1_000] == [*alarming.counts.items()][:1] + [*alarming.counts.values()][1:]
    assert (ReadingState.OK, 0.0) == (calm.state, calm.value)


def test_rare_merchants_are_not_unknown() -> None:
    """A merchant that is rare where the memory is at home is not one of a source that it knows nothing of."""
    state = history({NEWEST: decided(500, known="rare") + decided(250, known="new") + decided(250, known="none")})
    assert 0.25 == day(UnknownMerchants(), state).value
    assert 0.25 == day(Abstention(), state).value


def test_dead_letters_are_a_share_of_all_records() -> None:
    """Decisions, repeats, records ahead of the clock and corrections are records too."""
    cells = decided(400) + set_aside(100, "dead_letter") + set_aside(200, "duplicate") + set_aside(100, "ahead")
    cells[index(Table.CORRECTIONS, "confirmed")] += 200
    reading = day(DeadLetters(), history({NEWEST: cells}))
    assert {"dead_letters": 100, "records": 1_000} == reading.counts
    assert 0.1 == reading.value


@pytest.mark.parametrize(
    ("changed", "state"), [(0, ReadingState.OK), (49, ReadingState.OK), (50, ReadingState.WARNING)]
)
def test_corrections_of_the_present_model_add_up(changed: int, state: ReadingState) -> None:
    """From 50 changes on it is time to train; those of another model, and what confirms, are not counted to it."""
    known = history({NEWEST: decided(1)})
    known.answered |= {"another": (900, 0), MODEL: (changed, 70)}
    (reading,) = ask(Corrections(), known)
    assert (state, changed, 50, Window.ALL) == (reading.state, reading.value, reading.threshold, reading.window)
    assert {"changed": changed, "confirmed": 70, "corrections": changed + 70} == reading.counts
    assert (state is ReadingState.WARNING) == reading.holds


@pytest.mark.parametrize(("days", "state"), [(0, ReadingState.OK), (180, ReadingState.OK), (181, ReadingState.WARNING)])
def test_model_ages(days: int, state: ReadingState) -> None:
    """After half a year it is old."""
    (reading,) = ask(ModelAge(), History(), reference=Reference(trained_on=TODAY - timedelta(days=days)))
    assert (state, days, {"days": days}) == (reading.state, reading.value, reading.counts)


def test_age_of_a_model_without_a_date_is_not_known() -> None:
    """Not enough data is not zero days; and a clock that is behind makes no model younger than new."""
    (reading,) = ask(ModelAge(), History())
    assert (ReadingState.NOT_ENOUGH_DATA, None) == (reading.state, reading.value)
    (reading,) = ask(ModelAge(), History(), reference=Reference(trained_on=date(2028, 1, 1)))
    assert (ReadingState.OK, 0) == (reading.state, reading.value)


def test_limits_are_rules() -> None:
    """A bank's own limits are what is held against."""
    rules = Rules(llm_share=0.5, abstention=0.1, unknown_merchants=0.9, dead_letters=0.2, corrections=7)
    state = history({NEWEST: decided(1_000)})
    thresholds = [
        ask(monitor, state, rules=rules)[-1].threshold
        for monitor in (Abstention(), UnknownMerchants(), DeadLetters(), Corrections())
    ]
    assert [0.1, 0.9, 0.2, 7] == thresholds
    llm = next(reading for reading in ask(MethodUsage(), state, rules=rules) if reading.group == "llm")
    assert 0.5 == llm.threshold
