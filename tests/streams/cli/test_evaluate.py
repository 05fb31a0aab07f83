"""`evenhand evaluate`: labelled rows in, figures with counts and intervals out."""

import gzip
import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.streams.cli.conftest import GOOD, HEADER, Invoke

HEAD = "description,amount,currency,date,mcc,kind,source\n"
ROWS = (
    "SHELL 12,40.00,CAD,2020-11-01,5541,Petrol,a\n"
    "TIM HORTONS #5547,4.20,CAD,2020-11-02,5814,Coffee,a\n"
    "FOOD BASICS #606,140.00,CAD,2020-11-03,5411,Food,b\n"
    "ZZGQ 17 XW,1400.00,CAD,2020-11-04,5411,Mystery,b\n"
)
TORN = "SHELL 12,forty,CAD,2020-11-05,5541,Petrol,b\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four labelled rows, one with a label that the map does not have."""
    (tmp_path / "map.csv").write_text(
        "label,category\nPetrol,fuel\nCoffee,food_dining\nFood,groceries\nFood,food_dining\n", encoding="utf-8"
    )
    path = tmp_path / "data.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    return path


def test_reports_are_written_and_agree(evenhand: Invoke, data: Path, tmp_path: Path) -> None:
    """Three files with the figures of the JSON on stdout; labels without a category are counted."""
    folder = tmp_path / "deep" / "report"
    options = ("--data", data, "--labels", "kind", "--map", tmp_path / "map.csv", "--output", folder)
    result = evenhand("evaluate", *options, "--json")
    report = json.loads(result.stdout)

    assert 0 == result.exit_code
    assert ["report.html", "report.json", "report.md"] == sorted(path.name for path in folder.iterdir())
    assert report == json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert (4, 3, 1, 0) == tuple(report["rows"][name] for name in ("read", "scored", "unknown_label", "refused"))
    assert {"Mystery": 1} == report["unknown_labels"]
    assert (3, 3) == tuple(report["metrics"]["scores"]["accuracy"][name] for name in ("hits", "rows"))
    assert ["merchant", "source"] == [split["by"] for split in report["splits"]]
    for name in ("report.html", "report.md"):
        assert "of 3" in (folder / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("content", ["", HEAD])
def test_a_file_without_rows_ends_with_7(evenhand: Invoke, tmp_path: Path, content: str) -> None:
    """It is told from one whose labels mean nothing; there is no report of nothing."""
    data = tmp_path / "data.csv"
    data.write_text(content, encoding="utf-8")
    result = evenhand("evaluate", "--data", data, "--labels", "kind", "--output", tmp_path / "report")
    assert (7, "") == (result.exit_code, result.stdout)
    assert f"error: {data} has no rows\n" == result.stderr
    assert not list(tmp_path.glob("report/*"))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda text: text.replace(",", ";").encode(), 2),
        (lambda text: text.replace(",", "\t").encode(), 2),
        (lambda text: text.replace("\n", "\r").encode(), 2),
        (lambda text: text.encode("utf-16"), 2),
        (lambda text: text.replace("amount", "sum").encode(), 2),
        (lambda text: text.replace("timestamp,", "timestamp,amount,").encode(), 2),
        (lambda text: text.partition("\n")[0].encode(), 7),
        (lambda _text: b"", 7),
    ],
    ids=["semicolons", "tabs", "CR", "UTF-16", "column missing", "column twice", "header alone", "empty"],
)
def test_a_spoilt_file_is_the_same_fault_for_categorize(
    evenhand: Invoke, tmp_path: Path, spoil: Callable[[str], bytes], code: int
) -> None:
    """One file, one wording and one exit code, whichever command reads it; only the needed columns are each one's."""
    data = tmp_path / "data.csv"
    data.write_bytes(spoil(HEADER + GOOD))
    results = [
        evenhand("evaluate", "--data", data, "--labels", "mcc"),
        evenhand("categorize", "--input", data, "--output", tmp_path / "out.jsonl"),
    ]
    assert [code] * 2 == [result.exit_code for result in results]
    said = [re.sub("no column [^:]*:", "no column ...:", result.stderr) for result in results]
    assert said[0] == said[1]
    assert "FOOD" not in results[0].stderr


def test_no_report_holds_a_description(evenhand: Invoke, data: Path, tmp_path: Path) -> None:
    """Neither the files nor stdout have the text of a transaction, the merchant made of it, or its amount."""
    folder = tmp_path / "report"
    done = evenhand("evaluate", "--data", data, "--labels", "mcc", "--output", folder)
    printed = done.stdout + "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())

    texts = ("hortons", "timhortons", "basics", "zzgq", "140.00", "1400")
    assert [] == [text for text in texts if text in printed.casefold()]


def test_the_summary_is_for_people(evenhand: Invoke, data: Path, tmp_path: Path) -> None:
    """Headline with counts, gaps or why there are none, what became of the rows, where the report is."""
    result = evenhand("evaluate", "--data", data, "--labels", "mcc", "--output", tmp_path / "report")

    assert 0 == result.exit_code
    for said in ("accuracy", "of 4", "coverage at 95% precision", "no gap: not two groups with 30 transactions"):
        assert said in result.stdout
    for said in ("by merchant", "by source", "rows: 4 read, 4 scored", "decisions per CPU second", "report.html"):
        assert said in result.stdout


def test_the_command_of_a_report_gives_the_same_figures(evenhand: Invoke, data: Path) -> None:
    """A report names the command that makes it again."""
    options = ("--labels", "mcc", "--since", "2020-11-02", "--sample", "2", "--seed", "3", "--with-mcc")
    first = json.loads(evenhand("evaluate", "--data", data, *options, "--json").stdout)
    program, *arguments = shlex.split(first["run"]["command"])
    second = json.loads(evenhand(*arguments, "--json").stdout)

    assert "evenhand" == program
    assert first["run"]["command"] == second["run"]["command"]
    assert first["metrics"] == second["metrics"]
    assert (2, 1, True) == (
        first["rows"]["scored"],
        first["rows"]["outside_dates"],
        first["run"]["selection"]["with_mcc"],
    )


def test_the_code_is_withheld(evenhand: Invoke, data: Path) -> None:
    """A merchant that only its code gives away is right with the code alone."""
    data.write_text(HEAD + "ZZGQ 17 XW,1400.00,CAD,2020-11-04,5541,fuel,b\n", encoding="utf-8")
    without, shown = (
        json.loads(evenhand("evaluate", "--data", data, "--labels", "kind", "--json", *option).stdout)
        for option in ((), ("--with-mcc",))
    )

    assert [0, 1] == [each["metrics"]["scores"]["accuracy"]["hits"] for each in (without, shown)]


def test_refused_rows_are_named_by_line_and_end_with_3(evenhand: Invoke, tmp_path: Path) -> None:
    """Line, field and reason, never the value; the rest is scored, the report is written."""
    packed = tmp_path / "data.csv.gz"
    packed.write_bytes(gzip.compress((HEAD + ROWS + TORN).encode()))
    result = evenhand("evaluate", "--data", packed, "--labels", "mcc", "--output", tmp_path / "report")

    assert 3 == result.exit_code
    assert "line 6 (amount: bad_format)" in result.stdout
    assert "forty" not in result.stdout + (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "rows: 5 read, 4 scored, 1 refused" in result.stdout


def test_merchants_of_a_training_table_count_as_known(evenhand: Invoke, data: Path, tmp_path: Path) -> None:
    """--trained-on takes the place of the model's memory."""
    table = tmp_path / "table.csv"
    table.write_text("description\nZZGQ 17 XW\nTIM HORTONS #1\n", encoding="utf-8")
    report = json.loads(evenhand("evaluate", "--data", data, "--labels", "mcc", "--trained-on", table, "--json").stdout)

    parts = report["splits"][0]["parts"]
    assert {"in the training": 2, "new": 2} == {name: scores["accuracy"]["rows"] for name, scores in parts.items()}


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--labels", "truth"), 2, "no column truth"),
        (("--labels", "description"), 2, "cannot be the description"),
        (("--labels", "mcc", "--since", "yesterday"), 2, "--since"),
        (("--labels", "mcc", "--map", "none.csv"), 2, "none.csv cannot be read"),
        (("--labels", "mcc", "--trained-on", "none.csv"), 2, "none.csv cannot be read"),
        (("--labels", "mcc", "--output", "/dev/null/x"), 2, "cannot be made"),
        (("--labels", "kind"), 5, "nothing to score"),
        (("--labels", "mcc", "--since", "2021-01-01"), 5, "nothing to score"),
        (("--labels", "mcc", "--model", "none"), 5, "evenhand train"),
    ],
)
def test_what_cannot_be_used_is_said(
    evenhand: Invoke, data: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    """One line on stderr, nothing on stdout, its exit code."""
    result = evenhand("evaluate", "--data", data, *options)

    assert (code, "") == (result.exit_code, result.stdout)
    assert said in result.stderr


def test_corrections_are_played_through(evenhand: Invoke, data: Path, tmp_path: Path) -> None:
    """Figures with their bars, for people and for programs; a bar that is not kept is no failure."""
    data.write_text(HEAD + 3 * ROWS, encoding="utf-8")
    few = ("--merchants", 2, "--draws", 1, "--pairs", 2, "--wrong", 10, "--actors", 2, "--timed", 100)
    options = ("--data", data, "--labels", "kind", "--map", tmp_path / "map.csv", *few)
    shown = evenhand("evaluate", "online", *options)
    assert 0 == shown.exit_code
    assert "decisions changed on the most frequent merchant" in shown.stdout
    told = json.loads(evenhand("evaluate", "online", *options, "--json").stdout)
    assert ("data.csv", 9, 6) == (told["data"], told["rows"], len(told["parts"]))
    figures = [figure for part in told["parts"] for figure in part["figures"]]
    assert all({"name", "value", "rows", "interval", "bar", "kept"} <= set(figure) for figure in figures)


def test_a_row_alone_cannot_be_halved(evenhand: Invoke, data: Path, tmp_path: Path) -> None:
    """One half is guarded, the other measured."""
    options = ("--data", data, "--labels", "kind", "--map", tmp_path / "map.csv", "--limit", 1)
    result = evenhand("evaluate", "online", *options)
    assert (7, "") == (result.exit_code, result.stdout)
    assert "fewer than two rows" in result.stderr


@pytest.mark.parametrize("given", [(), ("--labels", "kind"), ("--data", "data.csv")])
def test_the_file_and_its_labels_must_be_named(evenhand: Invoke, given: tuple[str, ...]) -> None:
    """Though sub-commands have their own."""
    result = evenhand("evaluate", *given)
    assert 2 == result.exit_code
    assert "it must be given" in result.stderr
