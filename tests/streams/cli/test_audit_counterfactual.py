"""`evenhand audit counterfactual`: exit codes and files."""

import json
from pathlib import Path

from tests.streams.cli.conftest import Invoke


def limits(folder: Path, text: str) -> Path:
    """A limits file with this part."""
    path = folder / "limits.yml"
    path.write_text(f"counterfactual: {text}", encoding="utf-8")
    return path


def test_what_never_flips_passes(evenhand: Invoke, tmp_path: Path) -> None:
    """The time of day is seen by nobody who decides, and limits of other attributes do not matter to it."""
    held = limits(tmp_path, "{time_review: {limit: 0.0}, least_named: 999999}")
    done = evenhand("audit", "counterfactual", "--attribute", "time", "--limits", held)
    assert done.exit_code == 0, done.output
    assert "Passed." in done.output


def test_what_flips_fails_and_is_written(evenhand: Invoke, tmp_path: Path) -> None:
    """A limit of nothing on the size of shops, which does flip: exit code 1, a report, the same figures again."""
    held = limits(tmp_path, "{size_review: {limit: 0.0, goal: 0.0}}")
    arguments = ("audit", "counterfactual", "--attribute", "size", "--seed", 3, "--limits", held, "--output")
    first, second = (evenhand(*arguments, tmp_path / name) for name in ("one", "two"))
    assert (first.exit_code, second.exit_code) == (1, 1), first.output
    assert sorted(path.suffix for path in (tmp_path / "one").iterdir()) == [".html", ".json", ".md"]
    one, two = (
        json.loads((tmp_path / name / "counterfactual_report.json").read_text(encoding="utf-8"))
        for name in ("one", "two")
    )
    assert one["outcome"] == "fail"
    assert one["attributes"][0]["worst_pairs"]
    assert one["run"].pop("at") <= two["run"].pop("at")
    assert one == two


def test_few_pairs_of_names_are_no_pass(evenhand: Invoke, tmp_path: Path) -> None:
    """Limits beyond reach: what is left is that rare flips cannot be seen in so few pairs."""
    wide = ", ".join(f"name_origin_{name}: {{limit: 1}}" for name in ("category", "review", "gap"))
    held = limits(tmp_path, f"{{{wide}}}")
    done = evenhand("audit", "counterfactual", "--attribute", "name_origin", "--people", 1, "--limits", held, "--json")
    assert done.exit_code == 4, done.output
    assert json.loads(done.output)["outcome"] == "not_measured"


def test_more_people_than_names_are_refused(evenhand: Invoke) -> None:
    """Nobody is asked for twice to fill a list."""
    done = evenhand("audit", "counterfactual", "--attribute", "name_gender", "--people", 10_000_000)
    assert done.exit_code == 4
    assert "there are names for" in done.output
