"""The AsyncAPI document: valid by AsyncAPI's own parser, and true to the topics, the headers and the contracts."""

import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from models.contracts.alerts import FairnessAlert
from models.contracts.corrections import Correction
from models.contracts.events import Event, ReviewRequest, Transaction
from models.contracts.schemas import PUBLISHED
from models.contracts.wire import REASONS, dump, parse
from models.decisions.ensemble import Ensemble
from models.errors import ContractError
from models.voters.contract import Method
from monitors.counts.history import History
from monitors.counts.summarise import observe
from streams.kafka.topics import SINGLE, TOPICS
from streams.messages.cloudevents import Codec, alert_record, dead_letter
from streams.messages.diversion import divert
from streams.messages.headers import LANE_HEADER
from streams.messages.observations import encode_observation
from streams.messages.records import Received
from streams.monitor.changelog import alert_records, changelog
from tests.harness.messages import ALERT, message
from tests.harness.voters import says, transaction

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs" / "asyncapi.yaml"
CHECKER = ROOT / "ops" / "asyncapi"
TRACE = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")


@pytest.fixture(scope="module")
def document() -> Mapping[str, Any]:
    """The document as data."""
    loaded: Mapping[str, Any] = YAML(typ="safe").load(DOCUMENT.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture(scope="module")
def node() -> str:
    """Node, with AsyncAPI's parser installed from the lock file."""
    found = shutil.which("node")
    npm = shutil.which("npm")
    assert found, "node is needed for this test; install Node.js 18 or later"
    if not (CHECKER / "node_modules").is_dir():
        assert npm, "npm is needed to install AsyncAPI's parser"
        subprocess.run([npm, "ci", "--prefix", str(CHECKER)], check=True, capture_output=True, timeout=240)
    return found


def _checked(node: str, path: Path) -> subprocess.CompletedProcess[str]:
    command = [node, str(CHECKER / "validate.mjs"), str(path)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema of the document that stands alone."""
    return {**schema, "components": document["components"]}


def _record(value: bytes | None, *headers: tuple[str, bytes]) -> Received:
    return ConsumerRecord("transactions", 3, 41, 0, 0, b"a-1", value, None, 3, len(value or b""), headers)


@pytest.mark.slow
def test_asyncapis_own_parser_finds_no_error(node: str) -> None:
    """The document and every schema it refers to are valid AsyncAPI 3.0."""
    result = _checked(node, DOCUMENT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("action: receive", "action: eat"),
        ("../schemas/v1/categorized.json", "../schemas/v1/missing.json"),
        ('$ref: "#/channels/review"', '$ref: "#/channels/reviews"'),
    ],
)
def test_the_parser_would_find_an_error(node: str, tmp_path: Path, old: str, new: str) -> None:
    """The check can fail: a wrong action, a lost schema, a channel that is not there."""
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    (tmp_path / "docs").mkdir()
    spoilt = tmp_path / "docs" / "asyncapi.yaml"
    text = DOCUMENT.read_text(encoding="utf-8")
    assert old in text
    spoilt.write_text(text.replace(old, new), encoding="utf-8")
    assert _checked(node, spoilt).returncode == 1


def test_the_channels_are_the_topics(document: Mapping[str, Any]) -> None:
    """Names, retention and size limits are those that `evenhand topics create` sets."""
    described = {
        channel["address"]: {
            key: ",".join(value) if isinstance(value, list) else str(value)
            for key, value in channel["bindings"]["kafka"]["topicConfiguration"].items()
        }
        for channel in document["channels"].values()
    }
    assert {spec.role.value: spec.config() for spec in TOPICS} == described


def test_topics_of_one_partition_are_described_as_such(document: Mapping[str, Any]) -> None:
    """Whoever creates topics by the document creates what a worker and a monitor accept."""
    partitions = {
        channel["address"]: channel["bindings"]["kafka"].get("partitions") for channel in document["channels"].values()
    }
    assert {spec.role.value: 1 if spec.role in SINGLE else None for spec in TOPICS} == partitions


def test_what_others_send_and_get_has_an_operation(document: Mapping[str, Any]) -> None:
    """Every channel but the internal ones is received or sent."""
    used = {operation["channel"]["$ref"].rpartition("/")[2] for operation in document["operations"].values()}
    internal = {name for name, channel in document["channels"].items() if channel["summary"].startswith("Internal")}
    people = {"reviewJournal", "learningJournal", "updates", "learning"}
    assert {"slow", "observations", "state"} | people == internal
    assert used == document["channels"].keys() - internal


def test_every_published_schema_is_referred_to(document: Mapping[str, Any]) -> None:
    """The payloads are the committed schemas, not copies."""
    references = {message["payload"].get("$ref") for message in document["components"]["messages"].values()}
    assert {f"../schemas/v1/{name}.json" for name in PUBLISHED} == references - {None}


@pytest.mark.parametrize(
    ("name", "contract"),
    [("transaction", Transaction), ("correction", Correction), ("fairnessAlert", FairnessAlert)],
)
def test_the_examples_are_messages(document: Mapping[str, Any], name: str, contract: type[Event]) -> None:
    """Whoever copies an example sends something that is accepted, or builds for something that is sent."""
    described = document["components"]["messages"][name]
    schema = json.loads((DOCUMENT.parent / described["payload"]["$ref"]).read_text(encoding="utf-8"))
    assert described["examples"]
    for example in described["examples"]:
        Draft202012Validator(schema).validate(example["payload"])
        assert parse(contract, json.dumps(example["payload"]).encode())[1] == 0


def test_the_examples_of_corrections_tell_the_cases_apart(document: Mapping[str, Any]) -> None:
    """A decision changed, a blind one confirmed, and one that replies to nothing."""
    examples = [example["payload"] for example in document["components"]["messages"]["correction"]["examples"]]
    changed, confirmed, elsewhere = (parse(Correction, json.dumps(example).encode())[0] for example in examples)
    assert changed.answers is not None
    assert confirmed.answers is not None
    assert (False, 1.0) == (changed.answers.blind, changed.answers.sampling_probability)
    assert changed.category != changed.answers.category
    assert (True, 0.01) == (confirmed.answers.blind, confirmed.answers.sampling_probability)
    assert confirmed.category == confirmed.answers.category
    assert elsewhere.answers is None


@pytest.mark.parametrize(("name", "confidence"), [("categorizedHeaders", 0.95), ("reviewRequestHeaders", 0.5)])
def test_decisions_carry_the_headers_that_are_described(
    document: Mapping[str, Any], name: str, confidence: float
) -> None:
    """All described headers are sent, those of the slow lane too, none else, and the key is the account."""
    stamp = Codec(source="/evenhand/categorizer", marks=(LANE_HEADER,)).stamp(datetime(2025, 3, 4, tzinfo=UTC))
    ensemble = Ensemble([says(Method.TEXT, "fuel", confidence)], "m1")
    (decision,) = ensemble.decide([transaction()], now=datetime(2025, 3, 4, tzinfo=UTC))
    output = stamp.encode(decision, b"0123456789abcdef", [TRACE])
    sent = {key: value.decode() for key, value in output.headers}
    schemas = document["components"]["schemas"]
    Draft202012Validator(_resolved(document, schemas[name])).validate(sent)
    assert set(schemas["decisionHeaders"]["properties"]) == set(sent)
    assert decision.transaction.account_id.encode() == output.key


def test_blind_requests_are_as_described(document: Mapping[str, Any]) -> None:
    """The copy is marked in header and value, has nothing of the votes, and says how likely the draw was."""
    stamp = Codec(source="/evenhand/categorizer", marks=(LANE_HEADER,)).stamp(datetime(2025, 3, 4, tzinfo=UTC))
    ensemble = Ensemble([says(Method.TEXT, "fuel", 0.95)], "m1")
    (decision,) = ensemble.decide([transaction()], now=datetime(2025, 3, 4, tzinfo=UTC))
    copy = decision.verdict.blind_copy(decision.transaction, probability=0.01)
    output = stamp.encode_blind(copy, b"0123456789abcdef", [TRACE])
    sent = {key: value.decode() for key, value in output.headers}
    schemas = document["components"]["schemas"]
    Draft202012Validator(_resolved(document, schemas["reviewRequestHeaders"])).validate(sent)
    own = schemas["reviewRequestHeaders"]["allOf"][1]["properties"]
    assert set(schemas["decisionHeaders"]["properties"]) | set(own) == set(sent)
    read, _ = parse(ReviewRequest, output.value or b"")
    assert (True, 0.01, (), ()) == (read.blind, read.sampling_probability, read.votes, read.alternatives)
    told = document["components"]["messages"]["reviewRequest"]["description"]
    answered = {"category", "confidence", "amount_band", "blind", "sampling_probability", "model_version"}
    assert [name for name in answered if name not in told] == []


def test_alerts_carry_the_headers_that_are_described(document: Mapping[str, Any]) -> None:
    """All described headers are sent, none else; key and subject are the fingerprint; each step has its own id."""
    opened = parse(FairnessAlert, json.dumps(ALERT).encode())[0]
    resolved = parse(FairnessAlert, json.dumps(ALERT | {"state": "resolved"}).encode())[0]
    output, again, end = (alert_record(alert, source="/evenhand/evenhand") for alert in (opened, opened, resolved))
    sent = {key: value.decode() for key, value in output.headers}
    schema = document["components"]["schemas"]["alertHeaders"]
    Draft202012Validator(_resolved(document, schema)).validate(sent)
    assert set(schema["required"]) == set(schema["properties"]) == set(sent)
    assert opened.fingerprint == sent["ce_subject"] == (output.key or b"").decode()
    assert re.fullmatch(
        document["components"]["messages"]["fairnessAlert"]["bindings"]["kafka"]["key"]["pattern"], sent["ce_subject"]
    )
    assert output == again
    assert dict(output.headers)["ce_id"] != dict(end.headers)["ce_id"]


def test_internal_records_are_as_described(document: Mapping[str, Any]) -> None:
    """A summary has the fields of its description, all of them; each record of the changelog has a key of its form."""
    messages = document["components"]["messages"]
    ensemble = Ensemble([says(Method.TEXT, "fuel", 0.95)], "m1")
    decided = ensemble.decide([transaction()], now=transaction().timestamp)
    observation = observe(decided, records=("transactions:3", 41, 42), model_version="m1")
    output = encode_observation(observation)
    schema = messages["observation"]["payload"]
    Draft202012Validator(schema).validate(json.loads(output.value or b""))
    assert set(schema["required"]) == set(schema["properties"]) == set(json.loads(output.value or b""))
    history, alert = History(), parse(FairnessAlert, json.dumps(ALERT).encode())[0]
    changes = history.take(observation)
    stored = [
        *changelog(history, changes),
        *alert_records([], {alert.fingerprint: alert}, [alert.fingerprint]),
    ]
    pattern = messages["state"]["bindings"]["kafka"]["key"]["pattern"]
    kinds = {(record.key or b"").decode().partition(":")[0] for record in stored}
    assert {"bucket", "source", "answered", "passed", "alert"} == kinds
    assert [record.key for record in stored if not re.fullmatch(pattern, (record.key or b"").decode())] == []
    assert dump(alert) in [record.value for record in stored]


def test_diverted_transactions_are_as_described(document: Mapping[str, Any]) -> None:
    """What waits for the LLM is a transaction without its unknown fields, and carries all described headers."""
    record = _record(message(), TRACE, ("evenhand_attempt", b"2"))
    output = divert(record, transaction(), b"0123456789abcdef")
    sent = {key: value.decode() for key, value in output.headers}
    schema = document["components"]["schemas"]["divertedHeaders"]
    Draft202012Validator(_resolved(document, schema)).validate(sent)
    assert set(schema["properties"]) == set(sent)
    assert transaction() == parse(Transaction, output.value or b"")[0]
    assert (transaction().account_id.encode(), "41") == (output.key, sent["evenhand_offset"])


@pytest.mark.parametrize(
    "record", [_record(message(), TRACE), _record(b"\xff"), _record(b"{}", ("evenhand_attempt", b"2")), _record(None)]
)
def test_dead_letters_carry_the_headers_that_are_described(document: Mapping[str, Any], record: Received) -> None:
    """All described headers are sent, none else but where the value was cut or a trace was passed on."""
    output = dead_letter(record, ContractError("wrong_type", "amount"), "decode")
    sent = {key: value.decode() for key, value in output.headers}
    schema = document["components"]["schemas"]["deadLetterHeaders"]
    Draft202012Validator(_resolved(document, schema)).validate(sent)
    assert set(schema["required"]) <= set(sent) <= set(schema["properties"])


@pytest.mark.parametrize(
    "stage", ["decode", "deduplicate", "categorize", "correct", "learn", "observe", "review", "queue"]
)
def test_the_stages_of_dead_letters_are_described(document: Mapping[str, Any], stage: str) -> None:
    """A tool that sorts dead letters by their stage knows all that there are."""
    described = document["components"]["schemas"]["deadLetterHeaders"]["properties"]["evenhand_stage"]["enum"]
    assert stage in described


def test_reasons_are_fit_to_be_labels(document: Mapping[str, Any]) -> None:
    """Every reason of the wire parser has the described form."""
    pattern = document["components"]["schemas"]["deadLetterHeaders"]["properties"]["evenhand_reason"]["pattern"]
    assert [reason for reason in REASONS if not re.fullmatch(pattern, reason)] == []
