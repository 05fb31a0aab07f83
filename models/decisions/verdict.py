"""A verdict: what follows from the votes alone, checked against the contract once, then shared by all events like it.

A verdict holds nothing of a transaction.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from json.encoder import encode_basestring as quoted
from types import MappingProxyType
from typing import Any, NamedTuple

from models.contracts.events import (
    SCHEMA_VERSION,
    Agreement,
    Alternative,
    AmountBand,
    Categorized,
    Decision,
    Reason,
    ReviewRequest,
    Transaction,
    Vote,
    of_checked,
)
from models.contracts.taxonomy import TAXONOMY_VERSION, Category
from models.contracts.wire import dump
from models.decisions.naming import NOBODY, Merchant
from models.decisions.policy import Judgement, WeightedBallot, confidence_band, uncertainty
from models.decisions.pool import Familiarity, familiarity
from models.voters.contract import Method

DecisionEvent = Categorized | ReviewRequest

ALTERNATIVES = 3
"""How many other categories an event names."""

_PARTS = 4_096
"""Votes, and alternatives, that are remembered with their check: many verdicts have some in common."""

# Looked up: an enumeration's member has its value only by way of a function.
_NAMES: Mapping[str, str] = MappingProxyType(
    {name: name.value for names in (Method, Category, AmountBand, Familiarity) for name in names}
)
"""A member, which is the string that it equals, to that string alone."""

# Validated once without a transaction, so the fields that differ get stand-ins.
_STAND_INS = {"transaction_id": "-", "account_id": "-", "merchant": None, "merchant_key": None, "via": None}
_HEAD = f'{{"transaction_id":"-","account_id":"-",{NOBODY.written}'

_TAIL = f',"schema_version":"{SCHEMA_VERSION}"}}'.encode()
"""The end of a transaction's JSON."""

_UNDRAWN = b',"blind":false,"sampling_probability":1.0}'
"""The end of the JSON of a decision that is for a person anyway."""


class Versions(NamedTuple):
    """Versions of what changes while a worker runs, which verdicts therefore do not hold.

    Args:
        online: Of what people taught since training.
        house: Of the bank's own rules.
        written: What the JSON of a decision has of them, made once for all transactions of a batch.
    """

    online: str
    house: str
    written: str


@lru_cache(maxsize=8)
def versions_of(online: str = "0", house: str = "") -> Versions:
    """The versions of these names.

    >>> versions_of("12-ab").written
    '"online_version":"12-ab","house_version":"",'
    """
    return Versions(online, house, f'"online_version":{quoted(online)},"house_version":{quoted(house)},')


UNTAUGHT = versions_of()
"""Nothing was taught, and there are no rules."""


class Traits(NamedTuple):
    """Traits by which verdicts are counted, in plain strings: they are hashed for each transaction.

    Args:
        confidence: As the event has it.
        decisive: The method whose vote for the category decided weighs most; None where none voted for it.
        familiarity: How well the merchant is known; None where no method voted.
    """

    category: str
    band: str
    requires_review: bool
    confidence: float
    methods: tuple[str, ...]
    decisive: str | None
    familiarity: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The part of a decision that the votes fix.

    Args:
        checked: Every field of `Decision` in the contract's order, validated; the ids are stand-ins.
        reasons: Why, in codes, for transactions that are not ahead of the clock.
        ruled: The verdicts that `models.decisions.precedence` made of it; they go when it goes.
    """

    requires_review: bool
    checked: Mapping[str, Any]
    reasons: tuple[Reason, ...]
    category: str
    traits: Traits
    ruled: dict[Hashable, "Verdict"] = field(default_factory=dict, repr=False, compare=False)
    _written: list[str] = field(default_factory=list, repr=False, compare=False)

    @property
    def written(self) -> Sequence[str]:
        """What the JSON of a decision has after the merchant, before the versions and behind them.

        Made when it is first asked for.
        """
        if not self._written:
            # Cut, because `Decided.dumped` puts in what is not shared without building an event.
            text = dump(of_checked(Decision, dict(self.checked))).decode()
            before, _, behind = text.removeprefix(_HEAD).partition(UNTAUGHT.written)
            self._written.extend((before, behind))
        return self._written

    def event(
        self, transaction: Transaction, *, ahead: bool, merchant: Merchant = NOBODY, versions: Versions = UNTAUGHT
    ) -> DecisionEvent:
        """The event for one transaction: `ReviewRequest` when a person must look.

        Args:
            merchant: Who its line names.
            ahead: Whether its timestamp lies ahead of the clock, which the reasons then say.
            versions: With which it was decided.
        """
        values = {
            **self.checked,
            "transaction_id": transaction.transaction_id,
            "account_id": transaction.account_id,
            "merchant": merchant.name,
            "merchant_key": merchant.key,
            "via": merchant.via,
            "online_version": versions.online,
            "house_version": versions.house,
        }
        if ahead:
            values["reasons"] = (*self.reasons, Reason.TIMESTAMP_AHEAD)
        if not self.requires_review:
            return of_checked(Categorized, values)
        return _request(values, transaction, blind=False, probability=1.0)

    def blind_copy(
        self,
        transaction: Transaction,
        *,
        probability: float,
        merchant: Merchant = NOBODY,
        versions: Versions = UNTAUGHT,
    ) -> ReviewRequest:
        """The request to somebody who does not see the decision; what shows it is left out.

        Args:
            probability: With which it was drawn.
            merchant: Who its line names.
            versions: With which it was decided.
        """
        event = self.event(transaction, ahead=False, merchant=merchant, versions=versions)
        values = {**vars(event), "votes": (), "alternatives": (), "review_note": None}
        return _request(values, transaction, blind=True, probability=probability)


def _request(values: dict[str, Any], transaction: Transaction, *, blind: bool, probability: float) -> ReviewRequest:
    return of_checked(
        ReviewRequest,
        values
        | {
            "description": transaction.description,
            "amount": transaction.amount,
            "currency": transaction.currency,
            "timestamp": transaction.timestamp,
            "mcc": transaction.mcc,
            "counterparty": transaction.counterparty,
            "channel": transaction.channel,
            "blind": blind,
            "sampling_probability": probability,
        },
    )


class Finding(NamedTuple):
    """What is decided on a line in one amount band.

    Args:
        merchant: Who the line names.
    """

    verdict: Verdict
    merchant: Merchant = NOBODY


class Decided(NamedTuple):
    """A verdict on one transaction: the event where it is asked for, or its JSON without the way over the event.

    Args:
        ahead: Whether its timestamp lies ahead of the clock.
        merchant: Who its line names.
        versions: With which it was decided.
    """

    verdict: Verdict
    transaction: Transaction
    ahead: bool
    merchant: Merchant = NOBODY
    versions: Versions = UNTAUGHT

    @property
    def category(self) -> str:
        """The category decided."""
        return self.verdict.category

    @property
    def requires_review(self) -> bool:
        """True where a person decides."""
        return self.verdict.requires_review

    def event(self) -> DecisionEvent:
        """The event."""
        return self.verdict.event(self.transaction, ahead=self.ahead, merchant=self.merchant, versions=self.versions)

    def dumped(self) -> bytes:
        """The event as `models.contracts.wire.dump` writes it, byte for byte."""
        verdict, transaction, ahead, merchant, versions = self
        if ahead:  # whose reasons are not those of the verdict
            return dump(self.event())
        before, behind = verdict.written
        ids = f'{{"transaction_id":{quoted(transaction.transaction_id)},"account_id":{quoted(transaction.account_id)},'
        decision = f"{ids}{merchant.written}{before}{versions.written}{behind}".encode()
        if not verdict.requires_review:
            return decision
        # What a reviewer sees of the transaction, as its own JSON has it between the ids and the version.
        seen = dump(transaction)[len(ids.encode()) : -len(_TAIL)]
        return b"%b,%b%b" % (decision[:-1], seen, _UNDRAWN)


def verdict_of(judgement: Judgement, band: AmountBand, *, model_version: str, policy_name: str) -> Verdict:
    """Put a verdict together and check it.

    Args:
        band: Amount band of the transactions that it is for.

    Raises:
        ValidationError: A vote breaks the contract, such as an unknown category.
    """
    # Rounded before the band is read off, so that an event never contradicts itself.
    confidence, votes = round(judgement.confidence, 4), judgement.votes
    fields: dict[str, Any] = {
        **_STAND_INS,
        "category": judgement.category,
        "confidence": confidence,
        "band": confidence_band(confidence),
        "requires_review": judgement.requires_review,
        "uncertainty": round(uncertainty(judgement.confidence, judgement.agreeing, len(votes)), 4),
        "votes": tuple(map(_vote, votes)),
        "agreement": checked_agreement(judgement.agreeing, len(votes)),
        "reasons": judgement.reasons,
        "review_note": judgement.note,
        "alternatives": _alternatives(judgement),
        "amount_band": band,
        "model_version": model_version,
        "taxonomy_version": TAXONOMY_VERSION,
        "policy": policy_name,
    }
    checked = Decision.model_validate(fields)
    return Verdict(
        checked.requires_review,
        vars(checked),
        checked.reasons,
        _NAMES[checked.category],
        _traits(checked, judgement.votes),
    )


def _traits(checked: Decision, votes: Sequence[WeightedBallot]) -> Traits:
    """The familiarity of the merchant is a matter of the ballots, whichever policy judged them."""
    category = _NAMES[checked.category]
    decisive: Method | None = None
    most = -1.0
    for method, ballot, weight in votes:
        # By weight times confidence, as the policies count: a heavy method may have been unsure.
        if ballot.category == category and (heavy := weight * ballot.confidence) > most:
            decisive, most = method, heavy
    return Traits(
        category,
        _NAMES[checked.amount_band],
        checked.requires_review,
        checked.confidence,
        tuple([_NAMES[vote.method] for vote in votes]),
        _NAMES[decisive] if decisive else None,
        _NAMES[familiarity([vote.ballot for vote in votes])] if votes else None,
    )


def _vote(vote: WeightedBallot) -> Vote:
    ballot = vote.ballot
    return checked_vote(
        _NAMES[vote.method], ballot.category, round(ballot.confidence, 4), round(vote.weight, 4), ballot.evidence
    )


@lru_cache(maxsize=_PARTS)
def checked_vote(method: str, category: str, confidence: float, weight: float, evidence: str) -> Vote:
    """A vote that keeps the contract; the arguments are its fields.

    Raises:
        ValidationError: It does not, such as for an unknown category.
    """
    return Vote.model_validate(
        {"method": method, "category": category, "confidence": confidence, "weight": weight, "evidence": evidence}
    )


@lru_cache(maxsize=_PARTS)
def checked_agreement(agreeing: int, voting: int) -> Agreement:
    """An agreement that keeps the contract."""
    return Agreement.model_validate({"agreeing": agreeing, "voting": voting})


def _alternatives(judgement: Judgement) -> tuple[Alternative, ...]:
    decided = judgement.category
    others = [item for item in judgement.scores[: ALTERNATIVES + 1] if item[0] != decided][:ALTERNATIVES]
    return tuple([checked_alternative(category, round(score, 4)) for category, score in others])


@lru_cache(maxsize=_PARTS)
def checked_alternative(category: str, confidence: float) -> Alternative:
    """An alternative that keeps the contract."""
    return Alternative.model_validate({"category": category, "confidence": confidence})
