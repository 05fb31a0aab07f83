"""What the learner's journal says of the corrections on their topic: which were taken back, and when each came."""

from datetime import timedelta

from models.contracts.instructions import Action
from streams.messages.said import Said
from streams.operate.said import Journalled
from tests.harness.learning import said
from tests.harness.voters import NOON
from tests.streams.categorizer.test_handler import Record
from tests.streams.learner.test_learning import correction, instruction


def test_what_was_taken_back_is_named() -> None:
    """By who gave it or by an approver, before it came or after, or with all that its actor had said."""
    undo = Action.FORGET_CORRECTION
    topic = [said(number, actor="r") for number in (1, 2, 3)] + [said(number, actor="s") for number in (4, 5)]
    journal = [
        instruction(0, undo, "c1"),
        instruction(1, undo, "c2", "reviewer"),
        *(correction(2 + place, one) for place, one in enumerate(topic[:4])),
        Record(b"?", 6, b"no entry"),
        instruction(7, Action.FORGET_ACTOR, "s"),
        instruction(8, Action.FORGET_ACTOR, "r", "reviewer"),
        correction(9, topic[4]),
    ]
    held = Journalled.of(journal).held_against(Said(topic, 0))
    assert {"c1", "c4"} == held.taken_back
    assert topic == held.corrections


def test_no_correction_is_later_than_the_journal_had_it() -> None:
    """A clock that runs ahead must not have the last word in training either; one not in the journal is believed."""
    ahead = [said(number, timestamp=NOON + timedelta(days=9)) for number in (1, 2)]
    held = Journalled.of([correction(0, ahead[0], at=NOON)]).held_against(Said(ahead, 0))
    assert [NOON, NOON + timedelta(days=9)] == [one.timestamp for one in held.corrections]
