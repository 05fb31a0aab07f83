"""Records of the learner become steps, which are applied whole or not at all."""

import pytest

from models.contracts.instructions import Action
from models.errors import ArtefactError
from models.learned.online.model import OnlineModel
from models.learned.online.records import HEAD
from models.learned.online.steps import Steps
from tests.harness.corrections import keys_of_text, said, take_all, taken, told


def test_a_step_is_applied_with_its_head() -> None:
    """Not before; one that is read again from its beginning counts once."""
    source, steps = taken([said(1, "Blue Barn", "pets"), said(2, "Red Barn", "fuel")]), Steps(OnlineModel())
    *parts, head = source.updates()
    for number in range(2):
        assert [None, None] == [steps.take(*part) for part in parts]
        assert 0 == len(steps.model)
        if not number:
            steps.begin_again()
    assert 2 == steps.take(*head)
    assert steps.is_whole
    assert source.head == steps.model.head


def test_a_step_that_cannot_be_read_leaves_what_was_known() -> None:
    """All of it, and the next step is told of what is missing."""
    source, steps = taken([said(1, "Blue Barn", "pets")]), Steps(OnlineModel())
    for part in source.updates():
        steps.take(*part)
    before = steps.model.head
    take_all(source, [said(2, "Red Barn", "fuel"), told(1, Action.FORGET_CORRECTION, "c-1")])
    *parts, head = source.updates()
    assert [None] * (len(parts) + 1) == [steps.take(*part) for part in [*parts, ("odd:x", b"{}")]]
    with pytest.raises(ArtefactError):
        steps.take(*head)
    assert (before, True) == (steps.model.head, steps.is_whole)
    assert steps.model.merchant(keys_of_text("blue barn")) is not None
    assert 0 == steps.take(*head)
    assert not steps.is_whole
    assert HEAD == head[0]
