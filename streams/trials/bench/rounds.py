"""Rounds: every case runs as often as every other one, in turns, so that a busy minute meets all of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median
from typing import Generic, Protocol, TypeVar

Progress = Callable[[str], None]
"""Told, in one line, what starts."""


class Rated(Protocol):
    """One run: something was measured at a rate."""

    @property
    def rate(self) -> float:
        """The rate, per CPU second."""
        ...


CaseT = TypeVar("CaseT")
RunT = TypeVar("RunT", bound=Rated)


@dataclass(frozen=True, slots=True)
class CaseRounds(Generic[CaseT, RunT]):
    """All rounds of one case, at least one."""

    case: CaseT
    rounds: tuple[RunT, ...]

    @property
    def rates(self) -> list[float]:
        """The rate of each round."""
        return [run.rate for run in self.rounds]

    @property
    def rate(self) -> float:
        """The median rate."""
        return median(self.rates)

    @property
    def typical(self) -> RunT:
        """The round with the median rate (the lower one of two)."""
        return sorted(self.rounds, key=lambda run: run.rate)[(len(self.rounds) - 1) // 2]


def take_turns(
    cases: Iterable[CaseT], run: Callable[[CaseT], RunT], *, rounds: int, progress: Progress
) -> list[CaseRounds[CaseT, RunT]]:
    """Run every case once, then every case again, and so on; progress names cases as `str` does."""
    runs: dict[CaseT, list[RunT]] = {case: [] for case in cases}
    for turn in range(rounds):
        for case, taken in runs.items():
            progress(f"round {turn + 1} of {rounds}: {case}")
            taken.append(run(case))
    return [CaseRounds(case, tuple(taken)) for case, taken in runs.items()]
