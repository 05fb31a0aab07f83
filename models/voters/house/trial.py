"""What rules do, or would do: which of them decide on given transactions, which never, and which people contradict."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from models.contracts.events import Transaction
from models.voters.house.rule import HouseRule
from models.voters.house.rules import HouseRules

_Named = TypeVar("_Named", str, tuple[str, str])


class Tried(NamedTuple):
    """A transaction to try rules on.

    Args:
        merchant: `merchant_key` of its decision.
        decided: What was or would be decided without the rules; None where that is not known.
        label: What a person says of it; None where nobody did.
        reviewed: Whether without the rules a person would decide.
    """

    transaction: Transaction
    merchant: str | None = None
    decided: str | None = None
    label: str | None = None
    reviewed: bool = False


class Outcome(NamedTuple):
    """What became of a transaction.

    Args:
        rule: Id of the rule that decided; None where none did.
        category: What that rule said then.
        decided: As of `Tried`, like all that follow.
    """

    transaction_id: str
    rule: str | None = None
    category: str | None = None
    decided: str | None = None
    label: str | None = None
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """What one rule did.

    Args:
        fired: Transactions that it decided on.
        changed: Those of them that would have another category without it.
        spared: Those of them on which a person would decide without it.
        labelled: Those with a label.
        corrected: Those whose label is another category than the rule's.
        said_instead: The labels of those, with how often, most frequent first.
        first: Id of the first transaction that it decided on.
    """

    name: str
    category: str
    fired: int = 0
    changed: int = 0
    spared: int = 0
    labelled: int = 0
    corrected: int = 0
    said_instead: tuple[tuple[str, int], ...] = ()
    first: str | None = None

    @property
    def right(self) -> float | None:
        """Share of labelled ones whose label is the rule's; None without labels."""
        return 1 - self.corrected / self.labelled if self.labelled else None


@dataclass(frozen=True, slots=True)
class Trial:
    """What all rules did.

    Args:
        rules: Each in the order of the file.
        transactions: How many were tried.
        moves: Category without the rules and with them to how often, where they differ, most frequent first.
        unlisted: Ids of rules that decided and are not among the rules, to how often.
    """

    rules: tuple[RuleTrial, ...]
    transactions: int
    moves: tuple[tuple[tuple[str, str], int], ...] = ()
    unlisted: tuple[tuple[str, int], ...] = ()

    @property
    def fired(self) -> tuple[RuleTrial, ...]:
        """Rules that decided, most frequent first."""
        return tuple(sorted((rule for rule in self.rules if rule.fired), key=lambda rule: -rule.fired))

    @property
    def never_fired(self) -> tuple[RuleTrial, ...]:
        """Rules that did not."""
        return tuple(rule for rule in self.rules if not rule.fired)

    @property
    def corrected(self) -> tuple[RuleTrial, ...]:
        """Rules that people contradicted, most often first."""
        return tuple(sorted((rule for rule in self.rules if rule.corrected), key=lambda rule: -rule.corrected))

    @property
    def decided(self) -> int:
        """Transactions that some rule decided on."""
        return sum(rule.fired for rule in self.rules)


def try_rules(rules: HouseRules, tried: Iterable[Tried]) -> Trial:
    """Let rules decide on transactions, and count; their own hits stay as they are."""
    return count_outcomes(rules.rules, (_outcome(rules, each) for each in tried))


def count_outcomes(rules: Sequence[HouseRule], outcomes: Iterable[Outcome]) -> Trial:
    """Count what became of transactions.

    Args:
        rules: Those that are listed, also where they did nothing.
    """
    counts: defaultdict[str, _Count] = defaultdict(_Count)
    moves: Counter[tuple[str, str]] = Counter()
    number = 0
    for each in outcomes:
        number += 1
        if each.rule is None:
            continue
        counts[each.rule].add(each)
        if each.decided is not None and each.category is not None and each.decided != each.category:
            moves[each.decided, each.category] += 1
    listed = {rule.name for rule in rules}
    unlisted = Counter({name: count.fired for name, count in counts.items() if name not in listed})
    return Trial(
        tuple(counts.get(rule.name, _Count()).trial(rule) for rule in rules),
        number,
        _most_frequent(moves),
        _most_frequent(unlisted),
    )


@dataclass(slots=True)
class _Count:
    """Counts of one rule while outcomes come in; as of `RuleTrial`."""

    fired: int = 0
    changed: int = 0
    spared: int = 0
    labelled: int = 0
    instead: Counter[str] = field(default_factory=Counter)
    first: str | None = None

    def add(self, outcome: Outcome) -> None:
        if not self.fired:
            self.first = outcome.transaction_id
        self.fired += 1
        self.changed += outcome.decided not in (None, outcome.category)
        self.spared += outcome.reviewed
        if outcome.label is not None:
            self.labelled += 1
            if outcome.label != outcome.category:
                self.instead[outcome.label] += 1

    def trial(self, rule: HouseRule) -> RuleTrial:
        return RuleTrial(
            name=rule.name,
            category=rule.category,
            fired=self.fired,
            changed=self.changed,
            spared=self.spared,
            labelled=self.labelled,
            corrected=self.instead.total(),
            said_instead=_most_frequent(self.instead),
            first=self.first,
        )


def _most_frequent(counts: Counter[_Named]) -> tuple[tuple[_Named, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _outcome(rules: HouseRules, tried: Tried) -> Outcome:
    transaction, merchant, decided, label, reviewed = tried
    rule = rules.match(transaction, merchant)
    name, category = (rule.name, rule.category) if rule else (None, None)
    return Outcome(transaction.transaction_id, name, category, decided, label, reviewed)
