"""What rules would do: which decide on given transactions, which on none, and which of them people contradict."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from models.contracts.events import Transaction
from models.voters.house.rules import HouseRules


class Tried(NamedTuple):
    """A transaction to try rules on.

    Args:
        merchant: `merchant_key` of its decision.
        decided: What was or would be decided without the rules; None where that is not known.
        label: What a person says of it; None where nobody did.
    """

    transaction: Transaction
    merchant: str | None = None
    decided: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """What one rule did.

    Args:
        fired: Transactions that it decided on.
        changed: Those of them that would have another category without it.
        labelled: Those with a label.
        corrected: Those whose label is another category than the rule's.
        said_instead: The labels of those, with how often, most frequent first.
        first: Id of the first transaction that it decided on.
    """

    name: str
    category: str
    fired: int = 0
    changed: int = 0
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
    """

    rules: tuple[RuleTrial, ...]
    transactions: int

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
    fired, changed, labelled = Counter[str](), Counter[str](), Counter[str]()
    instead: dict[str, Counter[str]] = {}
    first: dict[str, str] = {}
    number = 0
    for each in tried:
        number += 1
        rule = rules.match(each.transaction, each.merchant)
        if rule is None:
            continue
        fired[rule.name] += 1
        first.setdefault(rule.name, each.transaction.transaction_id)
        changed[rule.name] += each.decided not in (None, rule.category)
        labelled[rule.name] += each.label is not None
        if each.label not in (None, rule.category):
            instead.setdefault(rule.name, Counter())[str(each.label)] += 1
    return Trial(
        tuple(
            RuleTrial(
                name=rule.name,
                category=rule.category,
                fired=fired[rule.name],
                changed=changed[rule.name],
                labelled=labelled[rule.name],
                corrected=(said := instead.get(rule.name, Counter())).total(),
                said_instead=tuple(sorted(said.items(), key=lambda item: (-item[1], item[0]))),
                first=first.get(rule.name),
            )
            for rule in rules.rules
        ),
        number,
    )
