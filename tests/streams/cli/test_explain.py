"""`evenhand explain`: the decision with all that led to it."""

import json
import re
import shlex
from importlib.resources import files
from pathlib import Path

import pytest

from models.contracts.events import Categorized
from models.contracts.wire import parse
from tests.streams.cli.conftest import GOOD, HEADER, SHORT, Invoke

PAGE = (Path(__file__).parents[3] / "docs" / "explanations.md").read_text(encoding="utf-8")


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


def test_a_customer_is_told_in_words(evenhand: Invoke) -> None:
    """In English by default, in another language where asked; without votes, codes or figures of confidence."""
    line = ("-d", "FLYING M TRUCK STOP", "--amount", "40", "--mcc", "5541", "--for-customer")
    english = evenhand("explain", *line)
    german = evenhand("explain", *line, "--language", "de")

    assert (0, 0) == (english.exit_code, german.exit_code)
    assert "This payment is in the category “Fuel and charging”." in english.stdout
    assert "Diese Zahlung gehört zur Kategorie „Tanken und Laden“." in german.stdout
    assert [] == [word for word in ("5541", "HIGH", "0.9", "weight", "seen before") if word in english.stdout]


def test_words_for_customers_have_their_keys_in_json(evenhand: Invoke) -> None:
    """With the place of each sentence in the file of texts."""
    result = evenhand("explain", "-d", "ZZGQ 17 XW", "--for-customer", "--language", "fr", "--json")
    said = json.loads(result.stdout)
    why = next(answer for answer in said["answers"] if answer["section"] == "why")

    assert ("fr", "asked", "unsure") == (said["language"], said["look"], said["certainty"])
    assert [f"grounds.{ground}" for ground in said["grounds"]] == why["keys"][: len(said["grounds"])]
    assert len(why["keys"]) == len(why["sentences"])


def test_a_bank_has_its_own_words(evenhand: Invoke, tmp_path: Path) -> None:
    """From a file; one that does not fit is refused with what is at fault."""
    shipped = files("models").joinpath("data/explanations.toml").read_text(encoding="utf-8")
    own = tmp_path / "words.toml"
    own.write_text(shipped.replace("Fuel and charging", "At the pump"), encoding="utf-8")
    line = ("explain", "-d", "FLYING M TRUCK STOP", "--mcc", "5541", "--for-customer", "--explanations", own)
    assert "“At the pump”" in evenhand(*line).stdout

    own.write_text(shipped.replace('fuel = "Fuel', 'fuels = "Fuel'), encoding="utf-8")
    refused = evenhand(*line)
    assert (2, "") == (refused.exit_code, refused.stdout)
    assert "words.toml: language" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--for-customer", "--language", "xx"), "--language xx has no words: there are en, de, fr"),
        (("--language", "de"), "--language and --explanations are for --for-customer"),
    ],
)
def test_a_language_that_cannot_be_used_ends_with_2(evenhand: Invoke, arguments: tuple[str, ...], said: str) -> None:
    """Those that there are, are named."""
    result = evenhand("explain", "-d", "X", *arguments)
    assert (2, "") == (result.exit_code, result.stdout)
    assert said in result.stderr


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_the_page_shows_what_is_printed(evenhand: Invoke, language: str) -> None:
    """docs/explanations.md has an example of each language as the command prints it."""
    blocks = re.findall(r"```console\n\$ evenhand (.*?)\n(.*?)```", PAGE, re.DOTALL)
    given = "" if language == "en" else f" --language {language}"
    command, output = next(block for block in blocks if block[0].endswith(f"--for-customer{given}"))

    assert output == evenhand(*shlex.split(command)).stdout
