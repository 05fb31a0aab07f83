"""The program as a whole: help, version, exit codes, errors in one line."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from models.errors import ConfigurationError, DeliveryError, EvenhandError
from streams.cli.exits import MEANINGS, ExitCode, exit_code
from streams.cli.main import COMMANDS, load_command
from tests.streams.cli.conftest import Invoke, Program

NAMES = sorted(name for commands in COMMANDS.values() for name in commands)


def test_version(program: Program) -> None:
    """One line on stdout, exit code 0."""
    done = program("--version")
    assert (0, f"evenhand {version('evenhand')}\n", "") == (done.returncode, done.stdout, done.stderr)


def test_without_arguments_the_help_is_shown(evenhand: Invoke) -> None:
    """No arguments is no mistake."""
    result = evenhand()
    assert 0 == result.exit_code
    assert all(command in result.stdout for command in NAMES)


@pytest.mark.parametrize("command", NAMES)
def test_every_command_has_help(evenhand: Invoke, command: str) -> None:
    """`--help` answers for every command, with a sentence of what it does."""
    result = evenhand(command, "--help")
    assert 0 == result.exit_code
    assert "Usage: evenhand" in result.stdout


@pytest.mark.parametrize("name", ["worker", "monitor", "learner"])
def test_help_comes_before_faust(name: str) -> None:
    """Faust takes a second of CPU to import, which neither help nor a mistyped option should cost."""
    code = f"import sys, streams.cli.{name}; print(sorted({{'faust', 'aiokafka', 'onnxruntime'}} & sys.modules.keys()))"
    assert (
        "[]\n"
        == subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240, check=True).stdout
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_list_says_what_the_command_says(name: str) -> None:
    """The line in the list of commands, which is shown without importing the command, is the first of its own help."""
    said = {name: summary for commands in COMMANDS.values() for name, summary in commands.items()}
    assert said[name] == load_command(name).help.split("\n\n")[0]


def test_the_help_imports_no_command() -> None:
    """`--help` stays quick: it loads neither Kafka nor the model nor the settings."""
    code = "import sys; from streams.cli.main import app; app(['--help'], standalone_mode=False); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240, check=True)
    assert not {"aiokafka", "numpy", "pydantic", "streams.cli.explain"} & set(done.stdout.splitlines()[-1].split())


def test_the_help_names_every_exit_code(evenhand: Invoke) -> None:
    """Codes and their meanings come from one table."""
    said = " ".join(evenhand("--help").stdout.split())
    assert all(f"{int(code)} {meaning}" in said for code, meaning in MEANINGS.items())
    assert set(ExitCode) == set(MEANINGS)


@pytest.mark.parametrize("error", sorted(EvenhandError.__subclasses__(), key=lambda kind: kind.__name__))
def test_every_error_has_an_exit_code(error: type[EvenhandError]) -> None:
    """No error of ours ends as an unexpected failure."""
    assert ExitCode.FAILED is not exit_code(error("x"))


def test_subclasses_share_the_exit_code() -> None:
    """A more special error ends like its kind."""

    class SpecialError(DeliveryError):
        pass

    assert ExitCode.ENVIRONMENT is exit_code(SpecialError("x"))
    assert ExitCode.ENVIRONMENT is exit_code(ConfigurationError("x"))


@pytest.mark.parametrize("arguments", [["nope"], ["--nope"], ["categorize"], ["explain", "--json", "--nope"]])
def test_wrong_use_ends_with_2(program: Program, arguments: list[str]) -> None:
    """What is wrong stands on stderr; stdout stays empty."""
    done = program(*arguments)
    assert (2, "") == (done.returncode, done.stdout)
    assert "Usage: evenhand" in done.stderr


def test_a_wrong_setting_ends_with_4(program: Program) -> None:
    """One line that names the variable, no traceback."""
    done = program("explain", "-d", "X", web_port="99999999")
    assert (4, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("error: settings: EVENHAND_WEB_PORT")
    assert 1 == done.stderr.count("\n")


def test_a_missing_model_ends_with_5(program: Program, tmp_path: Path) -> None:
    """One line that names the file and what to do."""
    done = program("explain", "-d", "X", "--model", tmp_path / "none")
    assert (5, "") == (done.returncode, done.stdout)
    assert "evenhand train" in done.stderr
    assert 1 == done.stderr.count("\n")


def test_a_traceback_is_shown_when_it_is_asked_for(program: Program) -> None:
    """EVENHAND_LOG_LEVEL=debug shows where an error comes from, before the line."""
    done = program("explain", "-d", "X", "--model", "none", log_level="debug")
    assert 5 == done.returncode
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: ")


@pytest.mark.parametrize(
    "arguments",
    [["topics", "list"], ["topics", "create"], ["dead-letters", "list"], ["dead-letters", "replay"]],
)
def test_without_a_broker_the_code_is_4(program: Program, arguments: list[str]) -> None:
    """One line that names the address; nothing hangs."""
    done = program(*arguments, bootstrap_servers="127.0.0.1:1", web_port="0")
    assert (4, "") == (done.returncode, done.stdout)
    assert done.stderr.startswith("error: no Kafka broker answers at 127.0.0.1:1")
    assert 1 == done.stderr.count("\n")


def test_a_worker_without_its_broker_ends_with_4(program: Program) -> None:
    """Its log says more; the last line is the error."""
    done = program("worker", bootstrap_servers="127.0.0.1:1", web_port="0")
    assert 4 == done.returncode
    assert done.stderr.splitlines()[-1].startswith("error: no Kafka broker answers at 127.0.0.1:1")
