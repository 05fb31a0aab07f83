"""`evenhand audit model`: from the loan example's own files to exit code and report."""

import json
from pathlib import Path
from typing import Any

import pytest

from examples.loan_audit import save
from tests.streams.cli.conftest import Invoke

TRUST = ("--trust", "sklearn.tree._tree.Tree")


@pytest.fixture(scope="module")
def loans(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models and profiles as the example writes them."""
    folder = tmp_path_factory.mktemp("loans")
    save(folder, 42)
    return folder


def audit(evenhand: Invoke, loans: Path, *arguments: object, vary: str = "Gender=Male,Female") -> Any:
    """The command on the example's profiles."""
    return evenhand("audit", "model", "--profiles", loans / "profiles.yml", "--vary", vary, *arguments)


def test_the_biased_tree_fails_and_the_report_has_what_is_printed(
    evenhand: Invoke, loans: Path, tmp_path: Path
) -> None:
    """All flip: exit code 1; table, JSON and files say the same."""
    model = ("--model", loans / "biased.skops", *TRUST)
    done = audit(evenhand, loans, *model, "--output", tmp_path)
    assert 1 == done.exit_code, done.stderr
    assert "profiles that flip with Gender: 100.0% [99.2, 100.0] of 500" in done.stdout
    printed = json.loads(audit(evenhand, loans, *model, "--json").stdout)
    written = json.loads((tmp_path / "model_audit.json").read_text())
    for each in (printed, written):
        each["run"].pop("at")
    assert written == printed
    assert (500, 500) == tuple(written["variations"][0]["flips"][name] for name in ("hits", "rows"))
    first = written["variations"][0]["clones"][0]
    assert f"{first['number']}: Income {first['profile']['Income']}" in done.stdout
    assert "100.0%" in (tmp_path / "model_audit.md").read_text()
    assert written["run"]["command"].startswith("evenhand audit model")
    assert (tmp_path / "model_audit.html").exists()


@pytest.mark.parametrize("name", ["balanced", "reweighed"])
def test_a_repaired_tree_passes(evenhand: Invoke, loans: Path, name: str) -> None:
    """Exit code 0, also with another seed's profiles; the report says where gender is not read at all."""
    done = audit(evenhand, loans, "--model", loans / f"{name}.skops", *TRUST, "--seed", 0)
    assert 0 == done.exit_code, done.stderr
    assert (name == "reweighed") == ("does not read Gender" in done.stdout)
    told = audit(evenhand, loans, "--model", loans / f"{name}.skops", *TRUST, "--seed", 0, "--json").stdout
    assert "--seed 0" in json.loads(told)["run"]["command"]


def test_few_profiles_are_not_measured(evenhand: Invoke, loans: Path, tmp_path: Path) -> None:
    """Exit code 4, until the bank's limits say that so few are enough."""
    (tmp_path / "few.csv").write_text("Gender,Income,Age,Years employed\nMale,50000,40,3\nFemale,60000,41,4\n")
    (tmp_path / "limits.yml").write_text("model: {least_profiles: 2}")
    model = ("--profiles", tmp_path / "few.csv", "--model", loans / "balanced.skops", *TRUST)
    vary = ("--vary", "Gender=Male,Female")
    assert 4 == evenhand("audit", "model", *model, *vary).exit_code
    assert 0 == evenhand("audit", "model", *model, *vary, "--limits", tmp_path / "limits.yml").exit_code


def test_an_entry_point_is_run_when_it_is_named(
    evenhand: Invoke, loans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function of profiles out of a module that Python finds."""
    (tmp_path / "their_loans.py").write_text("def decide(people):\n    return [p['Income'] > 50_000 for p in people]\n")
    monkeypatch.syspath_prepend(tmp_path)
    done = audit(evenhand, loans, "--entry-point", "their_loans:decide")
    assert 0 == done.exit_code, done.stderr
    assert "model their_loans:decide, 500 profiles" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "name a model's file or, instead, an entry point"),
        (("--model", "a.skops", "--entry-point", "a:b"), 2, "name a model's file or, instead, an entry point"),
        (("--entry-point", "os.system"), 5, "it is written as package.module:function_or_object"),
        (("--entry-point", "no_such_module:f"), 5, "no_such_module cannot be imported: ModuleNotFoundError"),
        (("--entry-point", "json:nothing"), 5, "json has no nothing"),
        (("--entry-point", "json:JSONDecoder"), 5, "needs a method predict, or to be a function"),
        (("--model", "missing.skops"), 5, "missing.skops cannot be read"),
    ],
)
def test_what_names_no_model_is_refused(
    evenhand: Invoke, loans: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """In one line, with the exit code of its kind."""
    done = audit(evenhand, loans, *arguments)
    assert (code, True) == (done.exit_code, said in " ".join(done.stderr.replace("│", " ").split())), done.stderr


@pytest.mark.parametrize(
    ("vary", "code", "said"),
    [
        ("Sex=M,F", 5, "field Sex to vary is absent"),
        ("Gender=Male,Other", 5, "biased.skops never learned Gender=Other; it is one of Female, Male"),
        ("Gender=Male", 2, "needs two values or more"),
    ],
)
def test_what_cannot_be_varied_is_refused(evenhand: Invoke, loans: Path, vary: str, code: int, said: str) -> None:
    """By name of the field and the value."""
    done = audit(evenhand, loans, "--model", loans / "biased.skops", *TRUST, vary=vary)
    assert (code, True) == (done.exit_code, said in " ".join(done.stderr.replace("│", " ").split())), done.stderr
