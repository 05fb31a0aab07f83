"""`evenhand audit counterfactual`: exit codes, files, and what it says of options that are none."""

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
    held = limits(tmp_path, "{time_review: {limit: 0.0}, least_name_pairs: 999999}")
    done = evenhand("audit", "counterfactual", "--attribute", "time", "--limits", held)
    assert done.exit_code == 0, done.output
    assert "Passed." in done.output


def test_what_flips_fails_and_is_written(evenhand: Invoke, tmp_path: Path) -> None:
    """A limit of nothing on the size of shops, which does flip: exit code 1, three files, the same bytes again."""
    held = limits(tmp_path, "{size_review: {limit: 0.0, goal: 0.0}}")
    arguments = ("audit", "counterfactual", "--attribute", "size", "--seed", 3, "--limits", held, "--output")
    first, second = (evenhand(*arguments, tmp_path / name) for name in ("one", "two"))
    assert (first.exit_code, second.exit_code) == (1, 1), first.output
    files = [sorted((tmp_path / name).iterdir()) for name in ("one", "two")]
    assert [path.name for path in files[0]] == [f"counterfactual_report.{ending}" for ending in ("html", "json", "md")]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
    written = json.loads(files[0][1].read_text(encoding="utf-8"))
    assert written["outcome"] == "fail"
    assert written["attributes"][0]["worst_pairs"]


def test_few_pairs_of_names_are_no_pass(evenhand: Invoke, tmp_path: Path) -> None:
    """Limits beyond reach: what is left is that rare flips cannot be seen in so few pairs."""
    wide = ", ".join(f"origin_{name}: {{limit: 1}}" for name in ("category", "review"))
    wide += ", origin_category_worst: {limit: 1}, origin_review_worst: {limit: 1}"
    held = limits(tmp_path, f"{{{wide}}}")
    done = evenhand("audit", "counterfactual", "--attribute", "origin", "--pairs", 400, "--limits", held, "--json")
    assert done.exit_code == 4, done.output
    assert json.loads(done.output)["outcome"] == "not_measured"


def test_an_attribute_that_is_none_is_named(evenhand: Invoke) -> None:
    """With those that there are."""
    done = evenhand("audit", "counterfactual", "--attribute", "colour")
    assert done.exit_code == 2
    assert "colour is none" in done.output
    assert "cuisine" in done.output
