"""The categorizer's work on one batch, without Faust and without I/O: decode, recognise repeats, categorize, encode.

    records --accept--> [Accepted | SetAside] --decide--> [DecidedRecord | SetAside] --result_of--> BatchResult

Both lists have one entry per record, in the order of the input. No step changes what it is given.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from models.contracts.events import Transaction
from models.decisions.ensemble import CLOCK_TOLERANCE, Ensemble
from models.decisions.isolation import judge_each
from models.decisions.probing import Probe, Probes
from models.decisions.verdict import Decided, Verdict
from models.errors import ContractError
from models.voters.contract import Method
from monitors.counts.cells import Exclusion
from monitors.counts.observation import Observation
from monitors.counts.summarise import BatchCounts
from monitors.counts.tally import Tally
from monitors.labels.blind_sample import BlindSample
from streams.clock import Clock
from streams.lanes.duplicate_window import DuplicateWindow
from streams.messages.cloudevents import Codec, Stamp, dead_letter, digest
from streams.messages.diversion import divert
from streams.messages.observations import encode_observation, span_of
from streams.messages.records import Output, Received

CONFLICT = "conflicting_duplicate"
"""Reason of a record whose id is known with another body."""

NO_SAMPLE = BlindSample(share=0.0, seed="")

NO_PROBES: Mapping[str, Probe] = MappingProxyType({})

_HOUSE = Method.HOUSE.value


class Accepted(NamedTuple):
    """A record that is to be decided on.

    Args:
        digest: Of the transaction, by which a repeat of it is recognised.
        at: Its timestamp, Unix seconds.
    """

    record: Received
    transaction: Transaction
    digest: bytes
    unknown_fields: int
    at: float


class SetAside(NamedTuple):
    """A record that gives no decision: one that is refused, or a repeat with the same body, which gives no output.

    Args:
        error: Why it is refused; None for a repeat.
        stage: Where it was refused, as dead letters and metrics name it.
    """

    record: Received
    error: ContractError | None = None
    stage: str = ""
    unknown_fields: int = 0


DecidedRecord = tuple[Accepted, Decided]
"""A record with the decision on it."""


@dataclass(frozen=True, slots=True)
class Writing:
    """The way in which the decisions of one batch are written.

    Args:
        diverts: Whether unsure decisions are put off for the slow lane.
        blind: Draws the accepted decisions that a person is asked about without seeing them.
    """

    stamp: Stamp
    diverts: bool
    blind: BlindSample
    model_version: str


@dataclass(frozen=True, slots=True)
class BatchResult:
    """All that one batch becomes.

    Args:
        outputs: Decisions, dead letters and what was put off, in input order.
        seen: Transaction id to digest of every decision, for the duplicate window once the batch is committed.
        duplicates: Repeats with the same body.
        diverted: Unsure decisions that were put off for the slow lane.
        blind: Accepted decisions that a person is asked about without seeing them.
        by_house: Decisions that a rule of the bank's own made.
        observation: The summary of the batch, for the monitors.
        probes: What the twins of some transactions showed: how many of each kind.
    """

    outputs: Sequence[Output]
    seen: dict[str, bytes]
    tally: Tally
    dead_letters: Counter[tuple[str, str]]
    duplicates: int
    unknown_fields: int
    diverted: int
    blind: int
    by_house: int
    observation: Observation
    probes: Counter[Probe] = field(default_factory=Counter)

    @property
    def conflicts(self) -> int:
        """Known ids that came with another body; they are among the dead letters."""
        return self.dead_letters["deduplicate", CONFLICT]

    @property
    def written(self) -> list[Output]:
        """Everything that is written in one transaction with the input offset."""
        return [*self.outputs, encode_observation(self.observation)]

    def settled(self, window: DuplicateWindow, *, at: datetime) -> None:
        """Remember the ids of a batch that was committed."""
        window.add(self.seen, at=at)


class CategorizeHandler:
    """Turns a batch of received records into the records to write. It is total: no input makes it raise.

    Args:
        ensemble: The voters and the policy; the slow lane adds answers of the LLM to it.
        clock: The time of day, timezone-aware.
        diverts: Says whether unsure decisions are put off for the slow lane now.
        blind: Draws the accepted decisions that a person is asked about without seeing them.
        probes: Compares a few decisions with those on twins; None for none, as in the slow lane, whose answers twins
            do not get.

    Attributes:
        ensemble: What decides on the next batch; another one may be put in its place.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        codec: Codec,
        clock: Clock,
        *,
        diverts: Callable[[], bool] = lambda: False,
        blind: BlindSample = NO_SAMPLE,
        probes: Probes | None = None,
    ) -> None:
        self.ensemble = ensemble
        self._codec = codec
        self._clock = clock
        self._diverts = diverts
        self._blind = blind
        self._probes = probes

    def __call__(self, records: Sequence[Received], window: DuplicateWindow) -> BatchResult:
        """Handle the records of one batch of one partition; `window` is read, not changed."""
        return self.decide(records, self.accept(records, window), self.ensemble)

    def accept(self, records: Sequence[Received], window: DuplicateWindow) -> list[Accepted | SetAside]:
        """Read each record of a batch, and set aside what breaks the contract and what repeats a known id.

        Args:
            window: Ids of earlier batches; those of this batch are compared among themselves.
        """
        admitted: list[Accepted | SetAside] = []
        seen: dict[str, bytes] = {}
        for record in records:
            try:
                transaction, unknown = self._codec.decode(record)
            except ContractError as error:
                admitted.append(SetAside(record, error, "decode"))
                continue
            transaction_id = transaction.transaction_id
            at = transaction.timestamp.timestamp()
            contents = digest(transaction, at)  # of the contents: a producer may spell 49.01 as 49.010 the second time
            # This batch first: the window learns its ids only when it is committed.
            known = seen.get(transaction_id) or window.digest(transaction_id)
            if known is None:
                seen[transaction_id] = contents
                admitted.append(Accepted(record, transaction, contents, unknown, at))
            elif known == contents:
                admitted.append(SetAside(record, unknown_fields=unknown))
            else:
                admitted.append(SetAside(record, ContractError(CONFLICT, "transaction_id"), "deduplicate", unknown))
        return admitted

    def decide(
        self, records: Sequence[Received], admitted: Sequence[Accepted | SetAside], ensemble: Ensemble
    ) -> BatchResult:
        """Decide on what was accepted, and say what the batch becomes.

        Args:
            records: The batch as the lane took it, whose offsets the summary names.
            admitted: The same batch as `accept` returned it.
            ensemble: The handler's own, or that with answers of the LLM.
        """
        now = self._clock()
        # The slow lane is asked for once: unsure decisions of one batch take one way.
        writing = Writing(self._codec.stamp(now), self._diverts(), self._blind, ensemble.model_version)
        decisions = decisions_on(admitted, ensemble, now=now)
        probed = probed_among(decisions, self._probes, ensemble) if self._probes else NO_PROBES
        return result_of(decisions, writing, records=span_of(records), probed=probed)


def decisions_on(
    admitted: Sequence[Accepted | SetAside], ensemble: Ensemble, *, now: datetime
) -> list[DecidedRecord | SetAside]:
    """Decide on each accepted record; one that trips the ensemble is set aside."""
    # Together, as equal ballots share one verdict and texts are scored as a matrix.
    transactions = [one.transaction for one in admitted if isinstance(one, Accepted)]
    outcomes, versions = iter(judge_each(ensemble, transactions)), ensemble.versions
    horizon = (now + CLOCK_TOLERANCE).timestamp()
    decisions: list[DecidedRecord | SetAside] = []
    for one in admitted:
        if isinstance(one, SetAside):
            decisions.append(one)
        elif isinstance(outcome := next(outcomes), ContractError):
            decisions.append(SetAside(one.record, outcome, "categorize", one.unknown_fields))
        else:
            decided = Decided(outcome.verdict, one.transaction, one.at > horizon, outcome.merchant, versions)
            decisions.append((one, decided))
    return decisions


def probed_among(decisions: Sequence[DecidedRecord | SetAside], probes: Probes, ensemble: Ensemble) -> dict[str, Probe]:
    """What the twins of a few transactions show, by transaction id."""
    decided = (one[1] for one in decisions if not isinstance(one, SetAside))
    # Of what is ahead of the clock nothing counts in a window.
    return probes.of([(each.transaction, each.verdict) for each in decided if not each.ahead], ensemble)


def result_of(
    decisions: Sequence[DecidedRecord | SetAside],
    writing: Writing,
    *,
    records: tuple[str, int, int],
    probed: Mapping[str, Probe] = NO_PROBES,
) -> BatchResult:
    """Put together what a batch becomes.

    Args:
        decisions: What became of each record, in the order of the input.
        records: Source, first offset, offset after the last.
        probed: Transaction id to what its twin showed. Nothing but counts comes of it.
    """
    outputs: list[Output] = []
    counts = BatchCounts()
    verdicts: list[Verdict] = []
    aside: list[SetAside] = []
    seen: dict[str, bytes] = {}
    copies = unknown_fields = 0
    # The draw costs a hash: none where it can draw nobody.
    blind = writing.blind if writing.blind.share > 0 else None
    for one in decisions:
        if isinstance(one, SetAside):
            aside.append(one)
            unknown_fields += one.unknown_fields
            counts.set_aside(Exclusion.DUPLICATE if one.error is None else Exclusion.DEAD_LETTER)
            if one.error is not None:
                outputs.append(dead_letter(one.record, one.error, one.stage))
            continue
        (record, transaction, contents, unknown, at), decided = one
        verdict = decided.verdict
        unknown_fields += unknown
        seen[transaction.transaction_id] = contents
        if probed and (probe := probed.get(transaction.transaction_id)):
            counts.probe(probe, at)
        if writing.diverts and verdict.requires_review:
            # Not counted: it is observed once, when the slow lane has decided.
            outputs.append(divert(record, transaction, contents))
            continue
        verdicts.append(verdict)
        counts.count(verdict, at, ahead=decided.ahead)
        outputs.append(writing.stamp.encode(decided, contents, record.headers))
        # Of the accepted only: who reviews the others sees them anyway.
        if blind is not None and not verdict.requires_review and blind.takes(transaction.transaction_id):
            copy = verdict.blind_copy(
                transaction, probability=blind.share, merchant=decided.merchant, versions=decided.versions
            )
            outputs.append(writing.stamp.encode_blind(copy, contents, record.headers))
            copies += 1
    return BatchResult(
        outputs=outputs,
        seen=seen,
        tally=Tally.of(verdicts),
        dead_letters=Counter((one.stage, one.error.reason) for one in aside if one.error is not None),
        duplicates=sum(one.error is None for one in aside),
        unknown_fields=unknown_fields,
        diverted=len(seen) - len(verdicts),
        blind=copies,
        by_house=sum(verdict.traits.decisive == _HOUSE for verdict in verdicts),
        observation=counts.observation(records=records, model_version=writing.model_version),
        probes=Counter(probed.values()),
    )
