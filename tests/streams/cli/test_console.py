"""Tables on a terminal that is too narrow for them, or on none at all."""

import pytest
from rich import box
from rich.table import Table

from models.learned.online.entries import Reason
from streams.cli.console import names, numbers, print_table, texts
from streams.cli.learner_tables import print_report
from streams.console.desk.words import HELD
from tests.harness.corrections import said, taken

REQUEST = "0b8f6b57-6ed6-5b1c-9d0e-7a54d3a9a7c1"
LINE = "INTERNET TRANSFER REF 99182 CITY OF GREATER SOMEWHERE PARKING METERS AND MORE"


@pytest.mark.parametrize("columns", [20, 80, 200])
def test_names_and_numbers_are_never_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int
) -> None:
    """Ids are copied and categories looked for; a statement's line goes on below, in pieces that can be read."""
    monkeypatch.setenv("COLUMNS", str(columns))
    table = Table(
        *names("request"), *texts("description"), *names("suggested"), *numbers("amount"), box=box.SIMPLE_HEAD
    )
    table.add_row(REQUEST, LINE, "professional_services", "1,234.50 CAD")
    print_table(table)
    lines = capsys.readouterr().out.splitlines()
    assert 1 == sum(all(text in line for text in (REQUEST, "professional_services", "1,234.50 CAD")) for line in lines)
    assert not [line for line in lines if "…" in line]
    described = " ".join(line.replace(REQUEST, "").replace("professional_services", "") for line in lines)
    assert [word for word in LINE.split() if word not in described] == []
    assert max(map(len, lines)) <= max(columns, 110)


def test_the_learners_tables_keep_ids_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At 80 columns: ids of corrections, categories and actors."""
    monkeypatch.setenv("COLUMNS", "80")
    long = said(
        10**30, "A Shop With A Name That Goes On And On", "professional_services", actor="somebody.in.particular"
    )
    print_report(taken([long]).report())
    (line,) = [line for line in capsys.readouterr().out.splitlines() if f"c-{10**30}" in line]
    assert "professional_services" in line
    assert "somebody.in.particular" in line


def test_every_reason_has_words() -> None:
    """Of those that a page shows: why something waits, or was refused."""
    assert {reason.value for reason in Reason if reason is not Reason.NONE} == HELD.keys()
