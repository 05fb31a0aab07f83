"""A store of artefacts as it is read: which folder a setting means, and what its history says was carried out."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.artefacts.artefact import DEFAULT_MODEL, manifest_for, write_artefact
from models.artefacts.store import (
    CURRENT,
    HISTORY,
    Action,
    PromotionRecord,
    begun,
    carried_out,
    history,
    metrics_digest,
    promotions,
    resolve,
    versions,
)
from models.errors import ArtefactError

NOON = datetime(2020, 11, 2, 12, tzinfo=UTC)
A, B, C = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"


def entry(version: str, previous: str | None, action: Action = Action.PROMOTE) -> PromotionRecord:
    """A line of a history."""
    return PromotionRecord(at=NOON, action=action, version=version, previous=previous, metrics_sha256="0")


def artefact(folder: Path, content: bytes = b"alpha") -> str:
    """Write an artefact of one file and give its version."""
    manifest = manifest_for({"a.txt": content})
    write_artefact(folder, manifest, {"a.txt": content})
    return manifest.model_version


@pytest.fixture
def store(tmp_path: Path) -> tuple[Path, str]:
    """A store with one version, promoted."""
    version = artefact(tmp_path / "new")
    (tmp_path / "new").rename(tmp_path / version)
    (tmp_path / CURRENT).write_text(f"{version}\n")
    return tmp_path, version


def test_nothing_named_is_the_shipped_model() -> None:
    """None is the default of the setting."""
    assert DEFAULT_MODEL == resolve(None)


def test_an_artefact_is_itself(tmp_path: Path) -> None:
    """Also one that lies beside a file named `current`."""
    artefact(tmp_path)
    (tmp_path / CURRENT).write_text(A)
    assert tmp_path == resolve(tmp_path)


def test_a_store_is_its_promoted_version(store: tuple[Path, str]) -> None:
    """The setting names the store; the folder of the version is loaded."""
    folder, version = store
    assert folder / version == resolve(folder)


def test_what_is_neither_is_left_to_the_loader(tmp_path: Path) -> None:
    """A folder that is missing or empty fails there, by its manifest."""
    assert tmp_path / "none" == resolve(tmp_path / "none")
    assert tmp_path == resolve(tmp_path)


def test_a_store_without_a_promoted_version_says_so(store: tuple[Path, str]) -> None:
    """It is never guessed which version is meant."""
    folder, _ = store
    (folder / CURRENT).unlink()
    with pytest.raises(ArtefactError, match=r"no version is promoted in .* `evenhand model promote VERSION"):
        resolve(folder)


@pytest.mark.parametrize("said", ["", "latest", "../aaaaaaaaaaaa", "aaaaaaaaaaaa\nbbbbbbbbbbbb", "AAAAAAAAAAAA"])
def test_only_a_version_is_followed(store: tuple[Path, str], said: str) -> None:
    """`current` cannot lead out of the store."""
    folder, _ = store
    (folder / CURRENT).write_text(said)
    with pytest.raises(ArtefactError, match="does not name a version"):
        resolve(folder)


def test_a_promoted_version_that_is_gone_is_refused(store: tuple[Path, str]) -> None:
    """No other version takes its place."""
    folder, _ = store
    (folder / CURRENT).write_text(A)
    with pytest.raises(ArtefactError, match=f"there is no version {A} in"):
        resolve(folder)


def test_another_model_under_its_name_is_refused(store: tuple[Path, str]) -> None:
    """A sound artefact in the wrong folder is not what was promoted."""
    folder, version = store
    other = artefact(folder / version, b"omega")
    with pytest.raises(ArtefactError, match=f"holds model {other}"):
        resolve(folder)


def test_versions_are_folders_with_a_manifest(store: tuple[Path, str]) -> None:
    """Half-copied folders and other names are none."""
    folder, version = store
    (folder / A).mkdir()
    artefact(folder / "notes")
    assert [version] == versions(folder)


def test_history_is_read_in_order(store: tuple[Path, str]) -> None:
    """A line that was cut off is none; the last whole one is the promotion that `current` carries out."""
    folder, version = store
    lines = [entry(A, None), entry(version, A)]
    (folder / HISTORY).write_text("".join(f"{line.model_dump_json()}\n" for line in lines) + '{"at":"2020-')
    assert lines == begun(folder) == history(folder)


@pytest.mark.parametrize("line", ["", "{}", "nonsense", '{"at": "2020-11-02T12:00:00"}'])
def test_a_line_that_is_no_entry_is_refused_by_number(store: tuple[Path, str], line: str) -> None:
    """A history that was edited is not read as if it were whole."""
    folder, version = store
    (folder / HISTORY).write_text(f"{entry(version, None).model_dump_json()}\n{line}\n")
    with pytest.raises(ArtefactError, match=r"history\.jsonl, line 2 is no entry"):
        history(folder)


@pytest.mark.parametrize(
    ("entries", "current", "expected"),
    [
        ([], None, []),
        ([(A, None)], None, []),
        ([(A, None)], A, [A]),
        ([(A, None), (B, A)], A, [A]),
        ([(A, None), (B, A), (C, A)], C, [A, C]),
        ([(A, None), (B, A), (B, A)], B, [A, B]),
        ([(A, None), (B, A), (B, A)], A, [A]),
    ],
)
def test_only_what_took_effect_counts(
    entries: list[tuple[str, str | None]], current: str | None, expected: list[str]
) -> None:
    """An entry whose version neither the next entry nor `current` has seen was cut off."""
    found = carried_out([entry(version, previous) for version, previous in entries], current)
    assert expected == [entry.version for entry in found]


@given(st.lists(st.tuples(st.sampled_from([A, B, C, "back"]), st.booleans()), max_size=30))
def test_rollbacks_go_back_through_promotions(steps: list[tuple[str, bool]]) -> None:
    """Whatever is promoted, rolled back or cut off, the history gives the stack that a person would keep."""
    entries: list[PromotionRecord] = []
    stack: list[str] = []
    for step, completed in steps:
        current = stack[-1] if stack else None
        if step == current or (step == "back" and len(stack) < 2):
            continue
        after = stack[:-1] if step == "back" else [*stack, step]
        if after[-1] == current:
            continue
        entries.append(entry(after[-1], current, Action.ROLLBACK if step == "back" else Action.PROMOTE))
        stack = after if completed else stack
    assert stack == promotions(carried_out(entries, stack[-1] if stack else None))


def test_metrics_digest_is_of_the_values() -> None:
    """The order of the keys does not matter, a figure does."""
    metrics = {"held_out": {"rows": 10, "accuracy": 0.5}}
    turned = {"held_out": {"accuracy": 0.5, "rows": 10}}
    digest = metrics_digest(manifest_for({}, metrics=metrics))
    assert digest == metrics_digest(manifest_for({}, metrics=turned))
    assert digest != metrics_digest(manifest_for({}, metrics={"held_out": {"rows": 10, "accuracy": 0.6}}))
