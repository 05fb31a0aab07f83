"""Statement dialects: how a country's banks wrap the merchant of a card purchase, a direct debit or a credit."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from types import MappingProxyType

from models.errors import DataError
from models.training.balance.parts import Part, parts_of_templates
from models.training.config import SHIPPED

DIALECTS_FILE = "statement_dialects.json"
MERCHANT = "{merchant}"
_REFERENCE_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


class Channel(StrEnum):
    """The way the money moved, as far as the wrapping shows it."""

    CARD = "card"
    DEBIT = "debit"
    CREDIT = "credit"
    BARE = "bare"


@dataclass(frozen=True, slots=True)
class Wrap:
    """One template of a dialect.

    Args:
        name: Dialect, channel and number, such as ``us/card/3``.
        text: With the slot ``{merchant}``.
    """

    name: str
    text: str
    part: Part

    def around(self, merchant: str, cities: tuple[str, ...], random: Random) -> str:
        """Put a merchant into the template, with drawn numbers and places."""
        slots = {
            "merchant": merchant,
            "city": random.choice(cities),
            "store": f"{random.randrange(1, 9999):04d}",
            "ref": f"{random.choice(_REFERENCE_LETTERS)}{random.randrange(10_000, 99_999)}",
            "last4": f"{random.randrange(10_000):04d}",
            "date": f"{random.randrange(1, 13):02d}/{random.randrange(1, 29):02d}",
        }
        return " ".join(self.text.format_map(slots).split())


@dataclass(frozen=True, slots=True)
class Dialect:
    """A country's statements.

    Args:
        places: Lower-case country codes of the merchants it is used for.
        currency: ISO 4217.
        english: Whether lines in English are printed by its banks.
    """

    name: str
    places: frozenset[str]
    currency: str
    scale: float
    english: bool
    cities: tuple[str, ...]
    wraps: Mapping[Channel, tuple[Wrap, ...]]

    def wrap(self, channel: Channel, part: Part, random: Random) -> Wrap:
        """Draw a template of a channel and part."""
        return random.choice([wrap for wrap in self.wraps[channel] if part.takes(wrap.part)])


@dataclass(frozen=True, slots=True)
class Statements:
    """The whole table.

    Args:
        dialects: All dialects, in the table's order.
        channels: Category to the channels that its merchants use; ``default`` for those not named.
        bare_lines: Categories whose generated lines are the bank's own words, never a card purchase.
        incoming: Words that make a line a credit.
        outgoing: Words that make it a debit in spite of those.
        phrases: More templates of lines by category, as in ``statement_phrases.json``.
    """

    dialects: tuple[Dialect, ...]
    channels: Mapping[str, tuple[Channel, ...]]
    bare_lines: frozenset[str]
    incoming: tuple[str, ...]
    outgoing: tuple[str, ...]
    phrases: Mapping[str, tuple[str, ...]]

    def channels_of(self, category: str) -> tuple[Channel, ...]:
        """Channels of a category's merchants."""
        return self.channels.get(category, self.channels["default"])

    def is_incoming(self, line: str) -> bool:
        """Tell whether a line of the bank's own words says that money came in."""
        return any(word in line for word in self.incoming) and not any(word in line for word in self.outgoing)


def statements(path: Path = SHIPPED / DIALECTS_FILE) -> Statements:
    """Read the table of dialects.

    Raises:
        DataError: It is missing or malformed, or a dialect lacks a template of some channel in some part.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        raw = table["dialects"]
        groups = [each[channel.value] for each in raw.values() for channel in Channel]
        parts = parts_of_templates(groups)
        found = Statements(
            tuple(_dialect(name, each, parts) for name, each in raw.items()),
            MappingProxyType({name: tuple(map(Channel, each)) for name, each in table["channels"].items()}),
            frozenset(table["bare_lines"]),
            tuple(table["incoming"]),
            tuple(table["outgoing"]),
            MappingProxyType({name: tuple(each) for name, each in table["phrases"].items()}),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is no table of dialects ({type(error).__name__})") from error
    for dialect in found.dialects:
        for channel, wraps in dialect.wraps.items():
            if {wrap.part for wrap in wraps} != {Part.TRAIN, Part.TEST} or any(MERCHANT not in w.text for w in wraps):
                raise DataError(f"{path}: {dialect.name}/{channel} needs templates with {MERCHANT} for both parts")
    return found


def _dialect(name: str, raw: dict[str, object], parts: Mapping[str, Part]) -> Dialect:
    wraps: dict[Channel, tuple[Wrap, ...]] = {}
    for channel in Channel:
        texts = raw[channel.value]
        if not isinstance(texts, list):
            raise TypeError
        wraps[channel] = tuple(
            Wrap(f"{name}/{channel}/{number}", text, parts[text]) for number, text in enumerate(texts)
        )
    places, cities = raw["places"], raw["cities"]
    if not isinstance(places, list) or not isinstance(cities, list):
        raise TypeError
    scale, english = float(str(raw["scale"])), raw["english"] is True
    return Dialect(
        name, frozenset(places), str(raw["currency"]), scale, english, tuple(cities), MappingProxyType(wraps)
    )
