"""Reads the grammar from TOML: the order of labels, the rules of each dialect, the traps."""

from importlib.resources.abc import Traversable
from typing import Annotated

from pydantic import AfterValidator

from models.contracts.data_files import StrictTable, read_table
from models.errors import FileError
from models.voters.grammar.rule import GrammarRule, PhraseText

FOLDER = "grammar"
"""Of ``models/data``."""


def _once(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = f"named twice: {', '.join(twice)}"
        raise ValueError(message)
    return names


Names = Annotated[tuple[str, ...], AfterValidator(_once)]


class Order(StrictTable):
    """``order.toml``.

    Args:
        labels: Of several labels that match, the first decides.
        dialects: Files of rules; of several rules of one label, the first file's first rule decides.
    """

    labels: Names
    dialects: Names


class DialectRules(StrictTable):
    """A file of rules."""

    rule: tuple[GrammarRule, ...]


class Traps(StrictTable):
    """``traps.toml``: phrases that are read as a merchant's name."""

    traps: Annotated[tuple[PhraseText, ...], AfterValidator(_once)]


def read_order(folder: Traversable) -> Order:
    """Labels and dialects.

    Raises:
        FileError: As `models.contracts.data_files.read_table` says.
    """
    return read_table(Order, folder / "order.toml")


def read_rules(folder: Traversable) -> tuple[GrammarRule, ...]:
    """The rules of all dialects, the one that decides first.

    Raises:
        FileError: A file breaks its form, a label is not in the order, or a rule says a phrase twice.
    """
    order = read_order(folder)
    place = {label: number for number, label in enumerate(order.labels)}
    rules: list[GrammarRule] = []
    for dialect in order.dialects:
        name = f"{dialect}.toml"
        for number, rule in enumerate(read_table(DialectRules, folder / name).rule, start=1):
            _check(rule, place, f"{name}: rule {number} ({rule.label})")
            rules.append(rule)
    # A stable sort: within a label the files' own order decides.
    return tuple(sorted(rules, key=lambda rule: place[rule.label]))


def _check(rule: GrammarRule, place: dict[str, int], where: str) -> None:
    if rule.label not in place:
        raise FileError(f"{where}: the label is not in order.toml; give it a place there")
    if len(set(rule.phrases)) < len(rule.phrases):
        twice = sorted({phrase for phrase in rule.phrases if rule.phrases.count(phrase) > 1})
        raise FileError(f"{where}: phrases said twice: {'; '.join(twice)}")


def read_traps(folder: Traversable) -> tuple[str, ...]:
    """The traps.

    Raises:
        FileError: As `models.contracts.data_files.read_table` says.
    """
    return read_table(Traps, folder / "traps.toml").traps
