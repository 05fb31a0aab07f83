"""All that the learner's lane knows: what was learned, and what waits. It is a function of the journal alone."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from models.contracts.corrections import Correction, Scope
from models.contracts.instructions import Action, Instruction
from models.errors import ContractError
from models.learned.online.entries import Outcome, Status
from models.learned.online.learner import OnlineLearner
from streams.learner.parking import Parking
from streams.messages.learning import Entry, read_entry
from streams.messages.records import Received

UNKNOWN_TRANSACTION = "unknown_transaction"
"""Reason of a correction of a transaction that nobody came to know in time."""

Part = tuple[str, bytes | None]
"""A part of what was learned, and what it is now; None takes it away."""

PARKED = "parked"
"""Outcome of a correction that waits for its transaction."""


@dataclass(slots=True)
class Taken:
    """What came of entries, beside the change of the state.

    Args:
        outcomes: What became of corrections and instructions.
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
    """

    def __init__(self, learner: OnlineLearner, parking: Parking) -> None:
        self.learner = learner
        self.parking = parking
        self.owed: list[Part] = []  # what workers have to be told beside what is learned next
        self._entries_of: defaultdict[str, list[bytes]] = defaultdict(list)

    def __str__(self) -> str:
        return f"version {self.learner.version}, {len(self.parking)} corrections that wait for their transaction"

    def take(self, record: Received, taken: Taken) -> None:
        """Take the next record of the journal; no record makes it raise.

        Args:
            taken: Told what came of it.
        """
        refused = self.parking.expire(record.timestamp)
        try:
            entry = read_entry(record)
        except ContractError as error:
            taken.refused.append((record, error))
        else:
            if isinstance(entry, Correction):
                self._correct(entry, record, taken)
            elif isinstance(entry, Instruction):
                self._instruct(entry, record, taken)
        for parked in [*refused, *self.parking.overflow()]:
            taken.refused.append((parked.record, ContractError(UNKNOWN_TRANSACTION, "transaction_id")))

    def _correct(self, correction: Correction, record: Received, taken: Taken) -> None:
        if correction.scope is Scope.ACCOUNT and correction.account_id is not None:
            self._entries_of[correction.account_id].append(record.key or b"")
        ready = list(self.parking.take(correction, record))
        if not ready:
            taken.outcomes[PARKED] += 1
        for one in ready:
            self._learn(one, record, taken)

    def _instruct(self, instruction: Instruction, record: Received, taken: Taken) -> None:
        outcome = self._learn(instruction, record, taken)
        if instruction.action is not Action.FORGET_ACCOUNT or instruction.target is None:
            return
        if outcome.status in (Status.ACCEPTED, Status.UNKNOWN):
            self.parking.forget(instruction.target)
            taken.deleted += self._entries_of.pop(instruction.target, ())
        # Whatever came of it: the instruction names the account, too.
        taken.deleted.append(record.key or b"")

    def _learn(self, entry: Entry, record: Received, taken: Taken) -> Outcome:
        at = time_of(record)
        outcome = self.learner.take(entry, offset=record.offset, at=at)
        taken.outcomes[outcome.status.value] += 1
        return outcome


def time_of(record: Received) -> datetime:
    """When a record was written; whoever writes one may claim any time, and one beyond the calendar counts as 1970."""
    try:
        return datetime.fromtimestamp(record.timestamp / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return datetime.fromtimestamp(0, UTC)
