"""How tests are dealt out to processes that run side by side (`pytest -n 3`)."""

from xdist.scheduler import LoadScopeScheduling

ALONE = ("tests/faults/", "tests/streams/trials/demo/test_demo.py", "tests/streams/cli/test_docs.py")
"""Tests of these wait for processes of their own and share nothing but a broker: each may run anywhere."""

TOGETHER = frozenset({"tests/faults/test_faulty_messages.py"})
"""Files of those in which one run of a worker serves all tests."""


class Shares(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Deals out tests by file, so that what a module makes once is made once, and those of `ALONE` one by one."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return nodeid if file.startswith(ALONE) and file not in TOGETHER else file
