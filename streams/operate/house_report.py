"""What the bank's own rules did: which of them decided, read off decisions, and what people said of those."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from models.voters.contract import Method
from models.voters.house.evidence import Decisive, decisive_in
from models.voters.house.rule import HouseRule
from models.voters.house.trial import Outcome, Trial, count_outcomes
from streams.kafka.read_to_end import read_to, reader, seek_back
from streams.kafka.topics import partition_counts, sources_of
from streams.messages.roles import Role
from streams.settings.settings import Settings


class _Vote(msgspec.Struct, frozen=True):
    method: str
    evidence: str = ""


class _Decision(msgspec.Struct, frozen=True):
    """A `Categorized`, as far as this looks at one."""

    transaction_id: str
    category: str
    decided_by: str = "ensemble"
    votes: tuple[_Vote, ...] = ()


class _Said(msgspec.Struct, frozen=True):
    """A `Correction`, as far as this looks at one."""

    transaction_id: str
    category: str


_decisions, _said = msgspec.json.Decoder(_Decision), msgspec.json.Decoder(_Said)


@dataclass(slots=True)
class HouseRecord:
    """Decisions, those of them that rules made, and people's word; taken in any order.

    Args:
        decisions: Decisions without a person that were looked at.
        unread: Records that are none.
        by_rule: Transaction id to the rule that decided, and what it said.
        people: Transaction id to what a person said.
    """

    decisions: int = 0
    unread: int = 0
    by_rule: dict[str, tuple[Decisive, str]] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def take_decision(self, raw: bytes) -> None:
        """Take a record of `transactions.categorized`."""
        try:
            decision = _decisions.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.unread += 1
            return
        if decision.decided_by == "human":
            self.people[decision.transaction_id] = decision.category
            return
        self.decisions += 1
        for vote in decision.votes:
            if vote.method == Method.HOUSE.value and (decisive := decisive_in(vote.evidence)) is not None:
                self.by_rule[decision.transaction_id] = decisive, decision.category

    def take_correction(self, raw: bytes) -> None:
        """Take a record of `transactions.corrections`."""
        try:
            said = _said.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.unread += 1
        else:
            self.people[said.transaction_id] = said.category

    @property
    def versions(self) -> Counter[str]:
        """Versions of rules, to how often they decided."""
        return Counter(decisive.version for decisive, _ in self.by_rule.values())

    def trial(self, rules: Sequence[HouseRule], labels: Mapping[str, str] | None = None) -> Trial:
        """What rules did.

        Args:
            rules: Those that are listed, also where they did nothing.
            labels: What people said besides, by transaction id; it wins.
        """
        return count_outcomes(rules, self._outcomes({**self.people, **(labels or {})}))

    def _outcomes(self, labels: Mapping[str, str]) -> Iterator[Outcome]:
        for transaction_id, (decisive, category) in self.by_rule.items():
            yield Outcome(transaction_id, decisive.rule, category, label=labels.get(transaction_id))


async def read_house_record(settings: Settings, *, last: int) -> HouseRecord:
    """Read the newest decisions and the newest corrections.

    Args:
        last: Records of each of the two topics, about: what Kafka keeps between records takes numbers, too.

    Raises:
        ConfigurationError: The broker cannot be reached, or there is no topic of decisions.
        KafkaError: The broker stopped answering.
    """
    counts = await partition_counts(settings)
    record = HouseRecord()
    for role, take in ((Role.CATEGORIZED, record.take_decision), (Role.CORRECTIONS, record.take_correction)):
        sources = sources_of(settings, role, counts)
        async with reader(settings, sources) as consumer:
            ends = await consumer.end_offsets(sources)
            await seek_back(consumer, ends, last // len(sources) + 1)
            async for found in read_to(consumer, ends):
                take(found.value or b"")
    return record
