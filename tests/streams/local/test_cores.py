"""How many processors may be used: by the mask of the process and by the time of its container."""

import os
from pathlib import Path

import pytest

from streams.local.cores import usable_cores

ALLOWED = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("limit", "cores"),
    [
        ("max 100000", ALLOWED),
        ("100000 100000", 1),
        ("50000 100000", 1),  # half a core: one process all the same
        ("190000 100000", 1),  # two would hold each other up
        ("6400000 100000", min(64, ALLOWED)),
        ("nonsense", ALLOWED),
    ],
)
def test_a_container_that_has_less_time_has_fewer_cores(tmp_path: Path, limit: str, cores: int) -> None:
    """Whole cores that its quota pays for, at least one, and never more than the process may run on."""
    (tmp_path / "cpu.max").write_text(f"{limit}\n")

    assert cores == usable_cores(tmp_path)


def test_without_a_container_it_is_the_mask(tmp_path: Path) -> None:
    """Also where a process was given fewer processors than the machine has."""
    assert ALLOWED == usable_cores(tmp_path)
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert 1 == usable_cores(tmp_path)
    finally:
        os.sched_setaffinity(0, before)
