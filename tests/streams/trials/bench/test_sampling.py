"""The stages of a running worker: the table names code that exists, and samples are told by it."""

import asyncio
import importlib
import inspect
import json
import pkgutil
import time
from collections.abc import Callable
from datetime import timedelta
from types import CodeType

import pytest
from typer.testing import CliRunner

from streams.categorizer.handler import CategorizeHandler
from streams.cli.bench import app
from streams.lanes.duplicate_window import DuplicateWindow
from streams.local.broker import LocalBroker
from streams.messages.cloudevents import Codec, digest
from streams.trials.bench.contenders.noop import noop_ensemble
from streams.trials.bench.job import Contender, Measurement
from streams.trials.bench.places import (
    COMMIT,
    CONNECTION,
    HANDLER,
    LOOP,
    ORDER,
    OTHER,
    PLACES,
    SERIALISE,
    SHARED,
    SUMMARISE,
    WINDOW,
    Place,
)
from streams.trials.bench.rounds import CaseRounds
from streams.trials.bench.sample import transactions_for
from streams.trials.bench.sampling import Sampler, Stages
from streams.trials.bench.stages import batches_of
from streams.trials.bench.worker_stages import stages_of
from tests.harness.voters import NOON


def _code(place: Place) -> CodeType | None:
    """The code that a place names, if there is such."""
    found: object = importlib.import_module(place.module)
    for step in place.function.split("."):
        found = getattr(found, step, None)
    found = found.fget if isinstance(found, property) else found
    return getattr(inspect.unwrap(found) if callable(found) else found, "__code__", None)


def _sampled(work: Callable[[], object], *, seconds: float = 0.3) -> dict[str, int]:
    """Samples by stage while this takes CPU time, without those that met none."""
    sampler = Sampler()
    sampler.start()
    end = time.process_time() + seconds
    while time.process_time() < end:
        work()
    sampler.stop()
    return {stage: count for stage, count in sampler.counts.items() if count}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.module}.{place.function}".rstrip("."))
def test_every_place_is_there(place: Place) -> None:
    """Code that was renamed or moved is named in the table anew; else its time would go elsewhere unnoticed."""
    assert place.stage in ORDER
    if not place.function:
        assert importlib.import_module(place.module)
        return
    code = _code(place)
    assert code is not None, f"{place.module} has no {place.function}"
    assert place.function == code.co_qualname


def test_no_place_stands_twice_and_every_stage_has_one() -> None:
    """What is left is known by its absence."""
    assert len(PLACES) == len({(place.module, place.function) for place in PLACES})
    assert set(ORDER) == {place.stage for place in PLACES} | {LOOP, OTHER}
    assert {place.stage for place in PLACES} >= SHARED


def test_every_room_that_a_worker_runs_is_in_the_table() -> None:
    """A room of the stream that is new is given a stage; these do nothing while messages flow."""
    idle = {"cli", "clock", "console", "corrections", "files", "http", "local", "monitor", "operate", "settings"}
    apart = idle | {"learner", "review_queue", "slow_lane", "trials"}
    rooms = {module.name for module in pkgutil.iter_modules(importlib.import_module("streams").__path__)}

    assert rooms - apart == {place.module.split(".")[1] for place in PLACES if place.module.startswith("streams.")} - {
        "trials"
    }


def test_the_innermost_place_counts() -> None:
    """The digest within the handler is the window's; an encoding within it is serialising."""
    transactions = transactions_for(None, rows=50)
    codec = Codec("/evenhand/x")
    stamp = codec.stamp(NOON)
    [decided] = noop_ensemble().decide(transactions[:1], now=NOON)

    digests = _sampled(lambda: [digest(one) for one in transactions])
    encoded = _sampled(lambda: [stamp.encode(decided, b"", ()) for _ in range(50)])

    assert max(digests, key=digests.__getitem__) == WINDOW
    assert max(encoded, key=encoded.__getitem__) == SERIALISE


def test_a_frame_is_looked_up_outwards() -> None:
    """Functions before their modules, modules before packages; code within a function is a part of it."""
    places = (Place("own", "a.b", "Thing.work"), Place("module", "a.b"), Place(CONNECTION, "a.conn"), Place("all", "a"))
    look_up = Stages(places)._look_up

    assert "own" == look_up("a.b", "Thing.work")
    assert "own" == look_up("a.b", "Thing.work.<locals>.<listcomp>")
    assert "module" == look_up("a.b", "Thing.rest")
    assert "module" == look_up("a.b.c", "Thing.work")
    assert "all" == look_up("a.x.y", "f")
    assert look_up("b", "f") is None


def test_shared_code_counts_for_who_called_it() -> None:
    """A connection at work for a commit is the commit; at work for nobody it is itself."""
    scope: dict[str, object] = {"__name__": "aiokafka.conn"}
    exec("def send(of):\n    return of(__import__('sys')._getframe())", scope)
    send = scope["send"]
    assert callable(send)
    caller = {"__name__": "streams.lanes.delivery", "send": send}
    exec("def commit(of):\n    return send(of)", caller)

    assert COMMIT == caller["commit"](Stages().of)  # type: ignore[operator]
    assert CONNECTION == send(Stages().of)


def test_time_of_no_stage_is_the_loops_or_another() -> None:
    """A loop with nothing to do for us, and code that the table does not know."""

    async def turn() -> None:
        for _ in range(1_000):
            await asyncio.sleep(0)

    with asyncio.Runner() as runner:
        loop = _sampled(lambda: runner.run(turn()))
    other = _sampled(lambda: json.dumps(list(range(500))))

    assert max(loop, key=loop.__getitem__) == LOOP
    assert {OTHER} == set(other)


def test_the_handler_is_told_apart() -> None:
    """Its own code is glue, and what it calls is what it is."""
    [records] = batches_of(transactions_for(None, rows=500))
    handler = CategorizeHandler(noop_ensemble(), Codec("/evenhand/x"), lambda: NOON)

    found = _sampled(lambda: handler(records, DuplicateWindow(max_ids=0, max_age=timedelta(0))).written, seconds=1.0)

    assert {WINDOW, SUMMARISE, SERIALISE} < set(found)
    assert sum(found.values()) * 0.9 < sum(count for stage, count in found.items() if stage not in (OTHER, LOOP))
    assert found.get(HANDLER, 0) < sum(found.values()) / 2


def test_rounds_are_added_up() -> None:
    """Shares of all samples; the cost is the median round's."""
    runs = (
        Measurement(100, 100, 1.0, 1.0, samples={"parse": 3, "commit": 1}),
        Measurement(100, 100, 3.0, 1.0, samples={"parse": 5, "commit": 7}),
        Measurement(100, 100, 2.0, 1.0, samples={"parse": 0, "commit": 0}),
    )

    found = stages_of(CaseRounds(Contender.EVENHAND, runs))

    assert {"parse": 0.5, "commit": 0.5} == found.shares
    assert 16 == found.samples
    assert pytest.approx(20_000) == found.microseconds


@pytest.mark.kafka
def test_running_workers_are_sampled(broker: LocalBroker) -> None:
    """Both workers on a real broker: shares that sum to one, with the model's part in the full one alone."""
    arguments = ["stages", "--broker", broker.bootstrap_servers, "--rows", "20000", "--rounds", "1", "--json"]
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "120"})

    assert 0 == done.exit_code, done.output
    workers = json.loads(done.stdout)["workers"]
    assert ["evenhand", "full"] == [worker["worker"] for worker in workers]
    for worker in workers:
        assert {"worker", "microseconds", "samples", "stages"} == set(worker)
        assert list(ORDER) == [stage["stage"] for stage in worker["stages"]]
        assert worker["samples"] > 0
        assert pytest.approx(1) == sum(stage["share"] for stage in worker["stages"])
        assert pytest.approx(worker["microseconds"]) == sum(stage["microseconds"] for stage in worker["stages"])
        shares = {stage["stage"]: stage["share"] for stage in worker["stages"]}
        assert shares[OTHER] < 0.1
    assert shares["vote"] > 0.1
