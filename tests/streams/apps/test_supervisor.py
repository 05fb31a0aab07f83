"""The parts of a supervisor that need no other process: its pauses, and what each worker is given."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from streams.apps.supervisor import FIRST_PAUSE, LONGEST_PAUSE, WELL_SECONDS, Place, Seat, runs_alone
from streams.local.cores import usable_cores
from streams.messages.roles import Role
from streams.settings.settings import load_settings

ROOT = Path(__file__).parents[3]


def pauses(*lives: float) -> list[float]:
    """How long a place stays free each time that its process has lived for so many seconds."""
    place, now, found = Place(1), 1000.0, []
    for life in lives:
        place.pid, place.started = 1, now
        now += life
        place.ended(now)
        found.append(place.due - now)
        now = place.due
    return found


def test_pauses_double_up_to_the_longest() -> None:
    """A worker that cannot run costs the others little."""
    found = pauses(*[1.0] * 9)

    assert [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0] == found
    assert (FIRST_PAUSE, LONGEST_PAUSE) == (found[0], found[-1])


def test_one_that_was_well_is_back_at_once() -> None:
    """After a minute a death is a new story."""
    assert [0.5, 1.0, 0.5, 1.0] == pauses(1.0, 1.0, WELL_SECONDS, WELL_SECONDS - 1)


@pytest.fixture
def seat() -> Seat:  # type: ignore[misc]
    """The second of three."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Seat(2, 3, theirs, {Role.TRANSACTIONS: 4})


def test_a_process_has_its_own_name_in_the_group(seat: Seat) -> None:
    """Two members of one name would fence each other; without a name they are told apart by Kafka."""
    assert "bank-1-2" == seat.settings(load_settings(group_instance_id="bank-1")).group_instance_id
    assert seat.settings(load_settings()).group_instance_id is None


def test_processes_share_what_one_worker_may_ask_of_the_llm(seat: Seat) -> None:
    """Limits of calls and cost hold for all together, however many processes there are."""
    common = load_settings(llm_concurrency=4, llm_calls_per_minute=600, llm_tokens_per_day=1_000)
    own = seat.settings(common)

    assert (1, 200, 333) == (own.llm_concurrency, own.llm_calls_per_minute, own.llm_tokens_per_day)
    assert 1 == seat.settings(load_settings(llm_calls_per_minute=1)).llm_calls_per_minute
    changed = {"llm_concurrency", "llm_calls_per_minute", "llm_tokens_per_day"}
    assert common.model_dump(exclude=changed) == own.model_dump(exclude=changed)


def test_one_process_needs_no_supervisor() -> None:
    """Neither where one is asked for, as by default, nor where there is one core."""
    assert runs_alone(load_settings())
    assert not runs_alone(load_settings(processes="2"))
    assert (usable_cores() == 1) == runs_alone(load_settings(processes="auto"))


LOADS = """
import sys
from streams.apps.faust_app import load_faust
from streams.apps.run_worker import create_app, new_loop
from streams.settings.settings import load_settings
from tests.harness.runner import constant_ensemble

assert not {"river", "sklearn", "streams.console.views"} & sys.modules.keys(), "a worker carries what a monitor needs"
load_faust()
before = set(sys.modules)
loop = new_loop()
create_app(load_settings(), constant_ensemble(), slow=True)
loop.close()
print(sorted(set(sys.modules) - before))
"""


def test_all_that_a_worker_needs_is_there_before_the_fork() -> None:
    """What is imported later is in the memory of each process once more; and nothing of a monitor is there at all."""
    done = subprocess.run([sys.executable, "-c", LOADS], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ("[]\n", 0) == (done.stdout, done.returncode), done.stderr
