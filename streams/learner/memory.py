"""All that the learner's lane knows: what was learned, and what waits. It is a function of the journal alone."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models.contracts.corrections import Correction
from models.contracts.instructions import Action, Instruction
from models.errors import ContractError
from models.learned.online.entries import Outcome, Reason, Status
from models.learned.online.learner import OnlineLearner
from models.statistics.counting import several
from streams.learner.parking import Parking
from streams.messages.learning import Entry, read_entry, time_of
from streams.messages.records import Received

UNKNOWN_TRANSACTION = "unknown_transaction"
"""Reason of a correction of a transaction that nobody came to know in time."""

Part = tuple[str, bytes | None]
"""A part of what was learned, and what it is now; None takes it away."""

REPORT_EVERY = timedelta(seconds=1)

PARKED = "parked"
"""Outcome of a correction that waits for its transaction."""


@dataclass(slots=True)
class Taken:
    """What came of entries, beside the change of the state.

    Args:
        outcomes: What became of corrections and instructions; of `Memory.take` those alone that wait for their
            transaction, as what becomes of the others shows when they are learned.
        refused: Entries that become dead letters, and why.
        deleted: Keys of entries that are to be deleted from the journal.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: list[tuple[Received, ContractError]] = field(default_factory=list)
    deleted: list[bytes] = field(default_factory=list)


class Memory:
    """State of the lane. It is changed while a batch is handled; one that is not committed is forgotten with all of it.

    Args:
        learner: Has learned nothing yet.
        parking: Is empty.
        prepare: Told corrections that are about to be learned: what is looked up for them is quicker together.
    """

    def __init__(
        self,
        learner: OnlineLearner,
        parking: Parking,
        *,
        prepare: Callable[[Sequence[Correction]], None] = lambda _corrections: None,
    ) -> None:
        self.learner = learner
        self._prepare = prepare
        self.parking = parking
        self.owed: list[Part] = []  # what workers have to be told beside what is learned next
        self.unreported = False
        self.reported: datetime | None = None
        self._entries_of: defaultdict[str, dict[bytes, None]] = defaultdict(dict)  # by the account's token
        self._parked: dict[str, bytes] = {}  # entries of corrections that wait

    def __str__(self) -> str:
        return f"version {self.learner.version}, {several(len(self.parking), 'correction')} without a known transaction"

    def report(self) -> dict[str, Any]:
        """What people are told."""
        return self.learner.report() | {"parked": len(self.parking)}

    def owes_report(self, now: datetime) -> bool:
        """Whether people are to be told now: at once after a quiet second, and no more than once in each.

        A report is the longest record that there is, and thousands of corrections a second need not each have one.
        """
        return self.unreported and (self.reported is None or abs(now - self.reported) >= REPORT_EVERY)

    def take(self, records: Sequence[Received], taken: Taken) -> None:
        """Take the next records of the journal, to be learned with what comes; no record makes it raise.

        Args:
            taken: Told what came of them.
        """
        read = [_read(record) for record in records]
        self._prepare([entry for entry in read if isinstance(entry, Correction)])
        for record, entry in zip(records, read, strict=True):
            self._take(record, entry, taken)

    def _take(self, record: Received, entry: Entry | ContractError | None, taken: Taken) -> None:
        expired = self.parking.expire(record.timestamp)
        if isinstance(entry, Correction):
            self._correct(entry, record, taken)
        elif isinstance(entry, Instruction):
            self._instruct(entry, record, taken)
        elif entry is not None:
            taken.refused.append((record, entry))
        for parked in [*expired, *self.parking.overflow()]:
            self._parked.pop(parked.correction.correction_id, None)
            taken.refused.append((parked.record, ContractError(UNKNOWN_TRANSACTION, "transaction_id")))

    def _correct(self, correction: Correction, record: Received, taken: Taken) -> None:
        key = record.key or b""
        self._belongs(correction, key)
        ready = list(self.parking.take(correction, record))
        if not ready:
            taken.outcomes[PARKED] += 1
            self._parked[correction.correction_id] = key
        for one in ready:
            # What waited may be about an account's line, too, now that it is known which one that is.
            self._belongs(one, self._parked.pop(one.correction_id, key))
            outcome = self._note(one, record)
            # Its id may have been taken by somebody else, in another partition: it must not get lost.
            is_taken = outcome is not None and outcome.reason is Reason.CONFLICT
            if is_taken and one.correction_id == correction.correction_id:
                taken.refused.append((record, ContractError("conflicting_duplicate", "correction_id")))

    def _belongs(self, correction: Correction, key: bytes) -> None:
        """Remember whose line an entry is about, so that it is deleted with the account."""
        if (account := self.learner.account_of(correction)) is not None:
            self._entries_of[account][key] = None

    def _instruct(self, instruction: Instruction, record: Received, taken: Taken) -> None:
        outcome, target = self._note(instruction, record), instruction.target
        is_done = outcome is not None and outcome.status in (Status.ACCEPTED, Status.UNKNOWN)
        if instruction.action is Action.FORGET_ACTOR and is_done:
            self.parking.forget(lambda correction: correction.actor == target)
        if instruction.action is not Action.FORGET_ACCOUNT or target is None:
            return
        if is_done:
            account = self.learner.token_of(target)
            self.parking.forget(lambda correction: self.learner.account_of(correction) == account)
            taken.deleted += self._entries_of.pop(account, ())
        # Whatever came of it: the instruction names the account, too.
        taken.deleted.append(record.key or b"")

    def _note(self, entry: Entry, record: Received) -> Outcome | None:
        return self.learner.note(entry, offset=record.offset, at=time_of(record))


def _read(record: Received) -> Entry | ContractError | None:
    try:
        return read_entry(record)
    except ContractError as error:
        return error
