"""The books of a verification: the outputs of each partition against its inputs."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from models.contracts.events import Transaction
from models.contracts.wire import parse
from models.errors import ContractError
from streams.messages.cloudevents import digest
from streams.messages.headers import (
    BLIND_HEADER,
    DIGEST_HEADER,
    LANE_HEADER,
    OFFSET_HEADER,
    PARTITION_HEADER,
    REASON_HEADER,
    REVIEWED_HEADER,
    SUBJECT_HEADER,
    TOPIC_HEADER,
    number,
)
from streams.messages.records import Headers, Received, header
from streams.messages.roles import Role
from streams.operate.verification import Verification, Violations

EXAMPLES = 10
"""Most examples that a finding carries."""


@dataclass(slots=True)
class Collected:
    """Places of one kind of fault, of which the first are kept."""

    count: int = 0
    examples: list[str] = field(default_factory=list)

    def add(self, example: str) -> None:
        """Count one."""
        self.count += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(example)

    def frozen(self) -> Violations:
        """As the verification has it."""
        return Violations(self.count, tuple(self.examples))


class Audit:
    """Findings over all partitions."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self.counts: Counter[str] = Counter()
        self.found: defaultdict[str, Collected] = defaultdict(Collected)
        self.decided: set[str] = set()
        self.reviewed: set[str] = set()

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
            reviewed=self.counts["reviewed"],
        )


class Ledger:
    """Matches one partition's inputs with its outputs; outputs come first, then inputs, both in offset order."""

    def __init__(self, audit: Audit, partition: int, committed: int, slow: int) -> None:
        self._audit = audit
        self._partition = partition
        self._committed = committed
        self._slow = slow
        self._digests: dict[str, bytes | None] = {}
        self._waiting: dict[str, bytes | None] = {}
        self._order: defaultdict[tuple[Role, bytes | None], list[tuple[str, bytes | None]]] = defaultdict(list)
        self._dead: set[int] = set()
        self._sources: dict[str, int] = {}
        self._requests: set[str] = set()
        self._reviewed: set[str] = set()

    def output(self, role: Role, record: Received) -> None:
        """Take one record of an output topic."""
        if role is Role.DEAD_LETTER:
            self._dead_letter(record.headers)
        elif role is Role.SLOW:
            self._diverted(record)
        elif BLIND_HEADER in record.headers:  # the decision that it asks about is a record of its own
            self._audit.counts["blind"] += 1
        elif REVIEWED_HEADER in record.headers:
            self._end_of_review(record)
        else:
            self._decision(role, record)

    def _end_of_review(self, record: Received) -> None:
        """The request is the outcome of the input; this is what became of it."""
        self._audit.counts["reviewed"] += 1
        transaction_id = (header(record.headers, SUBJECT_HEADER) or b"").decode("utf-8", "replace")
        if transaction_id in self._audit.reviewed:
            self._audit.found["doubled"].add(transaction_id)
        self._audit.reviewed.add(transaction_id)
        self._reviewed.add(transaction_id)

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
        if role is Role.REVIEW:
            self._requests.add(transaction_id)
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

    def close(self, *, beginning: int, requests: int) -> None:
        """Check what needs all of the partition.

        Args:
            beginning: The oldest offset that the input still has.
            requests: The oldest one that the topic of requests still has.
        """
        if requests == 0:
            for transaction_id in self._reviewed - self._requests:
                self._audit.found["unexplained"].add(transaction_id)
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
