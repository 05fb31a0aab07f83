"""Replacing files and folders as a whole, and what is left by those who are killed meanwhile."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from models.errors import FileError
from streams.local.atomic import Replacement, remove_file, replace_file, replace_folder

HOLDING = """
import signal, sys
from pathlib import Path
from streams.local.atomic import Replacement
with Replacement(Path(sys.argv[1])) as replacement:
    replacement.write(b"half")
    replacement.file.flush()
    print("open", flush=True)
    signal.pause()
"""


def names(folder: Path) -> list[str]:
    """Every name in a folder, hidden ones too."""
    return sorted(path.name for path in folder.iterdir())


def holder(target: Path) -> "subprocess.Popen[str]":
    """A process that is in the middle of writing a file."""
    process = subprocess.Popen([sys.executable, "-c", HOLDING, str(target)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert "open\n" == process.stdout.readline()
    return process


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """The old content stays until the new one is published; nothing is left beside it; the usual rights apply."""
    target = tmp_path / "a.json"
    target.write_bytes(b"old")
    with Replacement(target) as replacement:
        replacement.write(b"new")
        assert b"old" == target.read_bytes()
        replacement.publish()
        assert b"new" == target.read_bytes()
    assert ["a.json"] == names(tmp_path)
    target.unlink()
    target.touch()
    usual = target.stat().st_mode
    replace_file(target, b"newer")
    assert (b"newer", usual) == (target.read_bytes(), target.stat().st_mode)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_the_file_as_it_was(tmp_path: Path, error: type[BaseException]) -> None:
    """However the work ends; the hidden file is gone."""
    target = tmp_path / "a.json"
    target.write_bytes(b"old")

    def write() -> None:
        with Replacement(target) as replacement:
            replacement.write(b"new")
            raise error

    with pytest.raises(error):
        write()
    assert (b"old", ["a.json"]) == (target.read_bytes(), names(tmp_path))


def test_a_killed_writer_s_file_is_removed_by_the_next_one(tmp_path: Path) -> None:
    """Not while its writer lives, and none of a file with a longer name."""
    target = tmp_path / "a"
    dead, alive, other = holder(target), holder(target), holder(tmp_path / "a.b")
    assert 3 == len(names(tmp_path))
    dead.send_signal(signal.SIGKILL)
    other.send_signal(signal.SIGKILL)
    dead.communicate()
    other.communicate()

    replace_file(target, b"new")

    left = names(tmp_path)
    assert "a" in left
    # Sorted again: what stands behind the names is random.
    assert [".a.", ".a.b."] == sorted(name[: name.rindex(".partial") - 16] for name in left if name != "a")
    alive.terminate()
    alive.communicate()


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """What it points to is replaced, or removed."""
    (tmp_path / "link").symlink_to(tmp_path / "real")
    replace_file(tmp_path / "link", b"new")
    assert ((tmp_path / "link").is_symlink(), b"new") == (True, (tmp_path / "real").read_bytes())
    remove_file(tmp_path / "link")
    remove_file(tmp_path / "link")
    assert ["link"] == names(tmp_path)


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    """The path and the system's words."""
    with pytest.raises(FileError, match=r"nowhere/a cannot be written: No such file or directory"):
        replace_file(tmp_path / "nowhere" / "a", b"")
    with pytest.raises(FileError, match=r"cannot be written: Is a directory"):
        replace_file(tmp_path, b"")
    assert [] == names(tmp_path)


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    """The error comes when the content is made durable."""
    target = tmp_path / "a"
    target.write_bytes(b"old")

    def write() -> None:
        with Replacement(target) as replacement, Path("/dev/full").open("wb") as full:
            os.dup2(full.fileno(), replacement.file.fileno())
            replacement.write(b"new")
            replacement.publish()

    with pytest.raises(FileError, match="cannot be written: No space left on device"):
        write()
    assert (b"old", ["a"]) == (target.read_bytes(), names(tmp_path))


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """What a crash left of an earlier try is removed first; a failure leaves the old folder."""
    target = tmp_path / "libs"
    (tmp_path / ".libs.partial").mkdir()
    (tmp_path / ".libs.partial" / "torn").touch()

    def fill(folder: Path) -> None:
        (folder / "deep").mkdir(parents=True)
        (folder / "deep" / "a.jar").write_bytes(b"jar")

    def fail(folder: Path) -> None:
        fill(folder)
        raise OSError("torn")

    replace_folder(target, fill)
    replace_folder(target, fill)
    with pytest.raises(OSError, match="torn"):
        replace_folder(target, fail)
    assert (["libs"], ["deep"]) == (names(tmp_path), names(target))
    assert ["a.jar"] == names(target / "deep")
