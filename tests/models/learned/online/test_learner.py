"""The learner: a correction is what is said of its merchant from then on, and replaying gives the same, bit for bit."""

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from models.contracts.corrections import Correction, Scope, Standing
from models.contracts.instructions import Action, Instruction
from models.learned.online.entries import Limits, Outcome, Reason, Status
from models.learned.online.model import Found, Ground, OnlineModel
from tests.harness.corrections import BEGIN, followed, keys_of_text, learner, said, taken, told


def test_a_correction_is_what_is_said_of_its_merchant_from_then_on() -> None:
    """And of no other merchant."""
    one = learner()
    assert "0" == one.version
    assert Outcome(Status.ACCEPTED, changed=True) == one.take(said(1, "Blue Barn", "pets"), offset=4)
    assert ["merchant:out:bluebarn", "head"] == [name for name, _ in one.updates()]
    model = followed(one)
    assert (f"4-{one.digest[:12]}", one.digest) == (model.version, model.digest)
    expected = Found("pets", "corrected by 1 person", 1, 1.0, Ground.CORRECTED)
    assert expected == model.merchant(keys_of_text("blue barn"))
    assert model.merchant(keys_of_text("blue bar")) is None


def test_the_last_word_stands_unless_several_say_something_else() -> None:
    """A correction of a correction counts; one person against two does not, and says so."""
    one = taken([said(1, "Blue Barn", "pets"), said(2, "Blue Barn", "groceries", actor="r-2", minutes=1)])
    found = followed(one).merchant(keys_of_text("blue barn"))
    assert found is not None
    assert ("groceries", 1, 0.5) == (found.category, found.support, found.share)
    one.take(said(3, "Blue Barn", "groceries", actor="r-3", minutes=2), offset=2)
    outcome = one.take(said(4, "Blue Barn", "pets", minutes=3), offset=3)
    assert Outcome(Status.QUARANTINED, Reason.OUTVOTED, right=False) == outcome
    found = followed(one).merchant(keys_of_text("blue barn"))
    assert found is not None
    assert ("groceries", 2) == (found.category, found.support)


def test_a_repeated_or_late_correction_changes_nothing() -> None:
    """FAULTS 28, 29: twice the same id, an offset that was taken, and a word older than what the same person said."""
    one = taken([said(1, "Blue Barn", "pets", minutes=9)])
    digest = one.state_digest
    assert Outcome(Status.REPEATED) == one.take(said(1, "Blue Barn", "pets", minutes=9), offset=1)
    assert Outcome(Status.REPEATED, Reason.CONFLICT) == one.take(said(1, "Blue Barn", "fuel"), offset=2)
    assert Outcome(Status.REPEATED) == one.take(said(2, "Blue Barn", "fuel", minutes=10), offset=1)
    assert digest == one.state_digest
    assert Outcome(Status.LATE, right=False) == one.take(said(3, "Blue Barn", "fuel", minutes=5), offset=3)
    assert "0" == one.version[:1]


def test_a_clock_that_runs_ahead_has_not_the_last_word_for_ever() -> None:
    """What is said in the future counts as said when the journal had it."""
    one = learner()
    one.take(said(1, "Blue Barn", "pets", minutes=1e6), offset=0, at=BEGIN)
    one.take(said(2, "Blue Barn", "groceries", actor="r-2", minutes=5), offset=1, at=BEGIN + timedelta(minutes=5))
    found = followed(one).merchant(keys_of_text("blue barn"))
    assert found is not None
    assert "groceries" == found.category


NAMES = ("red", "red hat", "red hat north", "red hat south", "red hat east", "blue", "blue moon", "shell garage")
CORRECTIONS = st.builds(
    said,
    st.integers(0, 60),
    st.sampled_from(NAMES),
    st.sampled_from(("pets", "fuel", "groceries")),
    actor=st.sampled_from(("r-1", "r-2", "r-3", "r-4", "r-5")),
    minutes=st.integers(0, 300),
    scope=st.sampled_from(Scope),
    account=st.sampled_from(("a-1", "a-2", "a-3")),
    standing=st.sampled_from(Standing),
    decided=st.sampled_from((None, "pets", "auto")),
)
INSTRUCTIONS = st.builds(
    told,
    st.integers(0, 60),
    st.sampled_from((Action.RELEASE, Action.REJECT, Action.FREEZE, Action.THAW)),
    st.integers(0, 60).map("c-{}".format),
    minutes=st.integers(0, 300),
    actor=st.sampled_from(("boss", "r-1")),
)
ENTRIES = st.lists(CORRECTIONS | INSTRUCTIONS, max_size=40)
TIGHT = Limits(actor_rate=6, accounts=2, account_merchants=2, family_stores=2, crowd=2, proposals="apply")


@settings(deadline=None)
@given(ENTRIES)
def test_replaying_gives_the_same_bit_for_bit(entries: list[Correction | Instruction]) -> None:
    """All of the state, and what workers have of it."""
    one, other = taken(entries, TIGHT), taken(entries, TIGHT)
    assert (one.state_digest, one.version, one.snapshot()) == (other.state_digest, other.version, other.snapshot())


@settings(deadline=None)
@given(ENTRIES, st.integers(1, 7))
def test_followers_have_what_the_learner_has(entries: list[Correction | Instruction], step: int) -> None:
    """However entries are put together into steps, and whoever begins in the middle."""
    one, model = learner(TIGHT), OnlineModel()
    for offset, entry in enumerate(entries):
        one.take(entry, offset=offset)
        if offset % step == 0:
            model.apply(one.updates())
    model.apply(one.updates())
    assert (one.digest, one.version) == (model.digest, model.version)


FORGET = (
    st.tuples(st.just(Action.FORGET_ACTOR), st.sampled_from(("r-1", "r-2", "r-3")))
    | st.tuples(st.just(Action.FORGET_ACCOUNT), st.sampled_from(("a-1", "a-2", "a-3")))
    | st.tuples(st.just(Action.FORGET_CORRECTION), st.integers(0, 60).map("c-{}".format))
)
UNDONE = st.builds(
    told,
    st.integers(61, 99),
    st.just(Action.FORGET_CORRECTION),
    st.integers(0, 60).map("c-{}".format),
    actor=st.sampled_from(("r-1", "r-2", "boss")),
    standing=st.sampled_from((Standing.REVIEWER, Standing.APPROVER)),
)
NAMED = {Action.FORGET_ACTOR: "actor", Action.FORGET_ACCOUNT: "account_id", Action.FORGET_CORRECTION: "correction_id"}


@settings(deadline=None)
@given(ENTRIES, FORGET)
def test_forgetting_is_the_state_of_a_run_without(
    entries: list[Correction | Instruction], forget: tuple[Action, str]
) -> None:
    """Of an actor, an account or a correction: digest by digest, and workers are told what is gone."""
    action, target = forget
    one = taken(entries, TIGHT)
    model = OnlineModel()
    model.apply(one.updates())
    one.take(told(99, action, target), offset=len(entries))
    model.apply(one.updates())
    without, ids = learner(TIGHT), set[str]()
    for offset, entry in enumerate(entries):
        # An id counts once, also where it was another's before.
        first = not isinstance(entry, Correction) or entry.correction_id not in ids
        ids |= {entry.correction_id} if isinstance(entry, Correction) else set()
        if first and not (isinstance(entry, Correction) and getattr(entry, NAMED[action]) == target):
            without.take(entry, offset=offset)
    assert (without.state_digest, without.digest) == (one.state_digest, one.digest)
    assert without.digest == model.digest


def test_what_was_forgotten_is_not_learned_again() -> None:
    """A correction that is delivered once more is a repeat, also after it was forgotten."""
    one = taken([said(1, "Blue Barn", "pets")])
    empty = learner().digest
    one.take(told(1, Action.FORGET_CORRECTION, "c-1"), offset=1)
    assert empty == one.digest
    assert Status.REPEATED is one.take(said(1, "Blue Barn", "pets"), offset=2).status
    assert empty == one.digest
    assert Status.UNKNOWN is one.take(told(2, Action.FORGET_CORRECTION, "c-1"), offset=3).status


def test_what_is_taken_back_before_it_comes_is_not_learned() -> None:
    """An undo goes straight into the journal and may overtake its correction; nobody takes back what others said."""
    one, other = learner(), learner()
    one.take(told(1, Action.FORGET_CORRECTION, "c-1", actor="r-1", standing=Standing.REVIEWER), offset=0)
    one.take(told(2, Action.FORGET_CORRECTION, "c-2", actor="r-9", standing=Standing.REVIEWER), offset=1)
    assert Reason.TAKEN_BACK is one.take(said(1, "Blue Barn", "pets", actor="r-1"), offset=2).reason
    assert one.digest == other.digest
    assert Status.ACCEPTED is one.take(said(2, "Red Barn", "fuel", actor="r-1"), offset=3).status
    assert Status.REPEATED is one.take(said(1, "Blue Barn", "pets", actor="r-1"), offset=4).status


def test_people_take_back_what_they_said_themselves() -> None:
    """And not what others said."""
    one = taken([said(1, "Blue Barn", "pets"), said(2, "Red Barn", "fuel", actor="r-2")])
    own = told(1, Action.FORGET_CORRECTION, "c-1", actor="r-1", standing=Standing.REVIEWER)
    others = told(2, Action.FORGET_CORRECTION, "c-2", actor="r-1", standing=Standing.REVIEWER)
    all_own = told(3, Action.FORGET_ACTOR, "r-1", actor="r-1", standing=Standing.REVIEWER)
    found = [one.take(each, offset=2 + place).status for place, each in enumerate((own, others, all_own))]
    assert [Status.ACCEPTED, Status.REFUSED, Status.REFUSED] == found


def test_an_undo_ahead_of_its_correction_is_not_lost_by_anothers() -> None:
    """Whoever is no owner cannot make the owner's undo unsaid, before it or behind it."""
    for order in (("r-1", "r-9"), ("r-9", "r-1")):
        one = learner()
        for number, actor in enumerate(order):
            undo = told(number, Action.FORGET_CORRECTION, "c-1", actor=actor, standing=Standing.REVIEWER)
            one.take(undo, offset=number)
        assert Reason.TAKEN_BACK is one.take(said(1, "Blue Barn", "pets", actor="r-1"), offset=2).reason


def test_what_is_forgotten_together_is_learned_anew_once() -> None:
    """Entries that are noted first are played once each, however many of them are taken back."""
    entries = [said(each, f"shop {each}", "pets") for each in range(20)]
    undone = [told(each, Action.FORGET_CORRECTION, f"c-{each}") for each in range(0, 20, 2)]
    one, other = learner(), taken([*entries, *undone])
    for offset, entry in enumerate([*entries, *undone]):
        one.note(entry, offset=offset)
    assert 10 == len(list(one.catch_up()))
    assert (other.state_digest, other.head, other.snapshot()) == (one.state_digest, one.head, one.snapshot())
    for number in (1, 3):
        one.note(told(50 + number, Action.FORGET_CORRECTION, f"c-{number}"), offset=50 + number)
    assert 8 == len(list(one.catch_up()))


@settings(deadline=None)
@given(st.lists(CORRECTIONS | INSTRUCTIONS | UNDONE, max_size=40), st.integers(1, 7))
def test_noted_entries_give_what_those_give_that_are_taken_one_by_one(
    entries: list[Correction | Instruction], step: int
) -> None:
    """State, head and report; also where somebody looks in between, and followers have it."""
    one, other, model = taken(entries, TIGHT), learner(TIGHT), OnlineModel()
    for offset, entry in enumerate(entries):
        other.note(entry, offset=offset)
        if offset % step == 0:
            model.apply(other.updates())
    model.apply(other.updates())
    reports = one.report(), other.report()
    # In another order, as some show what became of them only when all is learned; after a later one of the same batch.
    ids = [sorted(each["instruction_id"] for each in report.pop("instructions")) for report in reports]
    assert ids[0] == ids[1]
    assert (one.state_digest, one.head, reports[0]) == (other.state_digest, other.head, reports[1])
    assert (one.digest, one.head) == (model.digest, model.head)


def test_a_head_tells_of_what_was_taken_back_without_a_trace() -> None:
    """Of a correction in quarantine no part is another; workers are told all the same, up to where they know."""
    one, model = learner(Limits(actor_rate=1)), OnlineModel()
    one.take(said(1, "Blue Barn", "pets"), offset=0)
    assert Status.CAPPED is one.take(said(2, "Red Barn", "pets"), offset=1).status
    model.apply(one.updates())
    assert [] == one.updates()
    one.take(told(1, Action.FORGET_CORRECTION, "c-2"), offset=2)
    updates = one.updates()
    assert ["head"] == [name for name, _ in updates]
    model.apply(updates)
    assert (2, one.head, one.digest) == (model.head.offset, model.head, model.digest)
    assert [] == one.updates()


def test_outcomes_are_those_that_are_reported() -> None:
    """Each is told once; what waited while nothing was learned counts again when it is learned."""
    one, counted = learner(), Counter[str]()
    entries = [told(1, Action.FREEZE), said(1, "Blue Barn", "pets"), said(1, "Blue Barn", "pets")]
    for offset, entry in enumerate([*entries, told(2, Action.THAW), said(2, "Red Barn", "fuel")]):
        one.take(entry, offset=offset)
        counted += one.outcomes()
    assert {"accepted": 4, "frozen": 1, "repeated": 1} == one.report()["counts"] == counted
    assert Counter() == one.outcomes()


def test_several_corrections_may_have_one_place() -> None:
    """One that waited for its transaction is learned with the one that brought it."""
    one = learner()
    outcomes = [one.take(said(each, f"shop {each}", "pets"), offset=4) for each in range(2)]
    assert [Status.ACCEPTED] * 2 == [outcome.status for outcome in outcomes]
    assert 2 == one.report()["parts"]["merchant"]
