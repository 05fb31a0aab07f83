"""`evenhand explain`: the decision with all that led to it."""

import json
from pathlib import Path

import pytest

from models.contracts.events import Categorized
from models.contracts.wire import parse
from tests.streams.cli.conftest import GOOD, HEADER, SHORT, Invoke


def test_the_decision_is_shown_with_its_votes(evenhand: Invoke) -> None:
    """Category, band, every method with weight and evidence, alternatives."""
    result = evenhand("explain", "--description", "FLYING M TRUCK STOP", "--amount", "-40", "--mcc", "5541")
    assert 0 == result.exit_code
    for said in ("fuel", "HIGH", "mcc 5541", "rules", "text", "weight", "alternatives", "money in", "accepted"):
        assert said in result.stdout


def test_the_merchant_is_named_with_the_platform(evenhand: Invoke) -> None:
    """The name behind the platform; nobody where the line names a person."""
    assert "Safeway, via DoorDash" in evenhand("explain", "-d", "DOORDASH*SAFEWAY").stdout
    assert "merchant" not in evenhand("explain", "-d", "ZELLE TO JOHN SMITH").stdout


def test_json_is_the_event(evenhand: Invoke) -> None:
    """The same contract as on the stream."""
    result = evenhand("explain", "-d", "FLYING M TRUCK STOP", "--mcc", "5541", "--json")
    event, unknown = parse(Categorized, result.stdout.encode())
    assert ("fuel", 0) == (event.category, unknown)


def test_an_unknown_text_goes_to_a_person(evenhand: Invoke) -> None:
    """The reason is in words."""
    result = evenhand("explain", "-d", "ZZGQ 17 XW")
    assert "a person decides" in result.stdout
    assert "below the review threshold" in result.stdout


def test_markup_in_a_description_is_text(evenhand: Invoke) -> None:
    """What a merchant writes does not style the terminal."""
    assert "[bold]X[/bold] [/]" in evenhand("explain", "-d", "[bold]X[/bold] [/]").stdout


def test_a_row_of_a_file_is_found_by_id(evenhand: Invoke, tmp_path: Path) -> None:
    """Rows that are refused before it do not matter; one that is not there ends with 2."""
    path = tmp_path / "in.csv"
    path.write_text(HEADER + SHORT + GOOD)
    found = evenhand("explain", "--input", path, "--id", "t1", "--json")
    assert "t1" == json.loads(found.stdout)["transaction_id"]
    assert (2, "") == ((missing := evenhand("explain", "--input", path, "--id", "t2")).exit_code, missing.stdout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give --description"),
        (("--id", "t1"), "give --description"),
        (("-d", "X", "--amount", "1e9"), "--amount is not usable: bad_format"),
        (("-d", "X", "--currency", "usd"), "--currency is not usable: unknown_currency"),
        (("-d", "X", "--timestamp", "yesterday"), "--timestamp is not usable"),
        (("-d", " "), "--description is not usable: empty"),
    ],
)
def test_wrong_options_end_with_2(evenhand: Invoke, arguments: tuple[str, ...], said: str) -> None:
    """The option at fault is named, its value is not."""
    result = evenhand("explain", *arguments)
    assert (2, "") == (result.exit_code, result.stdout)
    assert said in result.stderr
