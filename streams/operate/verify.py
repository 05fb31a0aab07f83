"""Checks what was delivered, by reading the topics: nothing missing, nothing doubled, order per account kept.

These are the invariants that every fault test and `evenhand demo` end with; what the slow lane decided keeps an order
of its own:

    input offset ----> dead letter that names it, or a decision with its transaction id and digest; exactly one
    output topic ----> per account in the order of the input; no transaction left open

Partitions are read one after the other, since outputs of input partition p are in partition p: beside the ids of all
decisions, only one partition's offsets and digests are held at a time.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError

from models.contracts.events import Transaction
from models.contracts.wire import parse
from models.errors import ConfigurationError, ContractError
from streams.kafka.clients import consumer_options
from streams.kafka.topics import check_partitions, partition_counts, topic_name, unreachable
from streams.kafka.topics import group_id as group_of
from streams.messages.cloudevents import digest
from streams.messages.headers import (
    BLIND_HEADER,
    DIGEST_HEADER,
    LANE_HEADER,
    OFFSET_HEADER,
    PARTITION_HEADER,
    REASON_HEADER,
    SUBJECT_HEADER,
    TOPIC_HEADER,
    number,
)
from streams.messages.records import Headers, Received, header
from streams.messages.roles import Role
from streams.settings.settings import Settings

EXAMPLES = 10
"""Most examples that a finding carries."""

STALL_SECONDS = 30
"""Longest silence of a partition; then reading it is given up."""

SETTLE_SECONDS = 3.0
"""Longest time of an open transaction; then it counts as left open."""

SETTLE_STEPS = 30

DECISIONS = (Role.CATEGORIZED, Role.REVIEW)
OUTPUTS = (*DECISIONS, Role.DEAD_LETTER)


@dataclass(frozen=True, slots=True)
class Violations:
    """Times that an invariant is broken, and the first places: transaction ids, or `partition:offset` of the input."""

    count: int = 0
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verification:
    """Contents of the topics, and their faults.

    Args:
        conflicts: Dead letters among them for an id that came with another body.
        duplicates_expected: Identical repeats in the input; they need no output of their own.
        lag: Input records that are not committed yet.
        missing: Committed inputs without a terminal record.
        doubled: Ids with more than one decision, and inputs with more than one dead letter.
        out_of_order: Accounts whose outputs do not follow the order of the input.
        open_transactions: Output partitions whose last stable offset stays below the high watermark.
        waiting: Committed inputs that wait in the slow lane for their decision.
        blind: Copies of accepted decisions that a person is asked about; not outcomes of their own.
    """

    inputs: int
    categorized: int
    review: int
    dead_letters: int
    conflicts: int
    duplicates_expected: int
    lag: int
    missing: Violations
    doubled: Violations
    unexplained: Violations
    out_of_order: Violations
    open_transactions: Violations
    waiting: int = 0
    blind: int = 0

    @property
    def problems(self) -> tuple[str, ...]:
        """One line for each invariant that does not hold; a lag is not one, nor what waits."""
        findings = (
            (self.missing, "inputs without a terminal record"),
            (self.doubled, "ids or inputs with more than one terminal record"),
            (self.unexplained, "outputs without an input"),
            (self.out_of_order, "accounts out of order"),
            (self.open_transactions, "partitions with an open transaction"),
        )
        return tuple(
            f"{finding.count} {what}, such as {', '.join(finding.examples)}"
            for finding, what in findings
            if finding.count
        )

    @property
    def ok(self) -> bool:
        """True where every invariant holds and all input has been committed."""
        return not self.problems and self.lag == 0 and self.waiting == 0


async def verify(settings: Settings, *, group_id: str | None = None) -> Verification:
    """Read the input and output topics to their ends and check the invariants.

    It may run beside a worker: input that is not committed yet shows as lag, outputs of the moment are left out.

    Args:
        group_id: Whose committed offsets count; by default the categorizer's of `settings`.

    Raises:
        ConfigurationError: The broker does not answer, or topics are missing or do not fit together.
    """
    counts = await partition_counts(settings)
    check_partitions(settings, counts)
    partitions = range(counts[Role.TRANSACTIONS])
    outputs = OUTPUTS if not counts[Role.SLOW] else (*OUTPUTS, Role.SLOW)
    try:
        # Offsets first, then outputs, then inputs: what a running worker adds meanwhile is never taken for a fault.
        committed = await _committed(settings, Role.TRANSACTIONS, group_id, partitions)
        slow = await _committed(settings, Role.SLOW, None, partitions if counts[Role.SLOW] else ())
        audit = _Audit(topic_name(settings, Role.TRANSACTIONS))
        consumer = AIOKafkaConsumer(**consumer_options(settings))
        try:
            await consumer.start()
            await _settle(settings, consumer, outputs, partitions, audit)
            for partition in partitions:
                ledger = _Ledger(audit, partition, committed[partition], slow.get(partition, 0))
                await _audit_partition(settings, consumer, ledger, outputs, partition)
        finally:
            await consumer.stop()
    except KafkaConnectionError:
        raise unreachable(settings) from None
    return audit.verification()


async def _committed(settings: Settings, role: Role, named: str | None, partitions: Sequence[int]) -> dict[int, int]:
    """The group's position in each partition, 0 where there is none; the consumer joins no group by asking."""
    topic = topic_name(settings, role)
    consumer = AIOKafkaConsumer(**consumer_options(settings), group_id=named or group_of(settings, role))
    try:
        await consumer.start()
        return {partition: await consumer.committed(TopicPartition(topic, partition)) or 0 for partition in partitions}
    finally:
        await consumer.stop()


async def _audit_partition(
    settings: Settings, consumer: AIOKafkaConsumer, ledger: "_Ledger", outputs: Sequence[Role], partition: int
) -> None:
    for role in outputs:
        async for record in _records(consumer, TopicPartition(topic_name(settings, role), partition)):
            ledger.output(role, record)
    source = TopicPartition(topic_name(settings, Role.TRANSACTIONS), partition)
    async for record in _records(consumer, source):
        ledger.input(record)
    ledger.close(beginning=(await consumer.beginning_offsets([source]))[source])


async def _records(consumer: AIOKafkaConsumer, source: TopicPartition) -> AsyncIterator[Any]:
    """Every committed record of a partition, up to its end now.

    The loop goes by position: the last offsets before the end may be control records, which are never given.
    """
    consumer.assign([source])
    end = (await consumer.end_offsets([source]))[source]
    await consumer.seek_to_beginning(source)
    waited = 0
    while await consumer.position(source) < end:
        records = (await consumer.getmany(source, timeout_ms=1000, max_records=5000)).get(source, [])
        waited = 0 if records else waited + 1
        # A partition without a leader gives nothing and raises nothing.
        if waited > STALL_SECONDS:
            raise ConfigurationError(f"{source.topic}:{source.partition} gave no records for {STALL_SECONDS} s")
        for record in records:
            # A running worker adds to the partition; what came after the end was taken is not judged.
            if record.offset < end:
                yield record


async def _settle(
    settings: Settings, consumer: AIOKafkaConsumer, outputs: Sequence[Role], partitions: Sequence[int], audit: "_Audit"
) -> None:
    """Wait for the transactions that are open now, and note the partitions where one stays open.

    A commit is acknowledged, and its offset visible, before the broker has marked it in every partition: outputs that
    are read at once may seem to be missing.
    """
    sources = [TopicPartition(topic_name(settings, role), partition) for role in outputs for partition in partitions]
    latest = await _high_watermarks(settings, sources)
    for _ in range(SETTLE_STEPS):
        stable = await consumer.end_offsets(sources)  # under read_committed: the last stable offsets
        sources = [source for source in sources if stable[source] < latest[source]]
        if not sources:
            return
        await asyncio.sleep(SETTLE_SECONDS / SETTLE_STEPS)
    for source in sources:
        audit.found["open_transactions"].add(f"{source.topic}:{source.partition}")


async def _high_watermarks(settings: Settings, sources: Sequence[TopicPartition]) -> Mapping[TopicPartition, int]:
    # Uncommitted too: the end that a committed reader sees stops before an open transaction.
    consumer = AIOKafkaConsumer(**(consumer_options(settings) | {"isolation_level": "read_uncommitted"}))
    try:
        await consumer.start()
        ends: Mapping[TopicPartition, int] = await consumer.end_offsets(sources)
    finally:
        await consumer.stop()
    return ends


@dataclass(slots=True)
class _Collected:
    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)

    def frozen(self) -> Violations:
        return Violations(self.count, tuple(self.examples))


class _Audit:
    """Findings over all partitions."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.counts: Counter[str] = Counter()
        self.found: defaultdict[str, _Collected] = defaultdict(_Collected)
        self.decided: set[str] = set()

    def verification(self) -> Verification:
        """The result."""
        return Verification(
            inputs=self.counts["inputs"],
            categorized=self.counts["categorized"],
            review=self.counts["review"],
            dead_letters=self.counts["dead_letters"],
            conflicts=self.counts["conflicts"],
            duplicates_expected=self.counts["duplicates_expected"],
            lag=self.counts["lag"],
            missing=self.found["missing"].frozen(),
            doubled=self.found["doubled"].frozen(),
            unexplained=self.found["unexplained"].frozen(),
            out_of_order=self.found["out_of_order"].frozen(),
            open_transactions=self.found["open_transactions"].frozen(),
            waiting=self.counts["waiting"],
            blind=self.counts["blind"],
        )


class _Ledger:
    """Matches one partition's inputs with its outputs; outputs come first, then inputs, both in offset order."""

    def __init__(self, audit: _Audit, partition: int, committed: int, slow: int) -> None:
        self._audit = audit
        self._partition = partition
        self._committed = committed
        self._slow = slow
        self._digests: dict[str, bytes | None] = {}
        self._waiting: dict[str, bytes | None] = {}
        self._order: defaultdict[tuple[Role, bytes | None], list[tuple[str, bytes | None]]] = defaultdict(list)
        self._dead: set[int] = set()
        self._sources: dict[str, int] = {}

    def output(self, role: Role, record: Received) -> None:
        """Take one record of an output topic."""
        if role is Role.DEAD_LETTER:
            self._dead_letter(record.headers)
        elif role is Role.SLOW:
            self._diverted(record)
        elif BLIND_HEADER in record.headers:  # the decision that it asks about is a record of its own
            self._audit.counts["blind"] += 1
        else:
            self._decision(role, record)

    def _diverted(self, record: Received) -> None:
        subject = header(record.headers, SUBJECT_HEADER)
        if subject is not None and record.offset >= self._slow:
            self._waiting[subject.decode("utf-8", "replace")] = header(record.headers, DIGEST_HEADER)

    def _decision(self, role: Role, record: Received) -> None:
        self._audit.counts[role.name.lower()] += 1
        subject = header(record.headers, SUBJECT_HEADER)
        if subject is None:
            self._audit.found["unexplained"].add(f"{record.topic}:{record.partition}:{record.offset}")
            return
        transaction_id = subject.decode("utf-8", "replace")
        # Over all partitions: a repeat that came under another key is decided in another one.
        if transaction_id in self._audit.decided:
            self._audit.found["doubled"].add(transaction_id)
            return
        self._audit.decided.add(transaction_id)
        self._digests[transaction_id] = header(record.headers, DIGEST_HEADER)
        # Order is kept within a lane only: what waited for the LLM may come after later ones of its account.
        lane = header(record.headers, LANE_HEADER[0])
        self._order[role, lane].append((transaction_id, record.key))

    def _dead_letter(self, headers: Headers) -> None:
        # Refused corrections and summaries end in the same topic.
        if header(headers, TOPIC_HEADER) != self._audit.topic.encode():
            return
        self._audit.counts["dead_letters"] += 1
        self._audit.counts["conflicts"] += header(headers, REASON_HEADER) == b"conflicting_duplicate"
        partition, offset = (number(headers, name, otherwise=-1) for name in (PARTITION_HEADER, OFFSET_HEADER))
        if partition != self._partition or offset < 0:  # of another input, or it does not say of which
            self._audit.found["unexplained"].add(f"{partition}:{offset}")
        elif offset in self._dead:
            self._audit.found["doubled"].add(f"{partition}:{offset}")
        else:
            self._dead.add(offset)

    def input(self, record: Received) -> None:
        """Take one record of the input topic."""
        self._audit.counts["inputs"] += 1
        # Not a fault: the worker has not come to it yet.
        self._audit.counts["lag"] += record.offset >= self._committed
        if record.offset in self._dead:
            self._dead.remove(record.offset)
        elif not self._is_accounted_for(record) and record.offset < self._committed:
            self._audit.found["missing"].add(f"{self._partition}:{record.offset}")

    def _is_accounted_for(self, record: Received) -> bool:
        """True where there is a decision on it, or it waits for one in the slow lane."""
        try:
            transaction, _ = parse(Transaction, record.value or b"")
        except ContractError:
            return False
        transaction_id = transaction.transaction_id
        contents = digest(transaction)
        if self._digests.get(transaction_id) != contents:
            waits = transaction_id not in self._digests and self._waiting.get(transaction_id) == contents
            self._audit.counts["waiting"] += waits and record.offset < self._committed
            return waits
        if transaction_id in self._sources:
            self._audit.counts["duplicates_expected"] += 1
        else:
            self._sources[transaction_id] = record.offset
        return True

    def close(self, *, beginning: int) -> None:
        """Check what needs all of the partition; `beginning` is the oldest offset that the input still has."""
        for offset in self._dead:
            # What retention has deleted from the input cannot explain its dead letter any more.
            if offset >= beginning:
                self._audit.found["unexplained"].add(f"{self._partition}:{offset}")
        if beginning == 0:  # retention of the input is shorter than that of the outputs
            for transaction_id in self._digests.keys() - self._sources.keys():
                self._audit.found["unexplained"].add(transaction_id)
        disordered: dict[bytes | None, str] = {}
        for decisions in self._order.values():
            newest: dict[bytes | None, int] = {}
            for transaction_id, account in decisions:
                source = self._sources.get(transaction_id, -1)
                if -1 < source < newest.get(account, -1):
                    disordered.setdefault(account, transaction_id)
                newest[account] = max(source, newest.get(account, -1))
        for transaction_id in disordered.values():
            self._audit.found["out_of_order"].add(transaction_id)
