"""Writing to a store: what is broken never gets in, and what was promoted stays until the next one is in place."""

import fcntl
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest

from models.artefacts.artefact import MANIFEST, manifest_for, read_artefact, write_artefact
from models.artefacts.audits import AuditRecord, Outcome
from models.artefacts.store import (
    CURRENT,
    HISTORY,
    Action,
    PromotionRecord,
    history,
    metrics_digest,
    promoted,
    resolve,
    versions,
)
from models.errors import ArtefactError, FileError, UnauditedError
from streams.files.model_store import ModelStore
from tests.harness.models import unasked

NOON = datetime(2020, 11, 2, 12, tzinfo=UTC)
METRICS = {"held_out_merchants": {"accuracy": 0.5}}


def verify(folder: Path) -> None:
    """Checksums; loading the parts is tested in tests/models/decisions/test_inspection.py."""
    read_artefact(folder)


def artefact(folder: Path, text: str) -> str:
    """Write an artefact of two files and give its version."""
    contents = {"a.txt": text.encode(), "b.bin": b"\x00"}
    manifest = manifest_for(contents, metrics=METRICS, command=f"make {text}")
    write_artefact(folder, manifest, contents)
    return manifest.model_version


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the store will be."""
    return tmp_path / "store"


@pytest.fixture
def store(folder: Path) -> ModelStore:
    """The store."""
    return ModelStore(folder, verify=verify, gate=unasked)


@pytest.fixture
def abc(store: ModelStore, tmp_path: Path) -> list[str]:
    """Three versions in the store."""
    found = []
    for name in "abc":
        artefact(tmp_path / name, name)
        found.append(store.add(tmp_path / name)[0])
    return found


def test_added_is_copied_byte_for_byte(store: ModelStore, folder: Path, tmp_path: Path) -> None:
    """The manifest too, so that whatever is signed stays signed; nothing is promoted by it."""
    version = artefact(tmp_path / "new", "alpha")
    assert (version, True) == store.add(tmp_path / "new")
    names = ["a.txt", "b.bin", MANIFEST]
    assert names == sorted(path.name for path in (folder / version).iterdir())
    assert all((tmp_path / "new" / name).read_bytes() == (folder / version / name).read_bytes() for name in names)
    assert promoted(folder) is None


def test_adding_again_writes_nothing(store: ModelStore, folder: Path, tmp_path: Path) -> None:
    """The same version is there already."""
    version = artefact(tmp_path / "new", "alpha")
    store.add(tmp_path / "new")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert (version, False) == store.add(tmp_path / "new")
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


@pytest.mark.parametrize("name", ["a.txt", MANIFEST])
def test_adding_again_puts_a_broken_copy_right(store: ModelStore, folder: Path, tmp_path: Path, name: str) -> None:
    """A file that was altered or lost in the store is replaced by the sound one."""
    version = artefact(tmp_path / "new", "alpha")
    store.add(tmp_path / "new")
    (folder / version / name).write_text("{}")
    assert (version, True) == store.add(tmp_path / "new")
    verify(folder / version)


def test_a_broken_artefact_is_not_added(store: ModelStore, folder: Path, tmp_path: Path) -> None:
    """The store is not even made."""
    artefact(tmp_path / "new", "alpha")
    (tmp_path / "new" / "a.txt").write_text("altered")
    with pytest.raises(ArtefactError, match=r"a\.txt differs from its sha256"):
        store.add(tmp_path / "new")
    assert not folder.exists()


def test_a_promotion_is_in_place_and_in_the_history(store: ModelStore, folder: Path, abc: list[str]) -> None:
    """`current` names it, and the history says when, why, from what, and how it measured."""
    store.promote(abc[0], at=NOON, reason="first")
    later = NOON + timedelta(days=1)
    entry = store.promote(abc[1], at=later, reason="better on merchants never seen")
    digest = metrics_digest(manifest_for({}, metrics=METRICS))
    expected = PromotionRecord(
        at=later,
        action=Action.PROMOTE,
        version=abc[1],
        previous=abc[0],
        reason="better on merchants never seen",
        metrics_sha256=digest,
    )
    assert expected == entry == history(folder)[-1]
    assert folder / abc[1] == resolve(folder)
    assert f"{abc[1]}\n" == (folder / CURRENT).read_text()


def test_promoting_the_promoted_changes_nothing(store: ModelStore, folder: Path, abc: list[str]) -> None:
    """No second line, so that a rollback still goes to another version."""
    store.promote(abc[0], at=NOON)
    before = (folder / HISTORY).read_bytes()
    assert store.promote(abc[0], at=NOON) is None
    assert before == (folder / HISTORY).read_bytes()


def test_a_broken_version_is_not_promoted(store: ModelStore, folder: Path, abc: list[str]) -> None:
    """The old one stays, and the history does not mention the attempt."""
    store.promote(abc[0], at=NOON)
    (folder / abc[1] / "b.bin").write_bytes(b"\x01")
    with pytest.raises(ArtefactError, match=r"b\.bin differs from its sha256"):
        store.promote(abc[1], at=NOON)
    assert folder / abc[0] == resolve(folder)
    assert [abc[0]] == [entry.version for entry in history(folder)]


@pytest.mark.parametrize("version", ["000000000000", "../store", "", "latest"])
def test_what_is_not_there_is_not_promoted(store: ModelStore, folder: Path, abc: list[str], version: str) -> None:
    """Neither a version that was never added nor a path."""
    store.promote(abc[0], at=NOON)
    with pytest.raises(ArtefactError, match="there is no version"):
        store.promote(version, at=NOON)
    assert abc[0] == promoted(folder)


def test_another_model_in_its_folder_is_not_promoted(store: ModelStore, folder: Path, abc: list[str]) -> None:
    """Sound, but not what its name says."""
    artefact(folder / abc[1], "c")
    with pytest.raises(ArtefactError, match=f"holds model {abc[2]}"):
        store.promote(abc[1], at=NOON)


def test_rollbacks_go_back_one_by_one(store: ModelStore, folder: Path, abc: list[str]) -> None:
    """To the version promoted before, and from there to the one before that; then there is none."""
    for version in abc:
        store.promote(version, at=NOON)
    assert abc[1] == store.rollback(at=NOON, reason="too many reviews").version
    assert abc[0] == store.rollback(at=NOON).version
    with pytest.raises(ArtefactError, match="has no version that was promoted before"):
        store.rollback(at=NOON)
    assert abc[0] == promoted(folder)
    actions = [(entry.action.value, entry.version) for entry in history(folder)]
    assert [*(("promote", version) for version in abc), ("rollback", abc[1]), ("rollback", abc[0])] == actions


def test_a_promotion_after_a_rollback_goes_back_to_where_it_started(store: ModelStore, abc: list[str]) -> None:
    """What was rolled back from is not gone back to."""
    store.promote(abc[0], at=NOON)
    store.promote(abc[1], at=NOON)
    store.rollback(at=NOON)
    store.promote(abc[2], at=NOON)
    assert abc[0] == store.rollback(at=NOON).version


def test_no_rollback_to_a_broken_version(store: ModelStore, folder: Path, abc: list[str]) -> None:
    """The present one stays."""
    store.promote(abc[0], at=NOON)
    store.promote(abc[1], at=NOON)
    (folder / abc[0] / "a.txt").unlink()
    with pytest.raises(ArtefactError, match=r"a\.txt cannot be read"):
        store.rollback(at=NOON)
    assert abc[1] == promoted(folder)


def test_a_line_that_was_cut_off_is_written_over(store: ModelStore, folder: Path, abc: list[str]) -> None:
    """A power failure in the middle of a line does not spoil the lines after it."""
    store.promote(abc[0], at=NOON)
    with (folder / HISTORY).open("a") as file:
        file.write('{"at":"2020-11-02T12:00:00Z","act')
    store.promote(abc[1], at=NOON)
    assert abc[:2] == [entry.version for entry in history(folder)]


def test_an_edited_history_stops_every_change(store: ModelStore, folder: Path, abc: list[str]) -> None:
    """It is not written on, and what was promoted stays."""
    store.promote(abc[0], at=NOON)
    (folder / HISTORY).write_text("all good\n")
    for change in (lambda: store.promote(abc[1], at=NOON), lambda: store.rollback(at=NOON)):
        with pytest.raises(ArtefactError, match="line 1 is no entry"):
            change()
    assert abc[0] == promoted(folder)
    assert "all good\n" == (folder / HISTORY).read_text()


def test_without_a_store_nothing_is_promoted(store: ModelStore, folder: Path) -> None:
    """The error says how to make one."""
    with pytest.raises(FileError, match=r"there is no store .*evenhand model add DIR"):
        store.promote("000000000000", at=NOON)
    assert not folder.exists()


def test_a_store_that_cannot_be_written_is_a_file_error(tmp_path: Path) -> None:
    """A file lies where the folder should be."""
    artefact(tmp_path / "new", "alpha")
    (tmp_path / "file").write_text("")
    with pytest.raises(FileError, match="cannot be written: File exists"):
        ModelStore(tmp_path / "file", verify=verify).add(tmp_path / "new")


def test_two_writers_take_turns(store: ModelStore, folder: Path, abc: list[str]) -> None:
    """While one holds the store, another waits; then it does its work."""
    holder = os.open(folder, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    writer = Thread(target=lambda: store.promote(abc[0], at=NOON))
    writer.start()
    writer.join(timeout=0.2)
    assert writer.is_alive()
    assert promoted(folder) is None
    os.close(holder)
    writer.join(timeout=60)
    assert abc[0] == promoted(folder)


def test_a_crash_at_any_step_leaves_the_old_or_the_new(store: ModelStore, tmp_path: Path, abc: list[str]) -> None:
    """A process is killed before each touch of the store in turn: a worker finds a whole model, and a repeat works."""
    a, b, c = abc
    store.promote(a, at=NOON)
    new = artefact(tmp_path / "new", "new")
    command = [sys.executable, "-m", "tests.harness.dying", str(tmp_path), b]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    found = json.loads(done.stdout)
    old = {"promoted": a, "history": [a]}
    promoted_b = {"promoted": b, "history": [a, b]}
    left = [outcome["left"] for outcome in found["promote"]]
    assert 5 < len(left)
    assert old == left[0]
    assert promoted_b == left[-1]  # killed after the rename: it is in place
    assert left == sorted(left, key=lambda state: state != old)
    assert all(state in (old, promoted_b) for state in left)
    assert all(promoted_b == outcome["again"] for outcome in found["promote"])
    assert 8 < len(found["add"])
    assert all(old == outcome["left"] for outcome in found["add"])
    assert all(sorted([a, b, c, new]) == outcome["versions"] for outcome in found["add"])
    assert sorted(abc) == versions(tmp_path / "store")


def audited(version: str, outcome: Outcome, *, data: str = "lines.csv", day: int = 0) -> AuditRecord:
    """An audit of a version."""
    return AuditRecord(
        at=NOON + timedelta(days=day),
        version=version,
        audit="bias_report",
        data=data,
        outcome=outcome,
        report_sha256="0" * 64,
    )


def test_what_no_audit_passed_is_not_promoted(folder: Path, abc: list[str]) -> None:
    """Nor what one failed; the last audit on the same data counts, and what was promoted stays."""
    store = ModelStore(folder, verify=verify)
    first, second, third = abc
    with pytest.raises(UnauditedError, match="no audit is recorded"):
        store.promote(first, at=NOON)
    assert store.record(audited(first, Outcome.PASS))
    assert not store.record(audited(first, Outcome.PASS))
    entry = store.promote(first, at=NOON)
    assert entry is not None
    assert ("", "") == (entry.gate, entry.override)
    store.record(audited(second, Outcome.NOT_MEASURED))
    with pytest.raises(UnauditedError, match="no audit could measure enough"):
        store.promote(second, at=NOON)
    store.record(audited(second, Outcome.PASS, day=1))
    store.record(audited(second, Outcome.FAIL, data="own.csv", day=2))
    with pytest.raises(UnauditedError, match=r"failed bias_report on own\.csv"):
        store.promote(second, at=NOON)
    assert first == promoted(folder)
    store.record(audited(second, Outcome.PASS, data="own.csv", day=3))
    assert store.promote(second, at=NOON)
    with pytest.raises(ArtefactError, match="no version"):
        store.record(audited("000000000000", Outcome.PASS))
    assert third in versions(folder)


def test_an_override_is_kept_with_what_it_overrode(folder: Path, abc: list[str]) -> None:
    """The history says what audits said, and why that did not count; where they say nothing there is no override."""
    store = ModelStore(folder, verify=verify)
    store.record(audited(abc[0], Outcome.FAIL))
    entry = store.promote(abc[0], at=NOON, override="the board has agreed")
    assert entry == history(folder)[-1]
    assert entry is not None
    assert "failed bias_report on lines.csv" in entry.gate
    assert "the board has agreed" == entry.override
    store.record(audited(abc[1], Outcome.PASS))
    store.promote(abc[1], at=NOON, override="not needed")
    assert "" == history(folder)[-1].override


def test_a_history_of_before_the_gate_is_read(folder: Path, store: ModelStore, abc: list[str]) -> None:
    """Entries without the two fields are entries."""
    store.promote(abc[0], at=NOON)
    path = folder / HISTORY
    old = {name: value for name, value in json.loads(path.read_text()).items() if name not in ("gate", "override")}
    path.write_text(json.dumps(old) + "\n")
    assert [abc[0]] == [entry.version for entry in history(folder)]
