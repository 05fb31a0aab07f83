"""The published JSON Schemas: committed as generated, true to the wire, and never changed in a breaking way."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from models.contracts.alerts import FairnessAlert
from models.contracts.compatibility import Direction, incompatibilities
from models.contracts.corrections import Correction
from models.contracts.events import Categorized, Event, ReviewRequest, Transaction
from models.contracts.schemas import PUBLISHED, check, schema
from models.contracts.wire import dump, parse
from models.errors import ContractError
from models.training.shipped.__main__ import main
from tests.harness.messages import ALERT, CORRECTION, DECISION, REVIEW, TRANSACTION, message

COMMITTED = Path(__file__).parents[3] / "schemas" / "v1"
Schema = dict[str, Any]
Change = Callable[[Schema], object]


@pytest.mark.parametrize("name", PUBLISHED)
def test_every_schema_is_a_schema(name: str) -> None:
    """Each is valid in draft 2020-12 and names itself."""
    Draft202012Validator.check_schema(schema(name))
    assert f"urn:evenhand:{name}:v1" == schema(name)["$id"]


def test_committed_schemas_are_the_generated_ones() -> None:
    """A changed contract shows in the diff of `schemas/`."""
    assert check(COMMITTED) == []


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("transaction", Transaction.model_validate(TRANSACTION)),
        ("transaction", Transaction.model_validate(TRANSACTION | {"mcc": "", "channel": None, "amount": -7})),
        ("categorized", Categorized.model_validate(DECISION)),
        ("review-request", ReviewRequest.model_validate(REVIEW)),
        ("review-request", ReviewRequest.model_validate(REVIEW | {"mcc": None, "votes": [], "amount": "1e3"[:1]})),
        ("review-request", ReviewRequest.model_validate(REVIEW | {"blind": True, "sampling_probability": 0.01})),
        ("correction", Correction.model_validate(CORRECTION)),
        ("correction", Correction.model_validate(CORRECTION | {"answers": None, "reason": None})),
        ("fairness-alert", FairnessAlert.model_validate(ALERT)),
        ("fairness-alert", FairnessAlert.model_validate(ALERT | {"reading": None, "interval": None, "category": None})),
    ],
)
def test_what_is_written_is_what_its_schema_says(name: str, event: Event) -> None:
    """Dumped events pass the committed schema."""
    committed = json.loads((COMMITTED / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator(committed).validate(json.loads(dump(event)))


@pytest.mark.parametrize(
    "literals",
    [
        {"amount": "true"},
        {"amount": '"1e400"'},
        {"amount": "1000000000000"},
        {"amount": "null"},
        {"description": '""'},
        {"description": '"  "'},
        {"description": '"' + "x" * 1025 + '"'},
        {"currency": '"cad"'},
        {"mcc": '"581"'},
        {"mcc": "5814"},
        {"schema_version": '"2"'},
        {"schema_version": "true"},
        {"timestamp": "0"},
        {"transaction_id": '""'},
    ],
)
def test_the_schema_and_the_parser_refuse_the_same(literals: dict[str, str]) -> None:
    """Whoever checks against the schema before sending sees what we would refuse."""
    raw = message(literals)
    assert not Draft202012Validator(schema("transaction")).is_valid(json.loads(raw))
    with pytest.raises(ContractError):
        parse(Transaction, raw)


@pytest.mark.parametrize(
    "literals", [{"amount": "-7"}, {"mcc": '""'}, {"mcc": "null"}, {"schema_version": "1"}, {"x": "1"}]
)
def test_the_schema_and_the_parser_accept_the_same(literals: dict[str, str]) -> None:
    """The spellings that are taken are in the schema."""
    raw = message(literals)
    assert Draft202012Validator(schema("transaction")).is_valid(json.loads(raw))
    parse(Transaction, raw)


def _set(path: str, keyword: str, value: object) -> Change:
    def change(root: Schema) -> None:
        place: Any = root
        for step in path.split("/") if path else ():
            place = place[int(step) if step.isdigit() else step]
        place[keyword] = value

    return change


BREAKING_CONSUMED: dict[str, tuple[Change, str]] = {
    "a new required field": (
        lambda root: (root["properties"].update(iban={"type": "string"}), root["required"].append("iban")),
        "iban: would be required",
    ),
    "an optional field made required": (lambda root: root["required"].append("mcc"), "mcc: would be required"),
    "a removed field": (lambda root: root["properties"].pop("channel"), "channel: would be removed"),
    "another type": (
        _set("properties/transaction_id", "type", "integer"),
        'transaction_id: type was "string", would be "integer"',
    ),
    "null no longer taken": (
        lambda root: root["properties"]["channel"]["anyOf"].pop(),
        "channel: would no longer accept null",
    ),
    "a union become one": (
        lambda root: root["properties"]["amount"]["anyOf"].pop(0),
        "amount: would no longer accept number",
    ),
    "a narrower pattern": (
        _set("properties/currency", "pattern", "^(CAD|USD)$"),
        'currency: pattern was "^[A-Z]{3}$", would be "^(CAD|USD)$"',
    ),
    "a new format": (
        _set("properties/account_id", "format", "uuid"),
        'account_id: format was absent, would be "uuid"',
    ),
    "a lower limit of length": (
        _set("properties/description", "maxLength", 512),
        "description: maxLength was 1024, would be 512",
    ),
    "a higher floor": (_set("properties/description", "minLength", 2), "description: minLength was 1, would be 2"),
    "a lower ceiling in a union": (
        _set("properties/amount/anyOf/0", "exclusiveMaximum", 1000),
        "amount: exclusiveMaximum was 1000000000000, would be 1000",
    ),
    "a value fewer": (_set("properties/schema_version", "enum", ["1"]), "schema_version: would no longer accept 1"),
    "an enumeration where any text was": (
        _set("properties/currency", "enum", ["CAD"]),
        'currency: const was absent, would be "CAD"',
    ),
    "a closed object": (
        _set("", "additionalProperties", False),
        "message: additionalProperties was absent, would be false",
    ),
    "a keyword we cannot judge": (
        _set("properties/currency", "not", {"const": "XXX"}),
        'currency: not was absent, would be {"const": "XXX"}',
    ),
}
BREAKING_PRODUCED: dict[str, tuple[Change, str]] = {
    "a removed field": (lambda root: root["properties"].pop("policy"), "policy: would be removed"),
    "a field of a vote removed": (
        lambda root: root["$defs"]["Vote"]["properties"].pop("evidence"),
        "votes[].evidence: would be removed",
    ),
    "no longer always there": (
        lambda root: root["required"].remove("category"),
        "category: would no longer be required",
    ),
    "a new category": (
        lambda root: root["$defs"]["Category"]["enum"].append("gambling"),
        'votes[].category: would emit "gambling"',
    ),
    "another type": (
        _set("properties/requires_review", "type", "string"),
        'requires_review: type was "boolean", would be "string"',
    ),
    "a wider type": (
        _set("$defs/Agreement/properties/voting", "type", "number"),
        'agreement.voting: type was "integer", would be "number"',
    ),
    "null as well": (_set("properties/model_version", "type", ["string", "null"]), "model_version: would emit null"),
    "a limit lifted": (
        lambda root: root["properties"]["confidence"].pop("maximum"),
        "confidence: maximum was 1, would be absent",
    ),
    "a constant lifted": (
        lambda root: root["properties"]["schema_version"].pop("const"),
        'schema_version: const was "1", would be absent',
    ),
    "another version": (_set("properties/schema_version", "const", "2"), 'schema_version: const was "1", would be "2"'),
    "items of any kind": (
        lambda root: root["properties"]["reasons"].pop("items"),
        "reasons[]: would emit anything",
    ),
}


def _changes(name: str, change: Change) -> list[str]:
    old = schema(name)
    new = copy.deepcopy(old)
    change(new)
    assert old != new
    return incompatibilities(old, new, direction=PUBLISHED[name].direction)


@pytest.mark.parametrize(("change", "line"), BREAKING_CONSUMED.values(), ids=BREAKING_CONSUMED.keys())
def test_accepting_less_is_breaking(change: Change, line: str) -> None:
    """What the bank's bus may send today it may send tomorrow."""
    assert line in _changes("transaction", change)


@pytest.mark.parametrize(("change", "line"), BREAKING_PRODUCED.values(), ids=BREAKING_PRODUCED.keys())
def test_emitting_more_is_breaking(change: Change, line: str) -> None:
    """What a ledger relies on today is true tomorrow."""
    assert line in _changes("categorized", change)


COMPATIBLE: dict[str, tuple[str, Change]] = {
    "a new optional field": ("transaction", lambda root: root["properties"].update(city={"type": "string"})),
    "a field no longer required": ("transaction", lambda root: root["required"].remove("timestamp")),
    "longer texts": ("transaction", _set("properties/description", "maxLength", 2048)),
    "any text": ("transaction", lambda root: root["properties"]["currency"].pop("pattern")),
    "null as well": ("transaction", _set("properties/account_id", "type", ["string", "null"])),
    "one more version": ("transaction", _set("properties/schema_version", "enum", ["1", 1, "2"])),
    "other words": ("transaction", _set("properties/amount", "description", "How much.")),
    "a field more": ("categorized", lambda root: root["properties"].update(region={"type": "string"})),
    "a new field that is always there": (
        "categorized",
        lambda root: (root["properties"].update(region={"type": "string"}), root["required"].append("region")),
    ),
    "a category fewer": ("categorized", lambda root: root["$defs"]["Category"]["enum"].remove("pets")),
    "a narrower range": ("categorized", _set("properties/confidence", "minimum", 0.5)),
    "integers only": ("categorized", _set("properties/uncertainty", "type", "integer")),
}


@pytest.mark.parametrize(("name", "change"), COMPATIBLE.values(), ids=COMPATIBLE.keys())
def test_accepting_more_and_emitting_less_is_compatible(name: str, change: Change) -> None:
    """Compatible changes are let through, so that a refusal means something."""
    assert _changes(name, change) == []


@pytest.mark.parametrize("name", PUBLISHED)
@pytest.mark.parametrize("direction", Direction)
def test_no_change_is_compatible(name: str, direction: Direction) -> None:
    """A schema takes its own place."""
    assert incompatibilities(schema(name), schema(name), direction=direction) == []


def test_writing_refuses_a_breaking_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--write` leaves the committed files alone, names the change and fails."""
    old = schema("categorized")
    old["required"].append("region")
    old["properties"]["region"] = {"type": "string"}
    path = tmp_path / "categorized.json"
    path.write_text(json.dumps(old), encoding="utf-8")
    assert main(["schemas", "--write", "--directory", str(tmp_path)]) == 1
    assert "categorized.json: region: would be removed" in capsys.readouterr().err
    assert json.dumps(old) == path.read_text(encoding="utf-8")
    assert [path] == list(tmp_path.iterdir())


def test_writing_then_checking_succeeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--check` fails on what is missing or edited by hand, and passes on what `--write` wrote."""
    directory = tmp_path / "v1"
    assert main(["schemas", "--check", "--directory", str(directory)]) == 1
    assert "transaction.json: missing; run make schemas" in capsys.readouterr().err
    assert main(["schemas", "--write", "--directory", str(directory)]) == 0
    assert main(["schemas", "--check", "--directory", str(directory)]) == 0
    (directory / "transaction.json").write_text("{}", encoding="utf-8")
    assert main(["schemas", "--check", "--directory", str(directory)]) == 1
    assert capsys.readouterr().err == "transaction.json: out of date; run make schemas\n"
