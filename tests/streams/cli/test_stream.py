"""The commands that talk to a broker: topics, replay, worker, dead-letters."""

import asyncio
import json
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from models.errors import ContractError
from streams.kafka.topics import TOPICS
from streams.messages.cloudevents import dead_letter
from streams.messages.records import header
from tests.streams.cli.conftest import COMMAND, GOOD, HEADER, SHORT, Invoke, Program, clean_environment

pytestmark = pytest.mark.kafka

CARD = "4111111111111111"


def read(servers: str, topic: str, count: int) -> list[ConsumerRecord[bytes | None, bytes | None]]:
    """The first `count` committed records of a topic."""

    async def consume() -> list[ConsumerRecord[bytes | None, bytes | None]]:
        consumer = AIOKafkaConsumer(
            topic, bootstrap_servers=servers, auto_offset_reset="earliest", isolation_level="read_committed"
        )
        await consumer.start()
        try:
            async with asyncio.timeout(30):
                return [await consumer.getone() for _ in range(count)]
        finally:
            await consumer.stop()

    return asyncio.run(consume())


def send(servers: str, messages: Sequence[dict[str, Any]]) -> None:
    """Send messages, given as arguments of `send_and_wait`."""

    async def produce() -> None:
        producer = AIOKafkaProducer(bootstrap_servers=servers)
        await producer.start()
        try:
            for message in messages:
                await producer.send_and_wait(**message)
        finally:
            await producer.stop()

    asyncio.run(produce())


def until(check: Callable[[], bool], seconds: float = 240.0) -> None:
    """Wait until `check` is true."""
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.2)


def test_topics_are_created_once_and_listed(evenhand: Invoke, kafka: dict[str, str], prefix: str) -> None:
    """A second `create` changes nothing; `list` says what is missing, then what is there."""
    before = evenhand("topics", "list", **kafka)
    assert (6, 6) == (before.exit_code, evenhand("topics", "list", "--json", **kafka).exit_code)
    assert "missing" in before.stdout
    assert "evenhand topics create" in before.stderr
    created = json.loads(evenhand("topics", "create", "--json", **kafka).stdout)
    assert {True} == set(created.values())
    assert f"{prefix}transactions: exists" in evenhand("topics", "create", **kafka).stdout
    result = evenhand("topics", "list", "--json", **kafka)
    listed = json.loads(result.stdout)
    assert 0 == result.exit_code
    assert (list(created), None) == ([row["topic"] for row in listed["topics"]], listed["problem"])
    partitions = {row["topic"].removeprefix(prefix): row["partitions"] for row in listed["topics"]}
    single = {spec.role.value for spec in TOPICS if spec.single}
    assert {name: 1 if name in single else 2 for name in partitions} == partitions


def test_a_file_is_replayed_in_order_at_a_rate(
    evenhand: Invoke, kafka: dict[str, str], prefix: str, tmp_path: Path
) -> None:
    """Keyed by account, with CloudEvents headers; refused rows are not sent; the rate and the limit hold."""
    path = tmp_path / "in.csv"
    path.write_text(HEADER + SHORT + "".join(GOOD.replace("t1", f"t{number}") for number in range(30)))
    evenhand("topics", "create", **kafka)
    started = time.monotonic()
    result = evenhand("replay", "-i", path, "--rate", 20, "--limit", 21, "--json", **kafka)
    assert 1.0 <= time.monotonic() - started
    assert (3, {"sent": 21, "refused": 1, "refused_by_reason": {"too_few_columns": 1}}) == (
        result.exit_code,
        json.loads(result.stdout),
    )
    records = read(kafka["bootstrap_servers"], f"{prefix}transactions", 21)
    assert [f"t{number}" for number in range(21)] == [json.loads(r.value or b"")["transaction_id"] for r in records]
    assert {(b"a1", b"evenhand.transaction.v1")} == {(r.key, header(r.headers, "ce_type")) for r in records}


def test_replay_needs_its_topic_and_one_pace(evenhand: Invoke, kafka: dict[str, str], tmp_path: Path) -> None:
    """A missing topic ends with 4 and what to do; two paces, or none above zero, with 2."""
    path = tmp_path / "in.csv"
    path.write_text(HEADER + GOOD)
    missing = evenhand("replay", "-i", path, **kafka)
    assert 4 == missing.exit_code
    assert "evenhand topics create" in missing.stderr
    assert 2 == evenhand("replay", "-i", path, "--speed", 1, "--rate", 1, **kafka).exit_code
    assert 2 == evenhand("replay", "-i", path, "--rate", 0, **kafka).exit_code


def test_replay_of_a_file_without_rows_ends_with_7(evenhand: Invoke, kafka: dict[str, str], tmp_path: Path) -> None:
    """Nothing is sent, and a script can tell; --limit 0 asks for just that."""
    path = tmp_path / "in.csv"
    path.write_text(HEADER)
    evenhand("topics", "create", **kafka)
    result = evenhand("replay", "-i", path, "--json", **kafka)
    assert (7, 0) == (result.exit_code, json.loads(result.stdout)["sent"])
    assert f"error: {path} has no rows\n" == result.stderr
    path.write_text(HEADER + GOOD)
    assert 0 == evenhand("replay", "-i", path, "--limit", 0, **kafka).exit_code


@pytest.mark.parametrize(
    ("command", "setting"),
    [(("worker",), "web_port"), (("worker", "--processes", "2"), "web_port"), (("monitor",), "monitor_port")],
)
def test_a_port_that_is_taken_is_one_line_and_4(
    evenhand: Invoke, program: Program, kafka: dict[str, str], command: tuple[str, ...], setting: str
) -> None:
    """No traceback, and before the group is joined."""
    evenhand("topics", "create", **kafka)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = program(*command, **kafka | {setting: str(port)})
    assert (4, "", 1) == (done.returncode, done.stdout, done.stderr.count("\n"))
    named = f"set --{setting.replace('_', '-')} or EVENHAND_{setting.upper()} to a free port, or 0 for any\n"
    assert f"error: 127.0.0.1:{port} cannot be bound (Address already in use): {named}" == done.stderr


def test_what_one_of_several_workers_refuses_ends_all(
    evenhand: Invoke, program: Program, kafka: dict[str, str], tmp_path: Path
) -> None:
    """Started again it would refuse the same: the exit code is its own, and its line says why."""
    llm = {"llm_url": "https://127.0.0.1:1/v1", "llm_model": "m", "llm_ca_location": str(tmp_path / "none.pem")}
    evenhand("topics", "create", **kafka | llm)
    done = program("worker", "--processes", "2", **kafka | llm)
    assert (4, "") == (done.returncode, done.stdout), done.stderr
    assert "error: " in done.stderr
    assert re.search(r"worker [12] ended \(exit code 4\): stopping all", done.stderr)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["worker", "monitor"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_process_leaves_no_files_and_no_escape_codes(
    evenhand: Invoke, kafka: dict[str, str], tmp_path: Path, command: str, number: signal.Signals
) -> None:
    """However it ends: nothing in the temporary directory or where it runs, and a log for programs to read."""
    evenhand("topics", "create", **kafka)
    log, temporary, folder = tmp_path / "log", tmp_path / "tmp", tmp_path / "cwd"
    temporary.mkdir()
    folder.mkdir()
    given = kafka | {"monitor_port": "0", "web_prot": "1"}
    environ = {f"EVENHAND_{name.upper()}": value for name, value in given.items()} | {"TMPDIR": str(temporary)}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [*COMMAND[:1], *COMMAND[3:], command],
            cwd=folder,
            env=clean_environment() | {"PYTHONPATH": str(Path(__file__).parents[3])} | environ,
            stdout=stream,
            stderr=stream,
        )
    try:
        until(lambda: "open at offset" in log.read_text())
        process.send_signal(number)
        code = process.wait(30)
    finally:
        process.kill()
    text = log.read_text()
    assert (0 if number is signal.SIGTERM else -9) == code, text
    assert [] == [*temporary.iterdir(), *folder.iterdir()]
    assert "\x1b" not in text
    assert "WARNING streams.apps.start: EVENHAND_WEB_PROT is no setting" in text
    assert "did you mean EVENHAND_WEB_PORT?" in text
    assert "FolderlessApp" not in text


def _letter(topic: str, offset: int, value: bytes, reason: str, attempt: bytes = b"1") -> dict[str, Any]:
    """A dead letter as the worker writes it, for `send`."""
    record = ConsumerRecord(topic, 1, offset, 0, 0, b"a1", value, 0, 2, len(value), [("evenhand_attempt", attempt)])
    output = dead_letter(record, ContractError(reason, "amount"), "decode")
    return {
        "topic": f"{topic}.dead-letter",
        "partition": 1,
        "key": output.key,
        "value": output.value,
        "headers": output.headers,
    }


def test_dead_letters_are_listed_without_what_they_say(evenhand: Invoke, kafka: dict[str, str], prefix: str) -> None:
    """Newest first, by reason, with a payload only on demand and masked."""
    evenhand("topics", "create", **kafka)
    assert "no dead letters" in evenhand("dead-letters", "list", **kafka).stdout
    topic = f"{prefix}transactions"
    bodies = [f'{{"description":"{CARD} JANE@EXAMPLE.COM","amount":{n}}}\x1b[2J'.encode() for n in range(3)]
    letters = [_letter(topic, n, body, "invalid_json" if n else "missing") for n, body in enumerate(bodies)]
    send(kafka["bootstrap_servers"], letters)
    plain = evenhand("dead-letters", "list", **kafka)
    assert "3 of 3 shown" in plain.stdout
    assert "EXAMPLE" not in plain.stdout
    shown = evenhand("dead-letters", "list", "--show-payload", "--limit", 1, **kafka)
    assert "1 of 3 shown" in shown.stdout
    assert "[card] [email]" in shown.stdout
    assert [] == [secret for secret in (CARD, "EXAMPLE", "\x1b[2J") if secret in shown.stdout]
    found = json.loads(evenhand("dead-letters", "list", "--json", "--reason", "invalid_json", **kafka).stdout)
    assert ({"invalid_json": 2}, ["1:2", "1:1"]) == (
        found["by_reason"],
        [letter["dead_letter"] for letter in found["dead_letters"]],
    )
    assert {
        "source_topic": topic,
        "source_partition": 1,
        "source_offset": 2,
        "attempt": 1,
        "field": "amount",
    }.items() <= (found["dead_letters"][0].items())


def test_spoilt_headers_of_a_dead_letter_are_cut_or_unknown(
    evenhand: Invoke, kafka: dict[str, str], prefix: str
) -> None:
    """Whoever writes to the topic can neither flood the screen nor have a place shown that there is not."""
    evenhand("topics", "create", **kafka)
    dead = {"topic": f"{prefix}transactions.dead-letter", "partition": 0, "key": b"a1", "value": b"{"}
    long = [("evenhand_field", b"Z" * 3000), ("evenhand_reason", b"Q" * 3000), ("evenhand_topic", b"else")]
    send(kafka["bootstrap_servers"], [dead, dead | {"headers": long}])
    listed = evenhand("dead-letters", "list", **kafka).stdout
    assert (80, 160) == (listed.count("Z"), listed.count("Q"))  # the reason is counted below the table as well
    assert "unknown 1" in listed
    assert ":-1" not in listed
    assert "else, place" in " ".join(listed.split())


def test_dead_letters_are_replayed_as_they_came(evenhand: Invoke, kafka: dict[str, str], prefix: str) -> None:
    """Original key, bytes and partition, attempt raised; each body goes once, conflicts on demand."""
    evenhand("topics", "create", **kafka)
    topic = f"{prefix}transactions"
    letters = [
        _letter(topic, 0, b"{x", "invalid_json"),
        _letter(topic, 1, b"{x", "invalid_json", b"2"),
        _letter(topic, 2, b"{}", "missing"),
        _letter(topic, 3, b"{y", "conflicting_duplicate"),
        _letter(topic, 4, b"{z", "missing") | {"headers": [("evenhand_topic", b"elsewhere")]},
    ]
    send(kafka["bootstrap_servers"], letters)
    planned = json.loads(evenhand("dead-letters", "replay", "--dry-run", "--json", **kafka).stdout)
    assert (0, 2, {"repeats": 1, "truncated": 0, "foreign": 1, "conflicts": 1}) == (
        planned["sent"],
        planned["chosen"],
        planned["left_out"],
    )
    assert "sent 1" in evenhand("dead-letters", "replay", "--reason", "invalid_json", **kafka).stdout
    one_is_none = evenhand("dead-letters", "replay", "--offsets", "1:3,0:7", **kafka)
    assert (2, True) == (one_is_none.exit_code, "sent 1" in one_is_none.stdout)
    assert "no dead letter is at 0:7" in one_is_none.stderr
    records = read(kafka["bootstrap_servers"], topic, 2)
    assert [(1, b"a1", b"{x", b"3"), (1, b"a1", b"{y", b"2")] == [
        (record.partition, record.key, record.value, header(record.headers, "evenhand_attempt")) for record in records
    ]
    assert 2 == evenhand("dead-letters", "replay", "--offsets", "nonsense", **kafka).exit_code
    assert 5 == json.loads(evenhand("dead-letters", "list", "--json", **kafka).stdout)["total"]


def test_a_worker_decides_and_a_replayed_dead_letter_fails_again(
    evenhand: Invoke, kafka: dict[str, str], prefix: str, tmp_path: Path
) -> None:
    """The real program from end to end: topics, worker, replay, dead-letters; SIGTERM ends it with 0."""
    evenhand("topics", "create", **kafka)
    path = tmp_path / "in.csv"
    path.write_text(HEADER + GOOD)
    settings = {f"EVENHAND_{name.upper()}": value for name, value in kafka.items()}
    with (tmp_path / "log").open("wb") as log:
        worker = subprocess.Popen(
            [*COMMAND[:1], *COMMAND[3:], "worker"], env=clean_environment() | settings, stdout=log, stderr=log
        )
    try:
        assert 0 == evenhand("replay", "-i", path, **kafka).exit_code
        send(kafka["bootstrap_servers"], [{"topic": f"{prefix}transactions", "value": b"{", "partition": 0}])
        (decision,) = read(kafka["bootstrap_servers"], f"{prefix}transactions.categorized", 1)
        assert b'"groceries"' in (decision.value or b"")

        def attempts() -> list[int]:
            listed = json.loads(evenhand("dead-letters", "list", "--json", **kafka).stdout)
            return [letter["attempt"] for letter in listed["dead_letters"]]

        until(lambda: attempts() == [1])
        assert "sent 1" in evenhand("dead-letters", "replay", **kafka).stdout
        until(lambda: attempts() == [2, 1])
    finally:
        worker.terminate()
        code = worker.wait(30)
    assert 0 == code, (tmp_path / "log").read_text()
