"""Lines that were voted on before, with their ballots and what was decided on them: in front of all voters.

A line is known by the description as it came, so that one that comes again is not even folded, and by the rest of what
a `LineVoter` may look at. Where one of them looks further, at the transaction, it is asked each time.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace

from models.contracts.events import AmountBand, Transaction
from models.decisions.generations import Generations
from models.decisions.line_keys import line_keys
from models.decisions.naming import NOBODY, Merchant, Namer
from models.decisions.precedence.ruling import Ruling
from models.decisions.verdict import Finding
from models.learned.online.keys import LineKeys
from models.voters.contract import Ballot, LineVoter
from models.voters.house.rules import Candidates, HouseRules
from models.voters.line import LONGEST_REMEMBERED, Line, LineKey, key_of

LINES = 16_384
"""Lines in a generation of the memory, about 15 MB."""

Row = tuple[Ballot | None, ...]
"""A ballot or None per voter."""


@dataclass(slots=True, eq=False)
class Said:
    """What people's corrections say of a line, at one version of them.

    Args:
        ruling: What they say of its merchant; None where they say nothing.
        personal: Whether some account has a word of its own on it.
        heard: Whether the model of texts was asked.
        ballot: Its ballot, where it has one.
        findings: What was decided with that, by amount band.
    """

    version: str
    ruling: Ruling | None
    personal: bool
    heard: bool = False
    ballot: Ballot | None = None
    findings: dict[AmountBand, Finding] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class KnownLine:
    """One line with the ballots on it.

    Args:
        open_line: The line where a voter without a ballot on it looks further; else None.
        merchant: Who the line names.
        findings: What was decided, by amount band, where the row is all there is to decide on.
        keys: Under what corrections of it are found; None where nobody asks.
        rules: The bank's own rules that may decide on its transactions; None where there is none.
        said: What corrections say of it, as of the last version at which it came by.
    """

    row: Row
    open_line: Line | None
    merchant: Merchant = NOBODY
    findings: dict[AmountBand, Finding] = field(default_factory=dict)
    keys: LineKeys | None = None
    rules: Candidates | None = None
    said: Said | None = None


class KnownLines:
    """Asks voters about lines, and remembers them.

    Args:
        size: Lines in a generation; 0 to remember none.
        namer: Names their merchants; None to name none.
        keyed: Whether corrections of them will be looked up.
        house: The bank's own rules.
    """

    def __init__(
        self,
        voters: Sequence[LineVoter],
        *,
        size: int = LINES,
        namer: Namer | None = None,
        keyed: bool = False,
        house: HouseRules | None = None,
    ) -> None:
        self._namer, self._keyed, self._house = namer, keyed, house
        self._voters = tuple(voters)
        self._further = tuple((place, voter) for place, voter in enumerate(voters) if voter.looks_further)
        self._memory = Generations[LineKey, KnownLine](size=size)

    def __len__(self) -> int:
        return len(self._memory)

    def find(self, transactions: Sequence[Transaction]) -> list[KnownLine]:
        """The line of each transaction, in their order; voters are asked about those that are new."""
        keys = list(map(key_of, transactions))
        found = self._memory.find(keys)
        # Each once and in order, so that the memory ages the same way in every run.
        fresh = dict.fromkeys(key for key, line in zip(keys, found, strict=True) if line is None)
        asked = dict(zip(fresh, self._ask(list(fresh)), strict=True)) if fresh else {}
        for key, line in asked.items():
            if len(key[0]) + len(key[4] or "") <= LONGEST_REMEMBERED:
                self._memory.put(key, line)
        return [asked[key] if line is None else line for key, line in zip(keys, found, strict=True)]

    def under(self, house: HouseRules | None) -> "KnownLines":
        """The same lines under other rules of the bank's own: voters are not asked again.

        These lines may be used meanwhile by another thread; what is made here is of use once it is whole.
        """
        other = copy(self)
        other._house = house

        def changed(key: LineKey, line: KnownLine) -> KnownLine:
            return replace(line, rules=house.candidates(key, line.merchant.key) if house else None)

        other._memory = self._memory.mapped(changed)
        return other

    def row(self, known: KnownLine, transaction: Transaction) -> Row:
        """The ballots on a transaction of a known line."""
        if known.open_line is None:
            return known.row
        row = list(known.row)
        for place, voter in self._further:
            row[place] = row[place] or voter.otherwise(known.open_line, transaction)
        return tuple(row)

    def _ask(self, keys: Sequence[LineKey]) -> list[KnownLine]:
        lines = [Line(*key) for key in keys]
        ballots = [voter.vote_lines(lines) for voter in self._voters]
        rows = zip(*ballots, strict=True) if ballots else ((),) * len(lines)
        return [self._known(key, line, row) for key, row, line in zip(keys, rows, lines, strict=True)]

    def _known(self, key: LineKey, line: Line, row: Row) -> KnownLine:
        is_open = bool(self._further) and None in [row[place] for place, _ in self._further]
        merchant = self._namer.name(line, row) if self._namer else NOBODY
        known = KnownLine(row, line if is_open else None, merchant)
        if self._keyed:
            known.keys = line_keys(line, merchant)
        if self._house:
            known.rules = self._house.candidates(key, merchant.key)
        return known
