"""What happens to one batch, without Faust and without I/O: decode, recognise repeats, categorize, encode."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from models.ensemble import Ensemble
from models.errors import ContractError
from models.events import Transaction
from monitors.tally import Tally
from streams.codec import Codec, dead_letter, digest
from streams.deciding import decide_each
from streams.diverting import divert
from streams.duplicates import DuplicateWindow
from streams.records import Output, Received

Clock = Callable[[], datetime]
Accepted = tuple[Received, Transaction]


@dataclass(slots=True)
class BatchResult:
    """What one batch becomes.

    Args:
        outputs: Records to write, in input order per topic.
        seen: Transaction id to digest of every decision, for the duplicate window once the batch is committed.
        tally: Decisions by category and outcome.
        dead_letters: (stage, reason) to count.
        duplicates: Repeats with the same body, which give no output.
        conflicts: Repeats with another body, which are dead letters.
        unknown_fields: Fields that were dropped.
        diverted: Unsure decisions that were put off for the slow lane.
    """

    outputs: list[Output] = field(default_factory=list)
    seen: dict[str, bytes] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    dead_letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    duplicates: int = 0
    conflicts: int = 0
    unknown_fields: int = 0
    diverted: int = 0

    def refuse(self, record: Received, error: ContractError, stage: str) -> None:
        """Turn a record into a dead letter."""
        self.outputs.append(dead_letter(record, error, stage))
        self.dead_letters[stage, error.reason] += 1


class CategorizeHandler:
    """Turns a batch of received records into the records to write. It is total: no input makes it raise.

    Args:
        ensemble: Decides.
        codec: Reads and writes records.
        clock: The time of day, timezone-aware.
        diverts: Whether unsure decisions are put off for the slow lane now.
    """

    def __init__(
        self, ensemble: Ensemble, codec: Codec, clock: Clock, *, diverts: Callable[[], bool] = lambda: False
    ) -> None:
        self._ensemble = ensemble
        self._codec = codec
        self._clock = clock
        self._diverts = diverts

    def __call__(self, records: Sequence[Received], window: DuplicateWindow) -> BatchResult:
        """Handle the records of one batch of one partition; `window` is read, not changed."""
        result = BatchResult()
        self.decide(self.accept(records, window, result), result, ensemble=self._ensemble)
        return result

    def decide(self, accepted: Sequence[Accepted], result: BatchResult, *, ensemble: Ensemble) -> None:
        """Decide on what was accepted, and add the outputs to the result."""
        now = self._clock()
        stamp = self._codec.stamp(now)
        diverts = self._diverts()
        decided = decide_each(ensemble, [transaction for _, transaction in accepted], now=now)
        decisions = []
        for (record, transaction), decision in zip(accepted, decided, strict=True):
            if isinstance(decision, ContractError):
                del result.seen[transaction.transaction_id]
                result.refuse(record, decision, "categorize")
            elif diverts and decision.requires_review:
                result.outputs.append(divert(record, transaction, result.seen[transaction.transaction_id]))
                result.diverted += 1
            else:
                decisions.append(decision)
                result.outputs.append(stamp.encode(decision, result.seen[transaction.transaction_id], record.headers))
        result.tally = Tally.of(decisions)

    def accept(self, records: Sequence[Received], window: DuplicateWindow, result: BatchResult) -> list[Accepted]:
        """Read records and set repeats aside; refusals, counts and digests go into the result."""
        accepted: list[Accepted] = []
        for record in records:
            try:
                transaction, unknown = self._codec.decode(record)
            except ContractError as error:
                result.refuse(record, error, "decode")
                continue
            result.unknown_fields += unknown
            transaction_id = transaction.transaction_id
            fingerprint = digest(transaction)
            known = result.seen.get(transaction_id) or window.digest(transaction_id)
            if known is None:
                result.seen[transaction_id] = fingerprint
                accepted.append((record, transaction))
            elif known == fingerprint:
                result.duplicates += 1
            else:
                result.conflicts += 1
                result.refuse(record, ContractError("conflicting_duplicate", "transaction_id"), "deduplicate")
        return accepted
