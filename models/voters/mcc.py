"""Vote by merchant category code (ISO 18245), with the codes and merchants known to mislead."""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import iso18245

from models.contracts.events import Transaction
from models.statements.normalise import statement_text
from models.voters.contract import Ballot, Kind, Method

USUAL_CONFIDENCE = 0.9
"""Confidence of a code that names one kind of merchant."""

_CONFIDENCE: Mapping[float, str] = {
    # Catch-all codes: "miscellaneous", "not elsewhere classified".
    0.4: "5099 5199 5969 5999 7299 7399 8999 9700 9701 9702 9950",
    # Wide trades whose goods serve several purposes.
    0.5: "4816 5046 5051 5085 5169 5310 5311 5331 5399 5964 5965 5968 6012 6051 7375 7699 8641 8699 9034 9401",
    # One trade, but a second purpose is common.
    0.7: "4789 4812 4814 4899 5065 5192 5262 5300 5499 5533 5734 5735 5818 5943 5945 5947 5994 5996 6513 7032"
    " 7221 7322 7333 7372 7379 7392 7393 7394 7513 7841 7941 7999 9399 9405",
}
"""Confidence to codes. A judgement, not a measurement: where the code is the only truth, it cannot be scored."""


@dataclass(frozen=True, slots=True)
class Trap:
    """A code that means something else for certain merchants.

    Args:
        codes: The codes it applies to; none means every code.
        merchant: Searched in the folded description.
        category: What it means then, or None where the code stands but deserves less trust.
        confidence: How sure that is; 0 is no vote.
    """

    codes: frozenset[str]
    merchant: re.Pattern[str]
    category: str | None
    confidence: float


def _trap(codes: str, merchant: str, category: str | None, confidence: float) -> Trap:
    return Trap(frozenset(codes.split()), re.compile(merchant), category, confidence)


_STREAMING = (
    r"netflix|spotify|hulu|disney ?\+|disney ?plus|youtube|dazn|paramount|crunchyroll|prime video|showmax|now ?tv"
)
_APPS = r"itunes|apple\.com/?bil|google ?\*|adobe|microsoft|playstation"

TRAPS: tuple[Trap, ...] = (
    # 94% of Toronto's Amazon rows carry 4816.
    _trap("4816 5968", r"prime member|amazon prime|amznprime", "subscriptions_digital", 0.8),
    _trap("4816 5942 5735 5818 5969", r"^(?:amazon|amzn|amz)\b", "shopping", 0.9),
    # The land registry is coded as fines and as information retrieval.
    _trap("7375 9222", r"\bteranet|\bonland", "government_taxes", 0.7),
    # Sells both; the two codes change from store to store.
    _trap("5310 5311 5411", r"\bwal[ *-]?mart|\bwm supercent|^asda\b(?=.*living)", None, 0.5),
    _trap("4814 4816 4899 5735 5815 7841", _STREAMING, "subscriptions_digital", 0.9),
    _trap("5735 5734 5045 5732", _APPS, "subscriptions_digital", 0.75),
    _trap("5968 7375", r"\badws|\bads\b|adwords|facebk|facebook", "professional_services", 0.8),
    # Catch-all of marketplaces and payment services: the code is the intermediary's.
    _trap("6051 6540 7399 8999", r"^(?:paypal|pp|sq) ?\*", None, 0.0),
)
"""The first that applies decides."""

_SPACES = re.compile(r"[^a-z]+")
_DESCRIPTION_LIMIT = 60


@cache
def mcc_table() -> Mapping[str, tuple[str, str]]:
    """Merchant category code to (category, description), as shipped in ``models/data/mcc_category.csv``."""
    text = files("models").joinpath("data/mcc_category.csv").read_text(encoding="utf-8")
    return {row["mcc"]: (row["category"], row["description"]) for row in csv.DictReader(text.splitlines())}


def code_category(mcc: str, description: str) -> str | None:
    """What a code means for this merchant, traps applied: the truth that training data with codes carries.

    >>> code_category("4816", "AMZN MKTP CA*MW7039SW0")
    'shopping'
    >>> code_category("5411", "METRO #712")
    'groceries'

    Returns:
        A category, or None for an unknown code.
    """
    row = mcc_table().get(mcc)
    if row is None:
        return None
    trap = _find_trap(mcc, description)
    return row[0] if trap is None or trap.category is None else trap.category


def _find_trap(mcc: str, description: str) -> Trap | None:
    if mcc not in _trapped_codes():
        return None
    text = statement_text(description)
    return next((trap for trap in TRAPS if mcc in trap.codes and trap.merchant.search(text)), None)


@cache
def _trapped_codes() -> frozenset[str]:
    return frozenset().union(*(trap.codes for trap in TRAPS))


@cache
def _ballots() -> Mapping[str, Ballot]:
    confidence = {code: value for value, codes in _CONFIDENCE.items() for code in codes.split()}
    return {
        code: Ballot(
            category,
            confidence.get(code, USUAL_CONFIDENCE),
            f"mcc {code} {_wording(code, description)}",
            kind=Kind.CODE,
        )
        for code, (category, description) in mcc_table().items()
    }


def _wording(code: str, description: str) -> str:
    """The official description in plain lower case, without digits, or the table's where there is none."""
    try:
        official = iso18245.get_mcc(code).iso_description
    except iso18245.MCCNotFound:
        official = ""
    words = _SPACES.sub(" ", (official or description).lower()).strip()
    return words if len(words) <= _DESCRIPTION_LIMIT else words[:_DESCRIPTION_LIMIT].rsplit(" ", 1)[0]


class MccVoter:
    """The voter of method `mcc`.

    >>> from models.voters.mcc import MccVoter
    >>> from datetime import UTC, datetime
    >>> lunch = Transaction(transaction_id="t1", account_id="a1", description="TIM HORTONS #12", amount="7.40",
    ...                     currency="CAD", timestamp=datetime(2024, 5, 1, tzinfo=UTC), mcc="5814")
    >>> MccVoter().vote([lunch])
    [Ballot(category='food_dining', confidence=0.9, evidence='mcc 5814 fast food restaurants', alternatives=())]
    """

    @property
    def method(self) -> Method:
        """Always `Method.MCC`."""
        return Method.MCC

    def vote(self, transactions: Sequence[Transaction]) -> list[Ballot | None]:
        """Give the code's category; None without a code, for an unknown one, and where a trap silences it.

        Args:
            transactions: Any number of transactions.

        Returns:
            One ballot or None per transaction, in the order given.
        """
        return [self._vote_one(transaction) for transaction in transactions]

    def _vote_one(self, transaction: Transaction) -> Ballot | None:
        code = transaction.mcc
        if code is None or (ballot := _ballots().get(code)) is None:
            return None
        trap = _find_trap(code, transaction.description)
        if trap is None:
            return ballot
        if trap.confidence == 0:
            return None
        if trap.category is None:
            doubt = f"{ballot.evidence}, one of several codes of this merchant"
            return Ballot(ballot.category, trap.confidence, doubt, kind=Kind.CODE)
        return Ballot(
            trap.category, trap.confidence, f"{ballot.evidence}, not what this merchant sells", kind=Kind.CODE
        )
