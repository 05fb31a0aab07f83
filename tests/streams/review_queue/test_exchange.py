"""Requests to a file and answers from one: what is written can be read, and what is wrong is named by its line."""

import csv
import io
import json
from itertools import islice
from pathlib import Path

import pytest

from models.errors import FileError
from streams.console.desk.contract import Why
from streams.review_queue.entries import Ask, Outcome
from streams.review_queue.files.exchange import (
    COLUMNS,
    STATED,
    Given,
    Refused,
    as_csv,
    as_json_lines,
    exported,
    judged,
    read_answers,
)
from streams.review_queue.state.item import request_id
from tests.harness.review_journal import MemoryJournal
from tests.harness.voters import NOON

TELLING = ("suggested", "confidence", "alternatives", "why")
"""Columns that tell what was decided."""


def journal() -> MemoryJournal:
    """Three unsure requests and a blind one."""
    found = MemoryJournal()
    for number in range(3):
        found.came(number, merchant_key=f"m{number}", uncertainty=0.9 - number / 10)
    found.came(3, blind=True)
    found.taken()
    return found


def rows(found: MemoryJournal) -> dict[str, dict[str, object]]:
    """Rows by the request's id."""
    return {row["request_id"]: row for row in exported(found.queue, found.now_ms)}


def test_open_requests_are_written_in_their_order() -> None:
    """The most uncertain first; without those that somebody has on the screen."""
    found = journal()
    unsure = [request_id(f"t-{number}", blind=False) for number in range(3)]
    assert unsure == [name for name in rows(found) if name in unsure]
    assert 4 == found.queue.free(found.now_ms)
    found.ask(Ask.CLAIM, "ann", [unsure[0]])
    assert unsure[1:] == [name for name in rows(found) if name in unsure]
    assert 3 == len(rows(found)) == found.queue.free(found.now_ms)


def test_what_is_not_asked_for_is_not_read() -> None:
    """The first of 200,000 cost no more than their order."""
    found = journal()
    for item in found.queue.in_order()[1:]:
        item.packed = b""
    assert 1 == len(list(islice(exported(found.queue, found.now_ms), 1)))


def test_a_blind_request_looks_like_one_that_is_asked_without_suggestions() -> None:
    """Nothing in its row tells which of the two it is."""
    found = journal()
    found.came(4, merchant_key="m4", unaided=True)
    found.taken()
    blind, unsure, aided = request_id("t-3", blind=True), request_id("t-4", blind=False), request_id("t-0", blind=False)
    row, other = rows(found)[blind], rows(found)[unsure]
    assert {""} == {row[name] for name in TELLING} == {other[name] for name in TELLING}
    assert row.keys() == other.keys()
    assert "food_dining" == rows(found)[aided]["suggested"]


def test_what_identifies_is_masked_unless_it_is_asked_for() -> None:
    """In every column with words of the statement."""
    found, card = MemoryJournal(), "4111 1111 1111 1111"
    found.came(
        0, description=f"SHOP {card}", counterparty=f"SHOP {card}", channel="a@example.com", merchant=f"x {card}"
    )
    found.taken()
    (row,) = exported(found.queue, found.now_ms)
    assert ("SHOP [card]", "x [card]", "SHOP [card]", "[email]") == tuple(row[name] for name in STATED)
    (plain,) = exported(found.queue, found.now_ms, masked=False)
    assert card in plain["description"]


@pytest.mark.parametrize("name", ["answers.csv", "answers.jsonl"])
def test_what_was_written_can_be_answered_and_read(tmp_path: Path, name: str) -> None:
    """The columns for answers are filled, and nothing else is changed."""
    path, found = tmp_path / name, [row | {"category": "pets", "reviewer": "ann"} for row in rows(journal()).values()]
    path.write_bytes(b"".join(as_csv(found) if path.suffix == ".csv" else as_json_lines(found)))
    answers = list(read_answers(path, reviewer=None, now=NOON))
    assert [row["request_id"] for row in found] == [
        answer.entry.request_ids[0] for answer in answers if isinstance(answer, Given)
    ]
    assert {("pets", "ann")} == {(answer.entry.category, answer.entry.reviewer) for answer in answers}  # type: ignore[union-attr]


def test_a_statement_line_is_no_formula() -> None:
    """Whoever writes a line of a statement does not write into the reviewer's spreadsheet; an amount stays a number."""
    found = MemoryJournal()
    found.came(0, description='=HYPERLINK("http://x")', merchant="@SUM(1)", amount="-12.34")
    found.taken()
    text = b"".join(as_csv(rows(found).values())).decode("utf-8-sig")
    (row,) = csv.DictReader(text.splitlines())
    assert ('\'=HYPERLINK("http://x")', "'@SUM(1)", "-12.34") == (row["description"], row["merchant"], row["amount"])


GUARDED = {
    "SHOP;=HYPERLINK(0)": "SHOP;'=HYPERLINK(0)",
    'SHOP; "+1': "SHOP;' \"+1",
    "SHOP|-1": "SHOP|'-1",
    "＝1": "'＝1",
    "  @SUM(1)": "'  @SUM(1)",
    "\tSHOP": "'\tSHOP",
    "\nSHOP\n=1": "'\nSHOP\n'=1",
    "CO-OP; A+B": "CO-OP; A+B",
}


def test_a_cell_is_no_formula_wherever_it_begins(tmp_path: Path) -> None:
    """In countries that separate cells by semicolons, too, and by signs of full width; what is read back is the row."""
    found = [row | {"category": "pets", "reviewer": "ann"} for row in rows(journal()).values()]
    path = tmp_path / "requests.csv"
    for said, written in GUARDED.items():
        path.write_bytes(b"".join(as_csv([found[0] | {"description": said}])))
        (row,) = csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""))
        assert written == row["description"]
        (answer,) = read_answers(path, reviewer=None, now=NOON)
        assert isinstance(answer, Given)
        assert (found[0]["request_id"],) == answer.entry.request_ids


WRONG = {
    "x,petz,ann": (2, "its category is none of the 28"),
    ",pets,ann": (2, "it has no request_id"),
    "x,pets,": (2, "it has no reviewer"),
    "x,pets": (2, "it cannot be read (too_few_columns)"),
    f"{'x' * 200},pets,ann": (2, "it breaks the contract"),
}


@pytest.mark.parametrize("row", WRONG)
def test_a_row_that_is_wrong_is_named(tmp_path: Path, row: str) -> None:
    """By its line, with what to do, and never with what it says."""
    path = tmp_path / "answers.csv"
    path.write_text(f"request id,category,reviewer\n{row}\n")
    (refused,) = read_answers(path, reviewer=None, now=NOON)
    assert isinstance(refused, Refused)
    assert WRONG[row] == (refused.line, refused.what)
    assert refused.remedy


def test_rows_without_an_answer_are_passed_over(tmp_path: Path) -> None:
    """? is one: the reviewer does not know. A second row of a request is not taken."""
    path = tmp_path / "answers.csv"
    path.write_text("request_id,category,reviewer\na,,\nb,?,ann\nb,pets,ann\nc,pets,\n")
    first, twice, other = read_answers(path, reviewer="bob", now=NOON)
    assert isinstance(first, Given)
    assert isinstance(twice, Refused)
    assert isinstance(other, Given)
    assert (None, "ann", 3) == (first.entry.category, first.entry.reviewer, first.line)
    assert "a row above answers the same request" == twice.what
    assert "bob" == other.entry.reviewer


def test_a_file_that_is_none_is_refused_as_a_whole(tmp_path: Path) -> None:
    """A header without the columns, JSON that is none, a file that is not there."""
    path, lines = tmp_path / "answers.csv", tmp_path / "answers.jsonl"
    path.write_text("request_id;category\n")
    with pytest.raises(FileError, match="separated by commas, not by semicolons"):
        list(read_answers(path, reviewer=None, now=NOON))
    lines.write_text("[1]\n{\n")
    assert ["it is no JSON object", "it is no JSON"] == [
        row.what for row in read_answers(lines, reviewer=None, now=NOON) if isinstance(row, Refused)
    ]
    with pytest.raises(FileError, match="cannot be read"):
        list(read_answers(tmp_path / "none.jsonl", reviewer=None, now=NOON))


def test_what_the_queue_said_is_told_by_line(tmp_path: Path) -> None:
    """Taken, there already, refused."""
    path = tmp_path / "answers.jsonl"
    path.write_text("".join(json.dumps({"request_id": name, "category": "pets"}) + "\n" for name in "abc"))
    answers = [row for row in read_answers(path, reviewer="ann", now=NOON) if isinstance(row, Given)]
    said = (Outcome(), Outcome(repeated=True), Outcome(Why.ANSWERED))
    outcomes = {answer.entry.entry_id: outcome for answer, outcome in zip(answers, said, strict=True)}
    taken, repeated, refusals = judged(answers, outcomes)
    assert (1, 1, [3]) == (taken, repeated, [row.line for row in refusals])
    assert "it is answered already, or has expired" == refusals[0].what


def test_every_column_is_written() -> None:
    """In the order of the table."""
    header = next(iter(as_csv(rows(journal()).values()))).decode("utf-8-sig").splitlines()[0]
    assert list(COLUMNS) == header.split(",")
