"""This code beside that of another checkout, such as an older commit: children of both take turns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Generic, Protocol, TypeVar

from models.errors import ConfigurationError
from streams.trials.bench.rounds import CaseRounds, Progress, Rated, take_turns

CaseT = TypeVar("CaseT")
ArgumentT = TypeVar("ArgumentT", contravariant=True)
ResultT = TypeVar("ResultT", covariant=True)
RunT = TypeVar("RunT", bound=Rated)


class TreeRun(Protocol[ArgumentT, ResultT]):
    """Runs a case with the code of a checkout."""

    def __call__(self, case: ArgumentT, tree: Path | None = None) -> ResultT:
        """Run; without a tree, this code."""
        ...


@dataclass(frozen=True, slots=True)
class Sided(Generic[CaseT]):
    """A case, and whose code runs it: None is this one."""

    case: CaseT
    tree: Path | None

    def __str__(self) -> str:
        return f"{self.case}, {'the other code' if self.tree else 'this code'}"


@dataclass(frozen=True, slots=True)
class Against(Generic[CaseT, RunT]):
    """The rounds of one case with this code and with the other; one of each ran right after the other."""

    ours: CaseRounds[CaseT, RunT]
    theirs: CaseRounds[CaseT, RunT]

    @property
    def ratios(self) -> list[float]:
        """The rate of this code by that of the other, round by round."""
        return [ours / theirs for ours, theirs in zip(self.ours.rates, self.theirs.rates, strict=True)]

    @property
    def ratio(self) -> float:
        """The median ratio."""
        return median(self.ratios)


def turns_against(
    cases: Sequence[CaseT], run: TreeRun[CaseT, RunT], *, tree: Path, rounds: int, progress: Progress
) -> list[Against[CaseT, RunT]]:
    """Run every case with this code and then with that of a checkout, and again, and so on."""
    sided: Iterable[Sided[CaseT]] = [Sided(case, side) for case in cases for side in (None, tree)]
    standings = take_turns(sided, lambda each: run(each.case, each.tree), rounds=rounds, progress=progress)
    each = [CaseRounds(standing.case.case, standing.rounds) for standing in standings]
    return [Against(ours, theirs) for ours, theirs in zip(each[::2], each[1::2], strict=True)]


def checked_tree(tree: Path, module: str) -> Path:
    """The checkout, if it has the module that a child is to run.

    Raises:
        ConfigurationError: It has not.
    """
    if not (tree / Path(*module.split("."))).with_suffix(".py").is_file():
        raise ConfigurationError(f"--against {tree} is no checkout that has {module}")
    return tree
