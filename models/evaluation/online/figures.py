"""Figures of `evenhand evaluate online`, each beside its bar, its count and its interval."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.evaluation.online.rows import Loss
from models.statistics.shares import Share


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Args:
        value: A share in [0, 1], a difference of shares, or a count.
        rows: Of how many.
        interval: 95% interval; None where the figure is a count.
        bar: What it is held to; None where it is told only.
        at_least: Whether the bar is the least, or the most.
        note: What else belongs to it.
    """

    name: str
    value: float
    rows: int
    interval: tuple[float, float] | None = None
    bar: float | None = None
    at_least: bool = True
    note: str = ""

    @property
    def kept(self) -> bool | None:
        """Whether the bar is kept; None where there is none."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def cells(self) -> tuple[str, str, str, str]:
        """Name, figure with interval, bar and whether it is kept, for people."""
        sign = "" if self.bar is None else ("at least " if self.at_least else "at most ")
        bar = "" if self.bar is None else f"{sign}{self._text(self.bar)}"
        kept = {None: "", True: "kept", False: "not kept"}[self.kept]
        value = self._text(self.value)
        if self.interval is not None:
            low, high = self.interval
            value = f"{value} [{100 * low:.1f}, {100 * high:.1f}]"
        return f"{self.name}{f' ({self.note})' if self.note else ''}", f"{value} of {self.rows:,}", bar, kept

    def _text(self, value: float) -> str:
        return f"{100 * value:.1f}%" if self.interval is not None else f"{value:,.0f}"

    def data(self) -> dict[str, Any]:
        """For programs."""
        return {
            "name": self.name,
            "value": round(self.value, 6),
            "rows": self.rows,
            "interval": None if self.interval is None else [round(bound, 6) for bound in self.interval],
            "bar": self.bar,
            "at_least": self.at_least,
            "kept": self.kept,
            "note": self.note,
        }


def share_figure(name: str, share: Share | None, *, bar: float | None = None, at_least: bool = True) -> Figure:
    """A share's figure; where there are no rows, one of none that keeps no bar."""
    if share is None:
        return Figure(name, 0.0, 0, (0.0, 1.0), bar, at_least, "no rows")
    return Figure(name, share.value, share.rows, share.interval, bar, at_least)


def loss_figure(name: str, loss: Loss | None, *, bar: float | None = None, note: str = "") -> Figure:
    """A loss's figure, in points; the bar is the most."""
    if loss is None:
        return Figure(name, 0.0, 0, (-1.0, 1.0), bar, at_least=False, note=note or "no rows")
    return Figure(name, loss.points, loss.rows, loss.interval, bar, at_least=False, note=note)


def data_of(parts: Sequence[tuple[str, Sequence[Figure]]]) -> list[dict[str, Any]]:
    """Parts of the report for programs."""
    return [{"part": name, "figures": [figure.data() for figure in figures]} for name, figures in parts]
