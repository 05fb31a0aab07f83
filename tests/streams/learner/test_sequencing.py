"""Corrections go into the journal once, in a form of which no account is left where none is needed."""

import json

import pytest

from models.contracts.corrections import Correction, Scope
from models.contracts.wire import parse
from models.learned.online.keys import account_token
from streams.learner.sequencing import SequencedResult, SequencingHandler
from streams.messages.learning import read_entry
from streams.messages.records import Output
from streams.messages.roles import Role
from tests.harness.learning import said
from tests.harness.voters import NOON
from tests.streams.categorizer.test_handler import Record, an_empty_window
from tests.streams.learner.said import at_noon, received

HANDLER = SequencingHandler(source="/evenhand/test", clock=at_noon, secret=b"key")


def handled(*records: Record) -> SequencedResult:
    """One batch, with nothing known before."""
    return HANDLER(records, an_empty_window())


def entry_of(output: Output) -> object:
    """What the learner reads."""
    return read_entry(Record(output.value, headers=output.headers))


def test_a_correction_becomes_an_entry_under_a_key_of_its_own() -> None:
    """The key names the place, too: a repeat that comes later must not push the first one out of the journal."""
    correction = said(1, account_token="what an app says does not count")
    (entry,) = handled(received(correction, offset=17, partition=2)).written
    assert (Role.LEARNING_JOURNAL, b"c1@2:17") == (entry.role, entry.key)
    assert correction.model_copy(update={"account_token": None}) == entry_of(entry)
    names = dict(entry.headers)
    assert (b"evenhand.correction.v1", b"transactions.corrections", b"2", b"17") == (
        names["ce_type"],
        names["evenhand_topic"],
        names["evenhand_partition"],
        names["evenhand_offset"],
    )


def test_a_repeat_is_counted_and_no_entry() -> None:
    """In one batch and in a later one."""
    window, first = an_empty_window(), handled(received(said(1)), received(said(1), offset=1))
    assert (1, 1) == (len(first.written), first.duplicates)
    first.settled(window, at=NOON)
    again = HANDLER([received(said(1), offset=2)], window)
    assert ([], 1) == (again.written, again.duplicates)


@pytest.mark.parametrize("value", [b"{", None, b'{"correction_id": "c1"}'])
def test_what_breaks_the_contract_is_left_to_the_monitor(value: bytes | None) -> None:
    """One reader writes the dead letter, not two."""
    found = handled(Record(value))
    assert ([], 1, 0) == (found.written, found.left, found.dead_letters.total())


def test_what_contradicts_itself_is_left_to_the_monitor() -> None:
    """The first one counts."""
    found = handled(received(said(1)), received(said(1, category="fuel"), offset=1))
    assert (["c1"], 1) == ([json.loads(entry.value or b"")["correction_id"] for entry in found.written], found.left)


@pytest.mark.parametrize("fields", [{"scope": Scope.ACCOUNT}, {"standing": "customer"}])
def test_a_correction_for_an_account_that_names_none_is_refused_here(fields: dict[str, str]) -> None:
    """The monitor counts it, so nobody else would say so; it may come again, and is a repeat then."""
    found = handled(received(said(1, **fields), offset=5), received(said(1, **fields), offset=6))
    (letter,) = found.written
    names = dict(letter.headers)
    assert (Role.DEAD_LETTER, b"learn", b"missing", b"account_id", b"5") == (
        letter.role,
        names["evenhand_stage"],
        names["evenhand_reason"],
        names["evenhand_field"],
        names["evenhand_offset"],
    )
    assert (1, 1) == (found.dead_letters["learn", "missing"], found.duplicates)


@pytest.mark.parametrize(
    ("scope", "standing", "kept"),
    [(Scope.EVERYONE, "reviewer", None), (Scope.ACCOUNT, "reviewer", "acc-1"), (Scope.EVERYONE, "customer", "acc-1")],
)
def test_an_account_is_kept_where_it_is_needed(scope: Scope, standing: str, kept: str | None) -> None:
    """Of what is for everyone only its token, for its deletion; what a customer says is for the account in any case."""
    (entry,) = handled(received(said(1, scope=scope, standing=standing, account_id="acc-1"))).written
    read, _ = parse(Correction, entry.value or b"")
    assert (kept, account_token("acc-1", b"key")) == (read.account_id, read.account_token)
    assert (b"acc-1" in (entry.value or b"")) is (kept is not None)
