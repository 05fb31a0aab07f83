"""All fleets of all scenarios, spread over processes; what comes out does not depend on how many there are."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from streams.categorizer.ensemble import ensemble_for
from streams.files.sample import load_sample
from streams.monitor.judging import load_judging
from streams.settings.settings import Settings
from streams.trials.simulate.expected import rightly_alarmed
from streams.trials.simulate.fleet import FleetResult, run_fleet
from streams.trials.simulate.population import Population, populate
from streams.trials.simulate.scenarios import Scenario, Subject, Traffic
from streams.trials.simulate.stage import Stage

Progress = Callable[[str, int], None]
"""Takes the present step, and the number of fleets that are done."""


@dataclass(frozen=True, slots=True)
class SimulationOptions:
    """Options of the command; None leaves a figure to the scenario.

    Args:
        rows: Rows of the sample that are drawn from, the latest.
        error: Error rate of the accepted decisions; None for the measured one.
        days: Length of each stream, in event time.
        blind_share: Share of accepted decisions that people are asked about.
    """

    scenarios: Sequence[Scenario]
    fleets: int
    seed: int
    rows: int
    processes: int
    error: float | None = None
    days: float | None = None
    labels_per_day: int | None = None
    blind_share: float | None = None

    def traffic(self, scenario: Scenario) -> Traffic:
        """Give the traffic of a scenario, as far as no option changes it."""
        own = scenario.traffic
        return replace(
            own,
            days=own.days if self.days is None else self.days,
            labels_per_day=own.labels_per_day if self.labels_per_day is None else self.labels_per_day,
            blind_share=own.blind_share if self.blind_share is None else self.blind_share,
        )


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """A scenario, its traffic as it was, and the outcome of each fleet in their order."""

    scenario: Scenario
    traffic: Traffic
    fleets: Sequence[FleetResult]


@dataclass(frozen=True, slots=True)
class Simulation:
    """Outcome of all scenarios.

    Args:
        rightly: Subjects whose alarm is right without anything planted.
    """

    options: SimulationOptions
    error: float
    model_version: str
    rightly: frozenset[Subject]
    runs: Sequence[ScenarioRun]


def simulate(options: SimulationOptions, settings: Settings, progress: Progress) -> Simulation:
    """Run all fleets.

    Raises:
        ArtefactError: The model cannot be used.
        ConfigurationError: A setting cannot.
        DataError: The sample cannot.
    """
    progress("loading the model", 0)
    ensemble = ensemble_for(settings)
    progress(f"deciding on {options.rows:,} rows", 0)
    variants = sorted({scenario.variant for scenario in options.scenarios})
    population = populate(ensemble, load_sample(options.rows), variants)
    stage = Stage.of(population, ensemble, load_judging(settings))
    error = population.error if options.error is None else options.error
    rightly = rightly_alarmed(stage, error=error, seed=options.seed)
    runs, done = [], 0
    with _fleets(options, settings, stage) as run:
        for scenario in options.scenarios:
            traffic, results = options.traffic(scenario), []
            fleet = partial(run_fleet, scenario=scenario, traffic=traffic, seed=options.seed, error=error)
            jobs = [partial(fleet, number=number) for number in range(options.fleets)]
            for result in run(jobs):
                results.append(result)
                done += 1
                progress(scenario.name, done)
            runs.append(ScenarioRun(scenario, traffic, results))
    return Simulation(options, error, ensemble.model_version, rightly, runs)


FleetJob = Callable[[Stage], FleetResult]
RunFleets = Callable[[Sequence[FleetJob]], Iterator[FleetResult]]

_stages: list[Stage] = []
"""The stage of this process, where it is one of several."""


@contextmanager
def _fleets(options: SimulationOptions, settings: Settings, stage: Stage) -> Iterator[RunFleets]:
    """Give a function that runs jobs, here or in processes; results come in the order of the jobs."""
    if options.processes == 1:
        yield lambda jobs: (job(stage) for job in jobs)
        return
    with ProcessPoolExecutor(
        options.processes,
        mp_context=multiprocessing.get_context("spawn"),  # a fork would copy locks of the model's threads
        initializer=_set_stage,
        initargs=(settings, stage.population),
    ) as pool:
        try:
            yield lambda jobs: pool.map(_run_job, jobs)
        except BaseException:
            for process in multiprocessing.active_children():  # an interrupt does not wait for what runs
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _set_stage(settings: Settings, population: Population) -> None:
    _stages.append(Stage.of(population, ensemble_for(settings), load_judging(settings)))


def _run_job(job: FleetJob) -> FleetResult:
    return job(_stages[0])
