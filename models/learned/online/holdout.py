"""The holdout: labelled lines that nobody may correct at too high a price, overall or for one group.

What is compared is the model without any correction: losses add up, so that no number of small ones gets past.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from models.learned.online.entries import Limits
from models.learned.online.keys import FamilyKey, LineKeys, MerchantKey


class HoldoutRow(NamedTuple):
    """One labelled line.

    Args:
        decided: What the model says without corrections.
        truth: Categories that are right, at least one.
        band: Of the amount.
        sure: Whether the model of texts has no say, as the line is decided without it.
    """

    keys: LineKeys
    decided: str
    truth: frozenset[str]
    band: str
    sure: bool = True


Say = Callable[[HoldoutRow], str]
"""What the system says of a row."""


class Holdout:
    """Labelled lines, found by what a correction may change.

    Args:
        rows: May be empty: then nothing is vetoed.
    """

    def __init__(self, rows: Iterable[HoldoutRow] = ()) -> None:
        self.rows = tuple(rows)
        self._by_merchant: dict[MerchantKey, list[int]] = {}
        self._by_beginning: dict[FamilyKey, list[int]] = {}
        self.unsure: Sequence[int] = [place for place, row in enumerate(self.rows) if not row.sure]
        self.groups = tuple((*sorted(row.truth), f"band {row.band}") for row in self.rows)
        for place, row in enumerate(self.rows):
            flow = row.keys.flow
            if row.keys.merchant is not None:
                self._by_merchant.setdefault((flow, row.keys.merchant), []).append(place)
            for length in range(1, len(row.keys.family) + 1):
                self._by_beginning.setdefault((flow, row.keys.family[:length]), []).append(place)

    def of_merchant(self, key: MerchantKey) -> Sequence[int]:
        """Places of a merchant's rows."""
        return self._by_merchant.get(key, ())

    def of_family(self, key: FamilyKey) -> Sequence[int]:
        """Places of the rows whose names begin so."""
        return self._by_beginning.get(key, ())


class Score:
    """How many rows of a holdout are right as things stand, overall and by group.

    Args:
        limits: What an update may cost.
    """

    def __init__(self, holdout: Holdout, limits: Limits) -> None:
        self._holdout, self._limits = holdout, limits
        self._said = [row.decided for row in holdout.rows]
        self._rows: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()
        for place in range(len(holdout.rows)):
            self._rows.update((*holdout.groups[place], _ALL))

    @property
    def lost(self) -> dict[str, int]:
        """Rows lost by group, those won taken off; `all` is all of them. Groups without a difference are left out."""
        return {group: lost for group, lost in sorted(self._lost.items()) if lost}

    def update(self, places: Sequence[int], say: Say, *, force: bool = False) -> bool:
        """Take in that some rows may be decided otherwise now, unless that costs too much.

        Args:
            say: What the system says now.
            force: Take it in whatever it costs.

        Returns:
            Whether it was taken in; if not, the caller must let the system be what it was.
        """
        if not places:
            return True
        rows, changed, lost = self._holdout.rows, [], Counter[str]()
        for place in places:
            row, said = rows[place], say(rows[place])
            if said == (before := self._said[place]):
                continue
            changed.append((place, said))
            difference = (before in row.truth) - (said in row.truth)
            if difference:
                for group in (*self._holdout.groups[place], _ALL):
                    lost[group] += difference
        if not force and any(self._too_much(group, more) for group, more in lost.items()):
            return False
        for place, said in changed:
            self._said[place] = said
        self._lost.update(lost)
        return True

    def _too_much(self, group: str, more: int) -> bool:
        """Tell whether a group loses too much; one that loses nothing now may have lost before."""
        rows, lost = self._rows[group], self._lost[group] + more
        if more <= 0:
            return False
        if group == _ALL:
            return lost > self._limits.loss * rows
        return rows >= self._limits.group_rows and lost > self._limits.group_loss * rows


_ALL = "all"
