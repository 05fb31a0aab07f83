"""The file of the bank's own rules, watched: what is new is read once, and not while somebody writes it."""

import errno
import logging
import os
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from models.errors import FileError
from models.voters.house.rules import HouseRules
from streams.categorizer.house_rules import HouseMetrics, HouseRulesFile, WatchHouseRules
from tests.harness.voters import NOON, sure_of, transaction

HEADER = b"id,text,category,who,why\n"
PETS, FUEL = (HEADER + b"R-1,hortons,%s,ops,said\n" % name for name in (b"pets", b"fuel"))
BROKEN = HEADER + b"R-1,hortons,petrol,ops,said\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that says pets."""
    file = tmp_path / "rules.csv"
    file.write_bytes(PETS)
    return file


def category(rules: HouseRules | None) -> str | None:
    """What rules say of a line with `hortons`."""
    rule = rules and rules.match(transaction(), None)
    return rule.category if rule else None


def test_a_file_is_read_when_it_has_come_to_rest(path: Path) -> None:
    """At the second look that finds it the same; then not again before it changes."""
    file = HouseRulesFile(path)
    assert [None, "pets", None, None] == [category(file.news()) for _ in range(4)]
    path.write_bytes(FUEL[:-12])
    assert file.news() is None
    path.write_bytes(FUEL)
    assert [None, "fuel", None] == [category(file.news()) for _ in range(3)]


def test_a_file_that_is_only_touched_is_not_news(path: Path) -> None:
    """Nor is one that is put in its place with the same content."""
    file = HouseRulesFile(path)
    assert [None, "pets"] == [category(file.news()) for _ in range(2)]
    os.utime(path, (0, 0))
    assert [None, None] == [file.news() for _ in range(2)]
    other = path.with_suffix(".new")
    other.write_bytes(PETS)
    other.replace(path)
    assert [None, None] == [file.news() for _ in range(2)]


def test_a_change_of_the_same_size_in_the_same_instant_is_news(path: Path) -> None:
    """A copy that keeps the time of the original: the file system's own time tells it."""
    file = HouseRulesFile(path)
    assert [None, "pets"] == [category(file.news()) for _ in range(2)]
    before = path.stat()
    path.write_bytes(FUEL)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [None, "fuel"] == [category(file.news()) for _ in range(2)]


def test_what_a_link_leads_to_is_watched(path: Path) -> None:
    """A mounted volume changes a link, not the file."""
    link, other = path.with_name("link.csv"), path.with_name("other.csv")
    link.symlink_to(path)
    file = HouseRulesFile(link)
    assert [None, "pets"] == [category(file.news()) for _ in range(2)]
    other.write_bytes(FUEL)
    link.unlink()
    link.symlink_to(other)
    assert [None, "fuel"] == [category(file.news()) for _ in range(2)]


def test_what_is_wrong_is_said_once(path: Path) -> None:
    """A broken content, and a file that is gone; what comes back is read, also if it is what was there."""
    file = HouseRulesFile(path)
    path.write_bytes(BROKEN)
    assert file.news() is None
    with pytest.raises(FileError, match="line 2, category: there is no such category"):
        file.news()
    assert file.news() is None
    path.unlink()
    assert file.news() is None
    with pytest.raises(FileError, match="it is gone; an empty file takes all rules away"):
        file.news()
    assert file.news() is None
    path.write_bytes(PETS)
    assert [None, "pets", None] == [category(file.news()) for _ in range(3)]


def test_a_read_that_fails_is_tried_again(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the file has changed when there is room for one again; it is handed over, also if it was before."""
    file = HouseRulesFile(path)
    assert [None, "pets"] == [category(file.news()) for _ in range(2)]

    def full(*_args: object, **_kwargs: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    os.utime(path, (0, 0))
    assert file.news() is None
    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", full)
        with pytest.raises(FileError, match="it cannot be read: Too many open files"):
            file.news()
        assert file.news() is None
    assert ["pets", None] == [category(file.news()) for _ in range(2)]


async def test_a_file_that_goes_deep_is_refused_and_the_watch_goes_on(path: Path) -> None:
    """As is one that trips over something else: the worker decides by what it has."""
    registry, write = CollectorRegistry(), path.write_bytes
    deciding = [sure_of("other").under(HouseRules.read(PETS))]
    watch = WatchHouseRules(path, HouseMetrics(registry), current=lambda: deciding[-1], decide_by=deciding.append)
    write(b"[" * 200_000)
    for _ in range(2):
        await watch.look()
    assert (1, 1) == tuple(map(registry.get_sample_value, ("evenhand_house_rules_refused", _ERRORS)))

    def broken() -> None:
        raise RecursionError

    watch._file.news = broken  # type: ignore[method-assign]  # what nobody thought of
    await watch.look()
    assert (2, 1) == (registry.get_sample_value(_ERRORS), len(deciding))


async def test_the_watch_hands_over_what_is_new_and_tells(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Rules that say the same are not handed over; a broken file leaves the rules and the counts of them."""
    registry, write = CollectorRegistry(), path.write_bytes
    now = HouseRules.read(PETS)
    deciding = [sure_of("other").under(now)]
    watch = WatchHouseRules(path, HouseMetrics(registry), current=lambda: deciding[-1], decide_by=deciding.append)
    shown = registry.get_sample_value
    assert (1, 1) == (
        shown("evenhand_house_rules"),
        shown("evenhand_house_rules_info", {"version": now.version}),
    )
    deciding[0].findings([transaction(str(number)) for number in range(3)])
    with caplog.at_level(logging.INFO):
        for content in (PETS, PETS + b"\n\n", BROKEN, FUEL + b"R-2,pier,pets,ops,said\n"):
            write(content)
            for _ in range(3):
                await watch.look()
    assert ["pets", "fuel"] == [one.decide([transaction()], now=NOON)[0].category for one in deciding]
    version = deciding[-1].versions.house
    assert (2, 0, 1) == tuple(map(shown, ("evenhand_house_rules", "evenhand_house_rules_refused", _ERRORS)))
    assert shown("evenhand_house_rules_info", {"version": now.version}) is None
    told = [record.getMessage() for record in caplog.records]
    assert [
        f"{path}: the rules cannot be used: line 2, category: there is no such category; did you mean pets?; version"
        f" {now.version} goes on deciding",
        f"house rules of version {now.version}: 1 of 1 decided 3 times; most often R-1 3",
        f"house rules: 2 of version {version} decide instead of 1 of version {now.version}",
    ] == told


_ERRORS = "evenhand_house_rules_errors_total"
