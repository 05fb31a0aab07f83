"""What a bank sends beside the text: the channel, by which money moved, and who was on the other side."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Self

from pydantic import model_validator

from models.contracts.data_files import Category, Confidence, StrictTable, read_table, shipped
from models.statements.normalise import statement_text
from models.voters.grammar.rule import Flow

CHANNELS_FILE = "channels.toml"
_apart = re.compile(r"[^a-z0-9]+")


class Settlement(StrictTable):
    """A category that a channel tells by itself.

    Args:
        flow: The only direction of money in which it does; None for both.
        words: What a bank without channels would write.
    """

    category: Category
    confidence: Confidence
    flow: Flow | None = None
    words: str


class Channel(StrictTable):
    """One way in which money moves.

    Args:
        kind: Names it in evidence.
        names: What banks call it.
        settles: What it tells by itself.
        merchants: Whether it pays merchants only, so that no private person is looked for.
        people: Whether a line may be nothing but a person's name.
        unsaid: Labels of the grammar that are not meant there.
    """

    kind: str
    names: tuple[str, ...]
    settles: tuple[Settlement, ...] = ()
    merchants: bool = False
    people: bool = False
    unsaid: frozenset[str] = frozenset()

    def settled(self, flow: Flow) -> Settlement | None:
        """What it tells of money in that direction."""
        return next((each for each in self.settles if each.flow in (None, flow)), None)


class _Moved(StrictTable):
    labels: frozenset[str]


class _Processors(StrictTable):
    names: frozenset[str]


class _File(StrictTable):
    """``channels.toml``."""

    channel: tuple[Channel, ...]
    moved: _Moved
    processors: _Processors

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        names = Counter(name for channel in self.channel for name in channel.names)
        if twice := sorted(name for name, count in names.items() if count > 1):
            message = f"channels named twice: {', '.join(twice)}"
            raise ValueError(message)
        return self


@dataclass(frozen=True, slots=True)
class Channels:
    """The table, ready to be asked.

    Args:
        moved: Labels of the grammar that say how money moved, and not what for.
        by_name: Name in lower case, with underscores, to the channel.
    """

    moved: frozenset[str]
    by_name: Mapping[str, Channel]
    _processors: frozenset[str]

    @classmethod
    @cache
    def shipped(cls) -> "Channels":
        """The table in ``models/data/channels.toml``, read once.

        Raises:
            FileError: It breaks its form.
        """
        table = read_table(_File, shipped(CHANNELS_FILE))
        by_name = {name: channel for channel in table.channel for name in channel.names}
        return cls(table.moved.labels, by_name, table.processors.names)

    def find(self, name: str | None) -> Channel | None:
        """The channel that a bank calls so.

        >>> Channels.shipped().find("Direct Debit").kind
        'direct_debit'
        """
        return self.by_name.get(_apart.sub("_", statement_text(name)).strip("_")) if name else None

    def is_processor(self, counterparty: str) -> bool:
        """Tell whether folded text names a processor or a wallet, behind which the merchant is somebody else."""
        words = _apart.split(counterparty)
        return words[0] in self._processors or "".join(words[:2]) in self._processors
