"""The contracts of what people say and of what is told about it: corrections come in, alerts go out."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from models.contracts.alerts import FairnessAlert
from models.contracts.compatibility import incompatibilities
from models.contracts.corrections import Correction, Scope, Standing, check_scope
from models.contracts.events import AmountBand
from models.contracts.fields import SMALLEST_SAMPLING_PROBABILITY
from models.contracts.schemas import PUBLISHED, schema
from models.contracts.taxonomy import CATEGORIES
from models.contracts.wire import REASONS, dump, field_names, parse
from models.errors import ContractError
from monitors.alerts.lifecycle import step
from monitors.base.contract import MonitorName, Reading, ReadingState
from monitors.counts.windows import Window
from tests.harness.fuzzing import fuzzed_messages
from tests.harness.messages import ALERT, CORRECTION, answering, refusal
from tests.harness.voters import NOON

COMMITTED = Path(__file__).parents[3] / "schemas" / "v1"
REQUIRED = ("correction_id", "transaction_id", "category", "actor", "timestamp")


def said(*, drop: str = "", **changed: object) -> bytes:
    """A valid correction with fields replaced, or without one."""
    return json.dumps({key: value for key, value in (CORRECTION | changed).items() if key != drop}).encode()


def committed(name: str) -> Draft202012Validator:
    """The schema that others have."""
    return Draft202012Validator(json.loads((COMMITTED / f"{name}.json").read_text(encoding="utf-8")))


VALID: dict[str, bytes] = {
    "all fields": said(),
    "without an answer": said(drop="answers"),
    "answers null": said(answers=None),
    "without a reason": said(drop="reason"),
    "version as a number": said(schema_version=1),
    "no version": said(drop="schema_version"),
    "no word on the draw": answering(blind=None, sampling_probability=None),
    "the smallest probability": answering(sampling_probability=SMALLEST_SAMPLING_PROBABILITY),
    "probability as a whole number": answering(sampling_probability=1),
    "no merchant": answering(merchant_key=None),
    "confidence 0": answering(confidence=0),
    **{f"a right {category}": said(category=category) for category in (CATEGORIES[0], CATEGORIES[-1])},
    **{f"an amount {band.value}": answering(amount_band=band.value) for band in AmountBand},
}


@pytest.mark.parametrize("raw", VALID.values(), ids=VALID.keys())
def test_valid_corrections_are_read(raw: bytes) -> None:
    """By the parser and by the committed schema; what was read is written and read the same."""
    correction, dropped = parse(Correction, raw)
    assert dropped == 0
    assert committed("correction").is_valid(json.loads(raw))
    assert (correction, 0) == parse(Correction, dump(correction))
    assert committed("correction").is_valid(json.loads(dump(correction)))


def test_a_correction_without_a_word_on_the_draw_was_no_draw() -> None:
    """Unsure decisions all come to people: probability 1, and not blind."""
    correction, _ = parse(Correction, answering(blind=None, sampling_probability=None))
    assert correction.answers is not None
    assert (False, 1.0) == (correction.answers.blind, correction.answers.sampling_probability)


FAULTS: dict[str, tuple[bytes, tuple[str, str | None]]] = {
    **{f"no {name}": (said(drop=name), ("missing", name)) for name in REQUIRED},
    **{f"null for {name}": (said(**{name: None}), ("wrong_type", name)) for name in REQUIRED if name != "category"},
    "null for category": (said(category=None), ("unknown_value", "category")),
    "unknown category": (said(category="gambling"), ("unknown_value", "category")),
    "category as a number": (said(category=7), ("unknown_value", "category")),
    "blank id": (said(correction_id=" "), ("empty", "correction_id")),
    "long id": (said(correction_id="x" * 129), ("too_long", "correction_id")),
    "nobody": (said(actor=""), ("empty", "actor")),
    "a bidi actor": (said(actor="\u202eadmin"), ("bad_unicode", "actor")),
    "a long reason": (said(reason="x" * 257), ("too_long", "reason")),
    "no zone": (said(timestamp="2025-03-04T12:13:14"), ("not_rfc3339_with_zone", "timestamp")),
    "a day": (said(timestamp="2025-03-04"), ("not_rfc3339_with_zone", "timestamp")),
    "seconds since 1970": (said(timestamp=1741090394), ("wrong_type", "timestamp")),
    "version 2": (said(schema_version="2"), ("unknown_schema_version", "schema_version")),
    "answers as a list": (said(answers=[]), ("wrong_type", "answers")),
    "answers as text": (said(answers="food_dining"), ("wrong_type", "answers")),
    "answers with nothing in them": (said(answers={}), ("missing", "answers.category")),
    "unknown category decided": (answering(category="gambling"), ("unknown_value", "answers.category")),
    "confidence above 1": (answering(confidence=1.01), ("out_of_range", "answers.confidence")),
    "confidence as text": (answering(confidence="0.9"), ("wrong_type", "answers.confidence")),
    "unknown band": (answering(amount_band="huge"), ("unknown_value", "answers.amount_band")),
    "probability 0": (answering(sampling_probability=0), ("out_of_range", "answers.sampling_probability")),
    "probability -1": (answering(sampling_probability=-1), ("out_of_range", "answers.sampling_probability")),
    "probability 1e-9": (answering(sampling_probability=1e-9), ("out_of_range", "answers.sampling_probability")),
    "probability above 1": (answering(sampling_probability=1.5), ("out_of_range", "answers.sampling_probability")),
    "probability as text": (answering(sampling_probability="0.1"), ("wrong_type", "answers.sampling_probability")),
    "probability true": (answering(sampling_probability=True), ("wrong_type", "answers.sampling_probability")),
    "blind as text": (answering(blind="true"), ("wrong_type", "answers.blind")),
    "blind as a number": (answering(blind=1), ("wrong_type", "answers.blind")),
    "no model": (answering(model_version=None), ("missing", "answers.model_version")),
    "an empty model": (answering(model_version=""), ("empty", "answers.model_version")),
    "a long model": (answering(model_version="m" * 129), ("too_long", "answers.model_version")),
    "a long merchant": (answering(merchant_key="x" * 257), ("too_long", "answers.merchant_key")),
}
PARSER_ALONE = {"a day", "no zone", "a bidi actor"}
"""What the parser alone refuses: a schema's `format` is a remark, and it has no word for printable."""


@pytest.mark.parametrize(("raw", "expected"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_of_corrections_are_refused_by_name(raw: bytes, expected: tuple[str, str | None]) -> None:
    """FAULTS 14, 16, 17: reason and field are exact, also inside `answers`."""
    assert expected == refusal(raw, Correction)


@pytest.mark.parametrize("name", sorted(FAULTS.keys() - PARSER_ALONE))
def test_the_schema_refuses_them_too(name: str) -> None:
    """Whoever checks before sending sees what we would refuse."""
    assert not committed("correction").is_valid(json.loads(FAULTS[name][0]))


def test_bytes_that_are_no_correction_are_refused_as_a_whole() -> None:
    """FAULTS 10, 11, 13: the one parser reads corrections too."""
    assert ("empty", None) == refusal(b"", Correction)
    assert ("not_an_object", None) == refusal(b"[]", Correction)
    assert ("duplicate_key", "category") == refusal(b'{"category":"fuel",' + said()[1:], Correction)
    nested = said().replace(b'"blind"', b'"category": "fuel", "blind"')
    assert ("duplicate_key", "answers.category") == refusal(nested, Correction)
    assert ("not_finite", "answers.confidence") == refusal(said().replace(b"0.97", b"NaN"), Correction)


def test_unknown_fields_of_a_correction_are_dropped() -> None:
    """Nothing about the customer enters by this door; beside the fields and in `answers`."""
    correction, dropped = parse(Correction, said(gender="f", age=41))
    assert dropped == 2
    nested, _ = parse(Correction, answering(gender="f"))
    plain, _ = parse(Correction, said())
    assert plain == correction == nested


def test_a_correction_of_one_account_names_it() -> None:
    """For everyone it need not, and speaks as a reviewer where nothing else is said."""
    plain, _ = parse(Correction, said(drop="scope", account_id=None))
    assert (Scope.EVERYONE, None) == (plain.scope, plain.account_id)
    check_scope(plain)
    check_scope(parse(Correction, said())[0])
    with pytest.raises(ContractError) as caught:
        check_scope(parse(Correction, said(account_id=None))[0])
    assert ("missing", "account_id") == (caught.value.reason, caught.value.field)
    assert Standing.REVIEWER == parse(Correction, said(drop="standing"))[0].standing


def test_names_of_a_correction_are_a_closed_set() -> None:
    """What a dead letter's `evenhand_field` can be."""
    inside = {f"{part}.{name}" for part in ("answers", "about") for name in CORRECTION[part]}
    assert set(CORRECTION) | inside == field_names(Correction)


def test_ten_thousand_hostile_corrections_parse_or_are_refused() -> None:
    """I7: ContractError with a known reason and name of the contract, and nothing else."""
    outcomes: Counter[str] = Counter()
    fields: set[str | None] = set()
    for raw in fuzzed_messages(10_000, 20_260_301, [said(), said(drop="answers"), answering(merchant_key="CAFÉ")]):
        try:
            parse(Correction, raw)
        except ContractError as error:
            outcomes[error.reason] += 1
            fields.add(error.field)
        else:
            outcomes["parsed"] += 1
    assert outcomes.keys() <= REASONS | {"parsed"}
    assert fields <= field_names(Correction) | {None}
    assert {"answers", "category", "timestamp", "actor", None} <= fields
    assert outcomes["parsed"] == pytest.approx(1_600, abs=700)


@pytest.mark.parametrize("state", ["open", "update", "resolved"])
@pytest.mark.parametrize("severity", ["warning", "page"])
def test_alerts_are_what_their_schema_says(state: str, severity: str) -> None:
    """What is written passes the committed schema, and is read back by the monitor that restores it."""
    alert = FairnessAlert.model_validate(ALERT | {"state": state, "severity": severity, "evidence": 2.5e6})
    committed("fairness-alert").validate(json.loads(dump(alert)))
    assert (alert, 0) == parse(FairnessAlert, dump(alert))


def test_alerts_that_a_reading_gives_are_what_their_schema_says() -> None:
    """Also with a group and no category, and after the figure is gone: the steps of a life, as they are sent."""
    reading = Reading(
        MonitorName.AMOUNT_PARITY,
        Window.DAY,
        ReadingState.PAGE,
        {"labels": 900, "wrong": 100},
        group="under_100",
        value=0.11,
        interval=(0.05, 0.17),
        threshold=0.02,
        evidence=3e7,
    )
    told: dict[str, Any] = {"at": NOON, "model_version": "m", "runbooks": "docs/runbooks", "easing": {}}
    opened = step({}, [reading], newest=5_000_000, **told)
    gone = step(opened.open, [], newest=6_000_000, **told)
    states = []
    for alert in (*opened.events, *gone.events):
        committed("fairness-alert").validate(json.loads(dump(alert)))
        assert (alert, 0) == parse(FairnessAlert, dump(alert))
        states.append(alert.state.value)
    assert ["open", "resolved"] == states


ALERT_FAULTS: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "unknown state": ({"state": "closed"}, ("unknown_value", "state")),
    "unknown severity": ({"severity": "info"}, ("unknown_value", "severity")),
    "a group that is no text": ({"group": 7}, ("wrong_type", "group")),
    "a negative count": ({"counts": {"review": -1}}, ("out_of_range", "counts")),
    "half a count": ({"counts": {"review": 1.5}}, ("wrong_type", "counts")),
    "no window": ({"window": {}}, ("missing", "window.name")),
    "half an interval": ({"interval": {"low": 0.1, "level": 0.99}}, ("missing", "interval.high")),
    "no zone": ({"at": "2025-03-04T12:03:20"}, ("not_rfc3339_with_zone", "at")),
    "no fingerprint": ({"fingerprint": ""}, ("empty", "fingerprint")),
}


@pytest.mark.parametrize(("changed", "expected"), ALERT_FAULTS.values(), ids=ALERT_FAULTS.keys())
def test_faults_of_alerts_are_refused_by_name(changed: dict[str, Any], expected: tuple[str, str]) -> None:
    """A monitor that reads its own changelog takes nothing else for an alert."""
    assert expected == refusal(json.dumps(ALERT | changed).encode(), FairnessAlert)


BREAKING: dict[str, tuple[str, dict[str, Any], str]] = {
    "corrections need a reason": ("correction", {"required": "reason"}, "reason: would be required"),
    "a category fewer is taken": ("correction", {"category": "pets"}, "would no longer accept"),
    "alerts without a runbook": ("fairness-alert", {"optional": "runbook"}, "runbook: would no longer be required"),
    "alerts about more": ("fairness-alert", {"new_category": "gambling"}, 'would emit "gambling"'),
}


@pytest.mark.parametrize(("name", "change", "line"), BREAKING.values(), ids=BREAKING.keys())
def test_breaking_changes_of_either_are_named(name: str, change: dict[str, Any], line: str) -> None:
    """Corrections may only be taken more widely, alerts only be sent more narrowly."""
    old, new = schema(name), schema(name)
    new["required"] = [one for one in new["required"] if one != change.get("optional")]
    if "required" in change:
        new["required"].append(change["required"])
    categories = new["$defs"]["Category"]["enum"]
    new["$defs"]["Category"]["enum"] = [one for one in categories if one != change.get("category")]
    if "new_category" in change:
        new["$defs"]["Category"]["enum"].append(change["new_category"])
    found = incompatibilities(old, new, direction=PUBLISHED[name].direction)
    assert any(line in one for one in found), found
