"""FAULTS 10 to 20 as messages through a real worker: each is refused with its reason, and no canary gets out."""

import asyncio
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiokafka.structs import ConsumerRecord
from prometheus_client.parser import text_string_to_metric_families

from streams.local.broker import LocalBroker
from streams.messages.records import header
from streams.messages.roles import Role
from streams.operate.verification import Verification
from tests.harness.messages import doubled, message
from tests.harness.workers import Message, Stage
from tests.models.contracts.test_wire import BYTES, DUPLICATES
from tests.models.contracts.test_wire_values import NUMBERS, REQUIRED

pytestmark = pytest.mark.kafka

Refusal = tuple[bytes | None, str, str, str]
"""The bytes, then the stage, reason and field that the dead letter must name."""

CANARIES = (
    "4111 1111 1111 1111",
    "4111111111111111",
    "5500005555555559",
    "DE89 3704 0044 0532 0130 00",
    "DE89370400440532013000",
    "canary.person@example.org",
    "+1 416 555 0199",
    "4165550199",
)
"""Card numbers, an IBAN, an e-mail address, a phone number: valid by their check digits, nobody's."""


def _refusals() -> dict[str, Refusal]:
    cases: dict[str, Refusal] = {"a tombstone": (None, "decode", "empty", "")}
    for name, (raw, reason) in BYTES.items():
        cases[name] = (raw, "decode", reason, "")
    for name, (literal, field) in DUPLICATES.items():
        cases[f"twice: {name}"] = (doubled(literal), "decode", "duplicate_key", field or "")
    for name, (literal, reason) in NUMBERS.items():
        cases[f"amount: {name}"] = (message({"amount": literal}), "decode", reason, "amount")
    for field in REQUIRED:
        cases[f"without {field}"] = (message(drop=(field,)), "decode", "missing", field)
        cases[f"{field} as an array"] = (message({field: "[]"}), "decode", "wrong_type", field)
    values = {
        "an unknown version": ("schema_version", '"2"', "unknown_schema_version"),
        "an unknown currency": ("currency", '"ZZZ"', "unknown_currency"),
        "a timestamp without zone": ("timestamp", '"2025-03-04T12:13:14"', "not_rfc3339_with_zone"),
        "a lone surrogate": ("description", '"TIM \\ud800"', "bad_unicode"),
        "only invisible characters": ("description", '"\\u200b\\u200d\\ufeff"', "empty"),
    }
    for name, (field, literal, reason) in values.items():
        cases[name] = (message({field: literal}), "decode", reason, field)
    return cases


def _canaries() -> dict[str, Refusal]:
    """Refused messages with canaries as values of every field, as names of fields, and around the JSON."""
    cases: dict[str, Refusal] = {}
    for canary in CANARIES:
        for field in ("amount", "currency", "timestamp", "mcc", "schema_version"):
            cases[f"{canary} as {field}"] = (message({field: json.dumps(f"x {canary}")}), "decode", "?", field)
        cases[f"{canary} as a name"] = (doubled(f'"{canary}":1,"{canary}":2'), "decode", "duplicate_key", "")
        cases[f"{canary} behind"] = (message() + canary.encode(), "decode", "trailing_bytes", "")
        cases[f"{canary} as an id"] = (message(transaction_id=canary * 50), "decode", "too_long", "transaction_id")
    return cases


REFUSALS = _refusals()
CANARY_REFUSALS = _canaries()
AHEAD = datetime.now(UTC) + timedelta(hours=1)
VALID: dict[str, bytes] = {
    "refund": message(
        transaction_id="refund", amount="-250.00", description="QZX UNHEARD-OF", mcc=None, counterparty=None
    ),
    "large refund": message(
        transaction_id="large refund", amount="-1000.01", description="QZX UNHEARD-OF", mcc=None, counterparty=None
    ),
    "plain": message(transaction_id="plain"),
    "disguised": message(transaction_id="disguised", description="T\u200bIM\u202e HO\uff32TONS #2231"),
    "ahead": message(transaction_id="ahead", timestamp=AHEAD.isoformat()),
    "nul": message(transaction_id="nul", description="TIM\u0000 HORTONS"),
    "confusable": message(transaction_id="confusable", description="ТІМ НОRТОNЅ"),
    **{
        f"canary {number}": message(transaction_id=f"canary {number}", description=f"PAY {canary}", **{canary: 1})
        for number, canary in enumerate(CANARIES)
    },
}
REPEATS = 3
CONFLICT = message(transaction_id="plain", amount="999.00")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one worker made of all of the above."""

    places: dict[str, tuple[int, int]]
    dead: dict[tuple[int, int], ConsumerRecord]
    decisions: list[ConsumerRecord]
    log: str
    answers: str
    found: Verification

    def decision(self, transaction_id: str) -> dict[str, object]:
        """The only decision about a transaction."""
        subject = transaction_id.encode()
        (record,) = (record for record in self.decisions if header(record.headers, "ce_subject") == subject)
        value = json.loads(record.value)
        assert isinstance(value, dict)
        return value


async def _play(stage: Stage) -> Outcome:
    named = {name: raw for name, (raw, *_) in (REFUSALS | CANARY_REFUSALS).items()} | VALID
    named |= {f"repeat {number}": VALID["plain"] for number in range(REPEATS)} | {"conflict": CONFLICT}
    mark = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    spoilt = (("traceparent", CANARIES[0].encode()), ("evenhand_attempt", CANARIES[1].encode()))
    async with stage:
        worker = stage.worker("--ensemble", "shipped", log_level="debug")
        messages = [
            Message(raw, key=name.encode(), route=b"one", headers=spoilt if name in CANARY_REFUSALS else (mark,))
            for name, raw in named.items()
        ]
        places = dict(zip(named, await stage.send(messages), strict=True))
        await stage.drained()
        found = await stage.verified()
        answers = [await worker.get(path) for path in ("/metrics", "/healthz", "/readyz")]
        assert worker.alive
        dead = {
            (int(header(r.headers, "evenhand_partition") or -1), int(header(r.headers, "evenhand_offset") or -1)): r
            for r in await stage.read(Role.DEAD_LETTER)
        }
        decisions = await stage.read(Role.CATEGORIZED) + await stage.read(Role.REVIEW)
        worker.terminate()
        assert 0 == await worker.ended(within=10)
    return Outcome(places, dead, decisions, worker.log, "".join(answer or "?" for answer in answers), found)


@pytest.fixture(scope="module")
def outcome(broker: LocalBroker, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """All messages through one worker, once for this module."""
    prefix = f"t{uuid.uuid4().hex[:8]}."
    folder: Path = tmp_path_factory.mktemp("faulty")
    return asyncio.run(_play(Stage(broker, prefix, folder, {"partitions": 2})))


def test_every_message_is_accounted_for(outcome: Outcome) -> None:
    """I1 I7: as many dead letters as faulty messages, one decision for each valid id, repeats without output."""
    expected = (len(REFUSALS) + len(CANARY_REFUSALS) + 1, len(VALID), REPEATS, 1)
    found = outcome.found
    assert expected == (
        found.dead_letters, found.categorized + found.review, found.duplicates_expected, found.conflicts
    )  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
def test_a_dead_letter_names_the_fault_and_keeps_the_bytes(outcome: Outcome, name: str) -> None:
    """FAULTS 10 to 17: stage, reason, field and place as headers; key, value and trace as received."""
    raw, *expected = REFUSALS[name]
    record = outcome.dead[outcome.places[name]]
    assert expected == [
        (header(record.headers, f"evenhand_{part}") or b"").decode() for part in ("stage", "reason", "field")
    ]
    assert (name.encode(), raw) == (record.key, record.value)
    assert header(record.headers, "traceparent") == b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert header(record.headers, "evenhand_attempt") == b"1"


@pytest.mark.parametrize(("name", "band"), [("refund", "100_to_1000"), ("large refund", "over_1000")])
def test_a_refund_keeps_its_sign(outcome: Outcome, name: str, band: str) -> None:
    """FAULTS 19: the reviewer sees the signed amount, the band is of its size."""
    decision = outcome.decision(name)
    assert decision["requires_review"] is True
    assert json.loads(VALID[name])["amount"] == decision["amount"]
    assert band == decision["amount_band"]


def test_disguised_texts_are_decided_like_plain_ones(outcome: Outcome) -> None:
    """FAULTS 16: zero-width, bidi and full-width characters do not change the decision."""
    plain, disguised = outcome.decision("plain"), outcome.decision("disguised")
    assert plain["category"] == disguised["category"] == "food_dining"
    assert plain["confidence"] == disguised["confidence"]


def test_a_timestamp_ahead_of_the_clock_is_flagged(outcome: Outcome) -> None:
    """FAULTS 18: an hour ahead is said in the reasons; what is not ahead is not flagged."""
    assert "timestamp_ahead_of_clock" in str(outcome.decision("ahead")["reasons"])
    assert "timestamp_ahead_of_clock" not in str(outcome.decision("plain")["reasons"])


def test_a_conflict_is_a_dead_letter_and_counted(outcome: Outcome) -> None:
    """FAULTS 20: three repeats are counted and give nothing; another body for the same id is refused and counted."""
    record = outcome.dead[outcome.places["conflict"]]
    assert CONFLICT == record.value
    assert header(record.headers, "evenhand_reason") == b"conflicting_duplicate"
    assert header(record.headers, "evenhand_field") == b"transaction_id"
    samples = {
        sample.name: sample.value
        for family in text_string_to_metric_families(outcome.answers.partition("ok\n")[0])
        for sample in family.samples
    }
    assert (1, REPEATS) == (samples["evenhand_conflicts_total"], samples["evenhand_duplicates_total"])


@pytest.mark.parametrize("name", CANARY_REFUSALS)
def test_a_refused_message_with_a_canary_names_the_field_only(outcome: Outcome, name: str) -> None:
    """I5: the dead letter says which field, and no header repeats what came in."""
    _, stage, reason, field = CANARY_REFUSALS[name]
    headers = outcome.dead[outcome.places[name]].headers
    assert (stage.encode(), field.encode()) == (header(headers, "evenhand_stage"), header(headers, "evenhand_field"))
    assert reason in ("?", (header(headers, "evenhand_reason") or b"").decode())
    assert [None, b"1"] == [header(headers, "traceparent"), header(headers, "evenhand_attempt")]


def test_no_canary_leaves_the_worker(outcome: Outcome) -> None:
    """I5: neither the log at level debug, nor metrics, health, or the headers of any output hold one."""
    records = [*outcome.dead.values(), *outcome.decisions]
    headers = b"\n".join(value for record in records for _, value in record.headers).decode()
    assert "streams.lanes.lane" in outcome.log
    for place in (outcome.log, outcome.answers, headers):
        assert [] == [canary for canary in CANARIES if canary in place]


async def test_a_huge_message_does_not_hold_up_the_others(broker: LocalBroker, prefix: str, tmp_path: Path) -> None:
    """FAULTS 15: three 10 MB descriptions among 300 transactions are refused by size; all is done within 8 s."""
    huge = message(description="x" * 10_000_000)
    async with Stage(broker, prefix, tmp_path, {"partitions": 2}) as stage:
        worker = stage.worker()
        await worker.ready()
        small = [Message(message(transaction_id=f"t-{n}"), b"a", str(n).encode()) for n in range(300)]
        await stage.send([*small[:100], *[Message(huge, b"a", b"one")] * 3, *small[100:]])
        took = await stage.drained(within=8)
        print(f"done {took:.1f} s after sending")
        found = await stage.verified()
        assert (300, 3) == (found.categorized + found.review, found.dead_letters)
        assert [huge] * 3 == [record.value for record in await stage.read(Role.DEAD_LETTER)]
