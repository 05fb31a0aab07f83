"""`evenhand review`: the queue as a program, out to a file and back in while it runs."""

import asyncio
import csv
import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaProducer

from tests.harness.review import request_message
from tests.harness.workers import Message
from tests.streams.cli.conftest import COMMAND, Invoke, clean_environment
from tests.streams.cli.test_stream import read, until

pytestmark = pytest.mark.kafka

CARD = "4111111111111111"
FORMULA = f"=SHOP {CARD}"


@pytest.fixture
def requests(evenhand: Invoke, kafka: dict[str, str], prefix: str) -> None:
    """Topics, with five requests and a blind one."""
    assert 0 == evenhand("topics", "create", **kafka).exit_code
    messages = [request_message(number, merchant_key=f"m{number}", description=FORMULA) for number in range(5)]
    asyncio.run(_send(kafka["bootstrap_servers"], f"{prefix}transactions.review", [*messages, blind()]))


def blind() -> Message:
    """A blind request."""
    return request_message(9, blind=True, merchant_key="m9", description="SHOP NINE", votes=[], alternatives=[])


async def _send(servers: str, topic: str, messages: list[Message]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=servers)
    await producer.start()
    try:
        for message in messages:
            await producer.send_and_wait(
                topic, key=message.key, value=message.value, headers=list(message.headers), partition=0
            )
    finally:
        await producer.stop()


@pytest.fixture
def queue(requests: None, kafka: dict[str, str], tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:  # noqa: ARG001
    """The queue as a process."""
    given = kafka | {"review_port": "0", "review_grace_seconds": "0", "review_unaided_share": "0"}
    environ = {f"EVENHAND_{name.upper()}": value for name, value in given.items()}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [*COMMAND[:1], *COMMAND[3:], "review", "serve"], env=clean_environment() | environ, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


def test_out_to_a_file_and_back_in(
    queue: "subprocess.Popen[bytes]", evenhand: Invoke, kafka: dict[str, str], prefix: str, tmp_path: Path
) -> None:
    """Listed masked, written, answered, handed in; what cannot be taken is named by its line; SIGTERM ends with 0."""

    def listed() -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(evenhand("review", "list", "--json", **kafka).stdout)["requests"]
        return found

    until(lambda: len(listed()) == 6)
    table = evenhand("review", "list", **kafka).stdout
    assert CARD not in table
    path = tmp_path / "requests.csv"
    assert "6 of 6 open requests" in evenhand("review", "export", "--out", path, **kafka).stdout
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    assert {"'=SHOP [card]", "SHOP NINE"} == {row["description"] for row in rows}
    assert 0 == evenhand("review", "export", "--out", path, "--unmasked", **kafka).exit_code
    assert CARD in path.read_text(encoding="utf-8-sig")
    answers = tmp_path / "answers.csv"
    lines = [f"{rows[0]['request_id']},pets,ann", f"{rows[1]['request_id']},petz,ann", "nobody,pets,ann"]
    answers.write_text("\n".join(["request_id,category,reviewer", *lines, f"{rows[2]['request_id']},,"]) + "\n")
    first = evenhand("review", "import", answers, **kafka)
    assert (3, "taken 1, there already 0, refused 2\n") == (first.exit_code, first.stdout)
    assert "line 3: its category is none of the 28: write one of docs/taxonomy.md, or ?" in first.stderr
    assert "line 4: no such request is open: export again" in first.stderr
    second = json.loads(evenhand("review", "import", "--json", answers, **kafka).stdout)
    assert (0, 1, 2) == (second["taken"], second["repeated"], len(second["refused"]))
    (decision,) = read(kafka["bootstrap_servers"], f"{prefix}transactions.categorized", 1)
    assert b'"decided_by":"human"' in (decision.value or b"")
    assert 5 == len(listed())
    queue.send_signal(signal.SIGTERM)
    assert 0 == queue.wait(60)


def test_a_file_without_answers_or_of_another_kind(evenhand: Invoke, tmp_path: Path) -> None:
    """Exit codes 7 and 2, before a broker is asked."""
    empty, other = tmp_path / "empty.csv", tmp_path / "answers.xlsx"
    empty.write_text("request_id,category\nx,\n")
    other.write_text("")
    servers = {"bootstrap_servers": "127.0.0.1:1"}
    assert 7 == evenhand("review", "import", empty, **servers).exit_code
    assert 2 == evenhand("review", "import", other, **servers).exit_code
