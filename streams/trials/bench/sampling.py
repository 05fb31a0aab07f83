"""Samples of where this process's CPU time goes, a stage of the worker for each: no tool from outside, no tracing.

The kernel sends SIGPROF after so much CPU time of the process. Python's handler is given the frame that runs; the first
frame outwards from it that stands in the table of `places` names the stage. Code in C counts for the Python code that
called it.
"""

import signal
from collections import Counter
from collections.abc import Iterable, Mapping
from types import CodeType, FrameType

from streams.trials.bench.places import LOOP, ORDER, OTHER, PLACES, SHARED, Place

CPU_SECONDS = 0.001
"""CPU time between two samples. Kernels round it up to their own tick, which often is 4 ms."""

_LOOPS = ("asyncio", "selectors", "uvloop", "streams.trials.bench.contenders")


class Stages:
    """Finds the stage of a stack; what a code object is remembered as is looked up once."""

    def __init__(self, places: Iterable[Place] = PLACES) -> None:
        self._stages = {(place.module, place.function): place.stage for place in places}
        self._known: dict[CodeType, str | None] = {}

    def of(self, frame: FrameType | None) -> str:
        """The stage of the innermost frame that has one of its own, else one that several share."""
        innermost, passed = frame, None
        while frame is not None:
            stage = self._of_code(frame)
            if stage and stage not in SHARED:
                return stage
            passed = passed or stage
            frame = frame.f_back
        if passed:
            return passed
        module = innermost.f_globals.get("__name__", "") if innermost else ""
        return LOOP if _within(module, _LOOPS) else OTHER

    def _of_code(self, frame: FrameType) -> str | None:
        code = frame.f_code
        if code not in self._known:
            self._known[code] = self._look_up(frame.f_globals.get("__name__", ""), code.co_qualname)
        return self._known[code]

    def _look_up(self, module: str, function: str) -> str | None:
        # What is defined within a function, such as a comprehension, is a part of it.
        found = self._stages.get((module, function.partition(".<locals>")[0]))
        while not found and module:
            found = self._stages.get((module, ""))
            module = module.rpartition(".")[0]
        return found


class Sampler:
    """Counts samples by stage from `start` to `stop`; one at a time in a process, in its main thread."""

    def __init__(self) -> None:
        self._stages = Stages()
        self._counts: Counter[str] = Counter()

    def start(self) -> None:
        """Begin."""
        signal.signal(signal.SIGPROF, self._sample)
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS, CPU_SECONDS)

    def stop(self) -> None:
        """End; what is counted stays."""
        signal.setitimer(signal.ITIMER_PROF, 0)

    @property
    def counts(self) -> Mapping[str, int]:
        """Samples of every stage."""
        return {stage: self._counts[stage] for stage in ORDER}

    def _sample(self, _signal: int, frame: FrameType | None) -> None:
        self._counts[self._stages.of(frame)] += 1


def _within(module: str, packages: Iterable[str]) -> bool:
    return any(module == package or module.startswith(f"{package}.") for package in packages)
