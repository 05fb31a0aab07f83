"""How statements of several countries name a person: ``models/data/twins/wordings.toml``."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from models.contracts.data_files import StrictTable, read_table, shipped
from models.twins.letters import plain_capitals
from models.twins.people import FOLDER, Person

Context = Literal["transfer", "payroll", "sole_trader"]


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to name a person.

    Args:
        context: What the line is about.
        text: With ``{given}``, ``{surname}`` and ``{initial}``.
        amount: Positive is money out.
        currency: ISO 4217.
        counterparty: The same for the field that a bank has for the other side; empty where it has none.
    """

    context: Context
    text: str
    amount: str
    currency: str
    counterparty: str = ""

    def description(self, person: Person) -> str:
        """The statement's text on a person."""
        return self.text.format(**_parts(person))

    def other_side(self, person: Person) -> str | None:
        """What stands in the bank's field for the other side; None where it has none."""
        return self.counterparty.format(**_parts(person)) or None


def words_of(person: Person) -> tuple[str, str]:
    """Given name and surname as a line has them."""
    return plain_capitals(person.given), plain_capitals(person.surname)


def _parts(person: Person) -> dict[str, str]:
    given, surname = words_of(person)
    return {"given": given, "surname": surname, "initial": given[0]}


class _Wordings(StrictTable):
    """Lines of one kind."""

    context: Context
    currency: str
    counterparty: str = ""
    lines: tuple[tuple[str, str], ...]


class _File(StrictTable):
    """``wordings.toml``."""

    wording: tuple[_Wordings, ...]


@cache
def wordings() -> Sequence[Wording]:
    """All of them, in the order of the file."""
    table = read_table(_File, shipped(FOLDER) / "wordings.toml")
    return [
        Wording(each.context, text, amount, each.currency, each.counterparty)
        for each in table.wording
        for text, amount in each.lines
    ]
