"""What happens to one batch, without Faust and without I/O: decode, recognise repeats, categorize, encode."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from models.contracts.events import Transaction
from models.decisions.ensemble import Ensemble
from models.decisions.isolation import decide_each
from models.decisions.verdict import Decided
from models.errors import ContractError
from monitors.counts.cells import Intake
from monitors.counts.observation import Observation
from monitors.counts.summarise import Happened, observe
from monitors.counts.tally import Tally
from monitors.labels.blind_sample import BlindSample
from streams.clock import Clock
from streams.lanes.duplicate_window import DuplicateWindow
from streams.messages.cloudevents import Codec, Stamp, dead_letter, digest
from streams.messages.diversion import divert
from streams.messages.observations import encode_observation, span_of
from streams.messages.records import Output, Received

NO_SAMPLE = BlindSample(share=0.0, seed="")


class Accepted(NamedTuple):
    """A record that is to be decided on.

    Args:
        place: Its place in the batch.
        record: As it was received.
        transaction: As it was read.
    """

    place: int
    record: Received
    transaction: Transaction


@dataclass(slots=True)
class BatchResult:
    """What one batch becomes.

    Args:
        outputs: Decisions, dead letters and what was put off, in input order per topic.
        seen: Transaction id to digest of every decision, for the duplicate window once the batch is committed.
        tally: Decisions by category and outcome.
        dead_letters: (stage, reason) to count.
        duplicates: Repeats with the same body, which give no output.
        conflicts: Repeats with another body, which are dead letters.
        unknown_fields: Fields that were dropped.
        diverted: Unsure decisions that were put off for the slow lane.
        blind: Accepted decisions that a person is asked about without seeing them.
        observation: The summary of the batch, for the monitors.
        happened: What became of each record, in the order of the input; None until it is decided on, or put off.
    """

    outputs: list[Output] = field(default_factory=list)
    seen: dict[str, bytes] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    dead_letters: Counter[tuple[str, str]] = field(default_factory=Counter)
    duplicates: int = 0
    conflicts: int = 0
    unknown_fields: int = 0
    diverted: int = 0
    blind: int = 0
    observation: Observation | None = None
    happened: list[Happened | None] = field(default_factory=list)

    def refuse(self, record: Received, error: ContractError, stage: str) -> None:
        """Turn a record into a dead letter."""
        self.outputs.append(dead_letter(record, error, stage))
        self.dead_letters[stage, error.reason] += 1

    @property
    def written(self) -> list[Output]:
        """Everything that is written in one transaction with the input offset."""
        return self.outputs if self.observation is None else [*self.outputs, encode_observation(self.observation)]

    def settled(self, memory: DuplicateWindow, *, at: datetime) -> None:
        """Remember the ids of a batch that was committed."""
        memory.add(self.seen, at=at)


class CategorizeHandler:
    """Turns a batch of received records into the records to write. It is total: no input makes it raise.

    Args:
        ensemble: Decides.
        codec: Reads and writes records.
        clock: The time of day, timezone-aware.
        diverts: Whether unsure decisions are put off for the slow lane now.
        blind: Draws the accepted decisions that a person is asked about without seeing them.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        codec: Codec,
        clock: Clock,
        *,
        diverts: Callable[[], bool] = lambda: False,
        blind: BlindSample = NO_SAMPLE,
    ) -> None:
        self._ensemble = ensemble
        self._codec = codec
        self._clock = clock
        self._diverts = diverts
        self._blind = blind

    def __call__(self, records: Sequence[Received], window: DuplicateWindow) -> BatchResult:
        """Handle the records of one batch of one partition; `window` is read, not changed."""
        result = BatchResult()
        self.decide(self.accept(records, window, result), result, ensemble=self._ensemble)
        self.observe(records, result)
        return result

    def decide(self, accepted: Sequence[Accepted], result: BatchResult, *, ensemble: Ensemble) -> None:
        """Decide on what was accepted, and add the outputs to the result."""
        now = self._clock()
        stamp = self._codec.stamp(now)
        diverts = self._diverts()
        decided = decide_each(ensemble, [item.transaction for item in accepted], now=now)
        decisions = []
        for (place, record, transaction), decision in zip(accepted, decided, strict=True):
            if isinstance(decision, ContractError):
                del result.seen[transaction.transaction_id]
                result.refuse(record, decision, "categorize")
                result.happened[place] = Intake.DEAD_LETTER
            elif diverts and decision.requires_review:
                result.outputs.append(divert(record, transaction, result.seen[transaction.transaction_id]))
                result.diverted += 1
            else:
                decisions.append(decision)
                result.happened[place] = decision
                self._write(decision, result, stamp, record)
        result.tally = Tally.of(decisions)

    def _write(self, decision: Decided, result: BatchResult, stamp: Stamp, record: Received) -> None:
        transaction_id = decision.transaction.transaction_id
        digest = result.seen[transaction_id]
        result.outputs.append(stamp.encode(decision, digest, record.headers))
        if not decision.requires_review and self._blind.takes(transaction_id):
            copy = decision.verdict.blind_copy(decision.transaction, probability=self._blind.share)
            result.outputs.append(stamp.encode_blind(copy, digest, record.headers))
            result.blind += 1

    def observe(self, records: Sequence[Received], result: BatchResult) -> None:
        """Sum up the batch.

        Args:
            records: As they were read, from the topic that the lane reads.
            result: All of them decided on.
        """
        happened = [item for item in result.happened if item is not None]
        result.observation = observe(happened, records=span_of(records), model_version=self._ensemble.model_version)

    def accept(self, records: Sequence[Received], window: DuplicateWindow, result: BatchResult) -> list[Accepted]:
        """Read records and set repeats aside; refusals, counts and digests go into the result."""
        accepted: list[Accepted] = []
        for record in records:
            try:
                transaction, unknown = self._codec.decode(record)
            except ContractError as error:
                result.refuse(record, error, "decode")
                result.happened.append(Intake.DEAD_LETTER)
                continue
            result.unknown_fields += unknown
            transaction_id = transaction.transaction_id
            fingerprint = digest(transaction)
            known = result.seen.get(transaction_id) or window.digest(transaction_id)
            if known is None:
                result.seen[transaction_id] = fingerprint
                accepted.append(Accepted(len(result.happened), record, transaction))
                result.happened.append(None)
            elif known == fingerprint:
                result.duplicates += 1
                result.happened.append(Intake.DUPLICATE)
            else:
                result.conflicts += 1
                result.happened.append(Intake.DEAD_LETTER)
                result.refuse(record, ContractError("conflicting_duplicate", "transaction_id"), "deduplicate")
        return accepted
