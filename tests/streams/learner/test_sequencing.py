"""Corrections go into the journal once, in a form of which no account is left where none is needed."""

from collections import Counter
from dataclasses import replace

import pytest

from models.contracts.corrections import Correction, Scope, Standing
from models.contracts.wire import dump, parse
from models.learned.online.keys import account_token
from streams.learner.sequencing import SequencedResult, SequencingHandler
from streams.messages.headers import REVIEWED_HEADER
from streams.messages.learning import read_entry
from streams.messages.records import Output, header
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


def stage_reason_field(letter: Output) -> tuple[bytes | None, ...]:
    """What a dead letter says."""
    return tuple(header(letter.headers, f"evenhand_{name}") for name in ("stage", "reason", "field"))


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


@pytest.mark.parametrize(
    ("value", "reason", "field"),
    [
        (b"{", b"invalid_json", b""),
        (None, b"empty", b""),
        (b'{"correction_id": "c1"}', b"missing", b"transaction_id"),
        (dump(said(1)).replace(b'"pets"', b'"gambling"'), b"unknown_value", b"category"),
    ],
)
def test_what_breaks_the_contract_is_a_dead_letter(value: bytes | None, reason: bytes, field: bytes) -> None:
    """FAULTS 10 to 17, whether a monitor runs or not: as received, with reason and field; its neighbours count."""
    found = handled(received(said(1)), Record(value, 1), received(said(2), offset=2))
    first, letter, second = found.written
    assert (Role.DEAD_LETTER, value) == (letter.role, letter.value)
    assert (b"correct", reason, field) == stage_reason_field(letter)
    assert (said(1), said(2)) == (entry_of(first), entry_of(second))
    assert (2, Counter({("correct", reason.decode()): 1})) == (found.entries, found.dead_letters)


@pytest.mark.parametrize("where", ["in the batch", "in the window"])
def test_what_contradicts_itself_is_a_dead_letter(where: str) -> None:
    """The first one counts; the second is kept as received."""
    window, other = an_empty_window(), received(said(1, category="fuel"), offset=1)
    before = [received(said(1))] if where == "in the batch" else []
    if not before:
        handled(received(said(1))).settled(window, at=NOON)
    found = HANDLER([*before, other], window)
    letter = found.written[-1]
    assert (Role.DEAD_LETTER, other.value) == (letter.role, letter.value)
    assert (b"correct", b"conflicting_duplicate", b"correction_id") == stage_reason_field(letter)
    assert (len(before), 1) == (found.entries, found.dead_letters.total())


@pytest.mark.parametrize("fields", [{"scope": Scope.ACCOUNT}, {"standing": "customer"}])
def test_a_correction_for_an_account_that_names_none_is_refused_here(fields: dict[str, str]) -> None:
    """It is valid, and the monitor counts it; it may come again, and is a repeat then."""
    found = handled(received(said(1, **fields), offset=5), received(said(1, **fields), offset=6))
    (letter,) = found.written
    assert (Role.DEAD_LETTER, b"5") == (letter.role, header(letter.headers, "evenhand_offset"))
    assert (b"learn", b"missing", b"account_id") == stage_reason_field(letter)
    assert (1, 1) == (found.dead_letters["learn", "missing"], found.duplicates)


@pytest.mark.parametrize(
    ("claimed", "highest", "believed"),
    [
        ("approver", Standing.REVIEWER, "reviewer"),
        ("approver", Standing.APPROVER, "approver"),
        ("customer", Standing.REVIEWER, "customer"),
        ("reviewer", Standing.APPROVER, "reviewer"),
    ],
)
def test_whoever_writes_to_the_topic_has_no_higher_standing(claimed: str, highest: Standing, believed: str) -> None:
    """An approver's word would go past all guards."""
    handler = SequencingHandler(source="/evenhand/test", clock=at_noon, highest=highest)
    (entry,) = handler([received(said(1, standing=claimed, account_id="a"))], an_empty_window()).written
    assert believed == parse(Correction, entry.value or b"")[0].standing


def test_an_entry_says_whether_the_queue_wrote_it() -> None:
    """It alone knows the transaction that its correction is of."""
    own = replace(received(said(1)), headers=[REVIEWED_HEADER])
    written = handled(own, received(said(2), offset=1)).written
    assert [True, False] == [REVIEWED_HEADER in entry.headers for entry in written]


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
