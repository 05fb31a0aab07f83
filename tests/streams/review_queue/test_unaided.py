"""What is asked without suggestions: nothing that is shown, or can be done, tells a blind request from an unsure."""

from typing import Any

import pytest

from models.contracts.events import ReviewRequest
from models.contracts.wire import parse
from streams.console.desk.contract import Task, Why
from streams.review_queue.copying import Copied, CopyHandler
from streams.review_queue.entries import Ask
from streams.review_queue.files.exchange import exported
from streams.review_queue.state.item import UNAIDED_HEADER, Item, request_id
from streams.review_queue.tasks import task_of
from tests.harness.review import request_message
from tests.harness.review_journal import MemoryJournal, StampedRecord

KINDS: dict[str, dict[str, Any]] = {"blind": {"blind": True}, "unsure": {"unaided": True}}


def drawn(share: float, *, count: int = 2_000) -> list[bool]:
    """Which of so many unsure requests are asked without suggestions."""
    messages = [request_message(number) for number in range(count)]
    records = [StampedRecord(message.value, n, 0, message.headers, 0) for n, message in enumerate(messages)]
    written = CopyHandler(share)(records, Copied()).written
    return [UNAIDED_HEADER in output.headers for output in written]


def test_who_is_asked_without_suggestions_follows_from_nothing_that_is_shown() -> None:
    """Drawn when a request comes, in the share that is set: whoever knows its id cannot tell whether it was drawn."""
    assert 50 < sum(drawn(0.05)) < 160
    assert drawn(0.5) != drawn(0.5)
    assert (0, 2_000) == (sum(drawn(0.0)), sum(drawn(1.0)))


def test_what_was_drawn_stays() -> None:
    """Over a restart, and for every process that reads the journal."""
    journal = scene(unaided=True)
    journal.restart()
    assert [None] == [each.aid for each in shown(journal) if each.request_id == asked(journal).request_id]
    assert 3 == sum(each.aid is not None for each in shown(journal))


def scene(**kind: Any) -> MemoryJournal:
    """Three unsure requests of a merchant, and one more that is asked without suggestions."""
    journal = MemoryJournal()
    for number in range(3):
        journal.came(number)
    journal.came(7, **kind)
    journal.taken()
    return journal


def shown(journal: MemoryJournal) -> list[Task]:
    """All that is open, as it is shown."""
    return [task_of(item, similar=journal.queue.alike.count(item)) for item in journal.queue.in_order()]


def asked(journal: MemoryJournal) -> Item:
    """The one without suggestions."""
    (item,) = (item for item in journal.queue.items.values() if item.unaided)
    return item


@pytest.fixture(params=KINDS.values(), ids=KINDS.keys())
def journal(request: pytest.FixtureRequest) -> MemoryJournal:
    """A queue with a blind request, and one with an unsure one that is asked without suggestions."""
    return scene(**request.param)


def test_counting_others_tells_nothing(journal: MemoryJournal) -> None:
    """Neither in a file nor on the page: it counts for none of its merchant, and they for it."""
    name = asked(journal).request_id
    rows = {row["request_id"]: row["similar"] for row in exported(journal.queue, journal.now_ms)}
    assert (3, {2}) == (rows.pop(name), set(rows.values()))
    assert {each.request_id: each.similar for each in shown(journal)} == rows | {name: 3}


def test_a_preview_does_not_list_it(journal: MemoryJournal) -> None:
    """And what is not in a preview cannot be settled by it."""
    name, first = asked(journal).request_id, request_id("t-0", blind=False)
    assert name not in [item.request_id for item in journal.queue.others(journal.queue.items[first])]
    outcome = journal.ask(Ask.ANSWER, "ann", [first, name], "pets")
    assert ((first,), {name: Why.INVALID}) == (outcome.request_ids, outcome.refused)


def test_its_answer_is_counted_as_every_other(journal: MemoryJournal) -> None:
    """Once when it is given, and once when it is final."""
    journal.enter(Ask.ANSWER, "ann", [asked(journal).request_id], "pets")
    given, final = journal.taken(), journal.tick(minutes=1)
    assert (1, 1) == (given.answers.total(), final.settled)


def test_its_place_follows_from_others(journal: MemoryJournal) -> None:
    """Of what waits: by its own uncertainty and merchant one could tell which it is."""
    standing = asked(journal).standing
    assert standing is not None
    request, _ = parse(ReviewRequest, request_message(0).value or b"")
    assert request.uncertainty == standing.uncertainty
