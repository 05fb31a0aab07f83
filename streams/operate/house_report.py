"""What the bank's own rules did: which of them decided, read off decisions, and what people said of those."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from models.contracts.corrections import Scope, Standing
from models.contracts.instructions import Action
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

    correction_id: str
    transaction_id: str
    category: str
    scope: str = Scope.EVERYONE.value
    standing: str = Standing.REVIEWER.value

    @property
    def is_personal(self) -> bool:
        """Whether it is about somebody's own books, of which a rule of the bank says nothing."""
        return self.scope == Scope.ACCOUNT.value or self.standing == Standing.CUSTOMER.value


class _Told(msgspec.Struct, frozen=True):
    """An entry of the learner's journal, as far as this looks at one; a correction there has no action."""

    action: str = ""
    target: str | None = None


_decisions, _said = msgspec.json.Decoder(_Decision), msgspec.json.Decoder(_Said)
_told = msgspec.json.Decoder(_Told)


@dataclass(slots=True)
class HouseRecord:
    """Decisions, those of them that rules made, and people's word; taken in any order.

    Args:
        decisions: Decisions without a person that were looked at.
        unread: Records that are none.
        by_rule: Transaction id to the rule that decided, and what it said.
        answered: Transaction id to a person's decision.
        corrections: Correction id to what a person said for everyone, of which transaction.
        taken_back: Ids of corrections that are forgotten.
    """

    decisions: int = 0
    unread: int = 0
    by_rule: dict[str, tuple[Decisive, str]] = field(default_factory=dict)
    answered: dict[str, str] = field(default_factory=dict)
    corrections: dict[str, _Said] = field(default_factory=dict)
    taken_back: set[str] = field(default_factory=set)

    def take_decision(self, raw: bytes) -> None:
        """Take a record of `transactions.categorized`."""
        try:
            decision = _decisions.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.unread += 1
            return
        if decision.decided_by == "human":
            self.answered[decision.transaction_id] = decision.category
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
            if not said.is_personal:
                self.corrections[said.correction_id] = said

    def take_instruction(self, raw: bytes) -> None:
        """Take a record of `models.journal`."""
        try:
            told = _told.decode(raw)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self.unread += bool(raw)  # what was deleted is no record
            return
        if told.action == Action.FORGET_CORRECTION.value and told.target is not None:
            self.taken_back.add(told.target)

    @property
    def people(self) -> dict[str, str]:
        """Transaction id to what a person said; who took it back says nothing, also where the ledger has it."""
        forgotten = {said.transaction_id for key, said in self.corrections.items() if key in self.taken_back}
        answered = {key: category for key, category in self.answered.items() if key not in forgotten}
        standing = (said for key, said in self.corrections.items() if key not in self.taken_back)
        return answered | {said.transaction_id: said.category for said in standing}

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
    """Read the newest decisions, the newest corrections, and which of these were taken back.

    Args:
        last: Records of each of the topics, about: what Kafka keeps between records takes numbers, too.

    Raises:
        ConfigurationError: The broker cannot be reached, or there is no topic of decisions.
        KafkaError: The broker stopped answering.
    """
    counts = await partition_counts(settings)
    record = HouseRecord()
    topics = (
        (Role.CATEGORIZED, record.take_decision),
        (Role.CORRECTIONS, record.take_correction),
        (Role.LEARNING_JOURNAL, record.take_instruction),
    )
    for role, take in topics:
        sources = sources_of(settings, role, counts)
        async with reader(settings, sources) as consumer:
            ends = await consumer.end_offsets(sources)
            await seek_back(consumer, ends, last // len(sources) + 1)
            async for found in read_to(consumer, ends):
                take(found.value or b"")
    return record
