"""Vote by merchant category code (ISO 18245), with the codes and merchants known to mislead."""

import csv
import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated

import iso18245
from pydantic import StringConstraints

from models.contracts.data_files import Category, Confidence, Expression, StrictTable, read_table, shipped
from models.statements.normalise import statement_text
from models.voters.contract import Ballot, Kind, LineVoter, Method
from models.voters.line import Line

USUAL_CONFIDENCE = 0.9
"""Confidence of a code that names one kind of merchant."""

Code = Annotated[str, StringConstraints(pattern=r"^\d{4}$")]


class Doubt(StrictTable):
    """Codes that name several kinds of merchants, and how far they are trusted.

    Args:
        catch_all: They name no trade at all, but a way of selling, an intermediary or what is left over.
    """

    confidence: Confidence
    catch_all: bool = False
    codes: tuple[Code, ...]


class Trap(StrictTable):
    """A code that means something else for certain merchants.

    Args:
        merchant: Expressions; one of them is found in the folded description.
        category: The meaning then, or None where the code stands but deserves less trust.
        confidence: How sure that is; 0 is no vote.
    """

    codes: frozenset[Code]
    merchant: tuple[Expression, ...]
    category: Category | None = None
    confidence: Confidence

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """All expressions as one."""
        return re.compile("|".join(self.merchant))


class CodeTable(StrictTable):
    """``codes.toml``; of several traps that apply, the first decides."""

    doubt: tuple[Doubt, ...]
    trap: tuple[Trap, ...]


@cache
def code_table() -> CodeTable:
    """Doubts and traps, as shipped in ``models/data/grammar/codes.toml``.

    Raises:
        FileError: The file breaks its form.
    """
    return read_table(CodeTable, shipped("grammar") / "codes.toml")


@cache
def catch_all_codes() -> frozenset[str]:
    """Codes that name no trade: what rests on such a code alone says little of what a merchant sells.

    >>> {"4816", "5999", "7399"} <= catch_all_codes(), "5411" in catch_all_codes()
    (True, False)
    """
    return frozenset(code for doubt in code_table().doubt if doubt.catch_all for code in doubt.codes)


_SPACES = re.compile(r"[^a-z]+")
_DESCRIPTION_LIMIT = 60


@cache
def mcc_table() -> Mapping[str, tuple[str, str]]:
    """Merchant category code to (category, description), as shipped in ``models/data/mcc_category.csv``."""
    text = files("models").joinpath("data/mcc_category.csv").read_text(encoding="utf-8")
    return {row["mcc"]: (row["category"], row["description"]) for row in csv.DictReader(text.splitlines())}


def code_category(mcc: str, description: str) -> str | None:
    """Translate a code for this merchant, traps applied: the truth that training data with codes carries.

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
    trap = _find_trap(mcc, statement_text(description)) if mcc in _trapped_codes() else None
    return row[0] if trap is None or trap.category is None else trap.category


def _find_trap(mcc: str, statement: str) -> Trap | None:
    if mcc not in _trapped_codes():
        return None
    return next((trap for trap in code_table().trap if mcc in trap.codes and trap.pattern.search(statement)), None)


@cache
def _trapped_codes() -> frozenset[str]:
    return frozenset().union(*(trap.codes for trap in code_table().trap))


@cache
def _ballots() -> Mapping[str, Ballot]:
    confidence = {code: doubt.confidence for doubt in code_table().doubt for code in doubt.codes}
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
        # The standard's wording for reviewers; it does not have every code of the table.
        official = iso18245.get_mcc(code).iso_description
    except iso18245.MCCNotFound:
        official = ""
    words = _SPACES.sub(" ", (official or description).lower()).strip()
    # Cut at a word: half of one would puzzle whoever reads the evidence.
    return words if len(words) <= _DESCRIPTION_LIMIT else words[:_DESCRIPTION_LIMIT].rsplit(" ", 1)[0]


class MccVoter(LineVoter):
    """The voter of method `mcc`.

    >>> from datetime import UTC, datetime
    >>> from models.contracts.events import Transaction
    >>> lunch = Transaction(transaction_id="t1", account_id="a1", description="TIM HORTONS #12", amount="7.40",
    ...                     currency="CAD", timestamp=datetime(2024, 5, 1, tzinfo=UTC), mcc="5814")
    >>> MccVoter().vote([lunch])
    [Ballot(category='food_dining', confidence=0.9, evidence='mcc 5814 fast food restaurants', alternatives=())]
    """

    def __init__(self) -> None:
        # Made while the voter is built, not under the first transaction.
        code_table()
        self._ballots = _ballots()

    @property
    def method(self) -> Method:
        """Always `Method.MCC`."""
        return Method.MCC

    def vote_lines(self, lines: Sequence[Line]) -> list[Ballot | None]:
        """Give the code's category; None without a code, for an unknown one, and where a trap silences it.

        Returns:
            One ballot or None per line, in the order given.
        """
        return [self._vote_one(line) for line in lines]

    def _vote_one(self, line: Line) -> Ballot | None:
        code = line.mcc
        if code is None or (ballot := self._ballots.get(code)) is None:
            return None
        trap = _find_trap(code, line.statement)
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
