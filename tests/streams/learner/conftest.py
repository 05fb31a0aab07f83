"""The stage of the fault tests, for tests of the learner on a real broker."""

from tests.faults.conftest import stage

__all__ = ["stage"]
