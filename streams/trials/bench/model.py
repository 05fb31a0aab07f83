"""The full ensemble without a stream: decisions per CPU second, in a fresh process for every case."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from models.errors import ArtefactError, DataError

BATCH = 500
"""Transactions decided on at once, as the worker does."""

BAR = 5_000.0
"""Decisions per CPU second on rows in their order; a description seen once costs an embedding and is slower."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Case:
    """What is decided on.

    Args:
        name: For the report.
        with_mcc: Whether the merchant category codes are shown.
        each_once: Every description once, so that no cache of the voters holds it; else all rows in their order.
    """

    name: str
    with_mcc: bool
    each_once: bool


CASES = (
    Case("all rows, with MCC", with_mcc=True, each_once=False),
    Case("all rows, text only", with_mcc=False, each_once=False),
    Case("each description once, with MCC", with_mcc=True, each_once=True),
    Case("each description once, text only", with_mcc=False, each_once=True),
)


@dataclass(frozen=True, slots=True)
class Timing:
    """What one process measured.

    Args:
        decisions: How many.
        cpu_seconds: User and system time of all of them.
        load_seconds: Wall time of loading the model and the tables.
        by_method: Method to the CPU seconds of its voter; what is left of `cpu_seconds` is the ensemble's own.
    """

    decisions: int
    cpu_seconds: float
    load_seconds: float
    by_method: Mapping[str, float]

    @property
    def rate(self) -> float:
        """Decisions per CPU second."""
        return self.decisions / self.cpu_seconds

    @property
    def shares(self) -> dict[str, float]:
        """Share of the CPU time per method, and `ensemble` for the rest; they sum to 1."""
        shares = {method: seconds / self.cpu_seconds for method, seconds in self.by_method.items()}
        return shares | {"ensemble": 1 - sum(shares.values())}


@dataclass(frozen=True, slots=True)
class CaseReport:
    """All rounds of one case.

    Args:
        case: What was decided on.
        rounds: What each round measured.
    """

    case: Case
    rounds: tuple[Timing, ...]

    @property
    def typical(self) -> Timing:
        """The round with the median rate (the lower one of two)."""
        return sorted(self.rounds, key=lambda timing: timing.rate)[(len(self.rounds) - 1) // 2]

    @property
    def met(self) -> bool:
        """Whether the median reaches the bar."""
        return median(timing.rate for timing in self.rounds) >= BAR


def run_model(
    *, source: Path | None, model: Path | None, rows: int | None, rounds: int, progress: Progress
) -> list[CaseReport]:
    """Measure every case, in turns.

    Args:
        source: File of transactions, or None for the shipped sample.
        model: Folder of the artefact, or None for the shipped one.
        rows: How many transactions at most.
        rounds: How often each case runs.
        progress: Told, in one line, what starts.

    Raises:
        DataError: The file has no row that can be used.
        ArtefactError: The model cannot be used.
    """
    timings: dict[Case, list[Timing]] = {case: [] for case in CASES}
    for turn in range(rounds):
        for case in CASES:
            progress(f"round {turn + 1} of {rounds}: {case.name}")
            timings[case].append(_in_a_process({"source": source, "model": model, "rows": rows}, case))
    return [CaseReport(case, tuple(each)) for case, each in timings.items()]


def _in_a_process(arguments: Mapping[str, Path | int | None], case: Case) -> Timing:
    job = {key: str(value) if isinstance(value, Path) else value for key, value in arguments.items()} | asdict(case)
    done = subprocess.run(
        [sys.executable, "-m", "streams.trials.bench.decide"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise DataError(f"{case.name} failed:\n{done.stderr.strip()[-2000:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    if "error" in answer:
        raise (ArtefactError if answer["kind"] == "ArtefactError" else DataError)(answer["error"])
    return Timing(**answer)
