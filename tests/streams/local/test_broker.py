"""The local broker: it answers, keeps its data over a crash, dies with its parent, and says what is missing."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from models.errors import ToolError
from streams.local.broker import LocalBroker, cluster_id


@pytest.mark.parametrize("first", range(256))
def test_no_cluster_id_looks_like_an_option(first: int) -> None:
    """Whatever the first byte of the UUID is, Kafka's tools do not take the id for an option."""
    drawn = cluster_id(uuid.UUID(bytes=bytes((first, *range(15)))))
    assert drawn[0].isalpha()
    assert len(drawn) == 22


@pytest.fixture
def own_broker() -> Iterator[LocalBroker]:
    """A broker that the test may stop and kill."""
    with LocalBroker() as running:
        yield running


def crash(broker: LocalBroker) -> None:
    """Let the JVM end without the broker's doing."""
    os.kill(broker.pid, signal.SIGKILL)
    while broker.running:
        time.sleep(0.01)


async def create_topic(broker: LocalBroker, topic: str) -> None:
    """Create `topic` with one partition."""
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        await admin.close()


async def produce(broker: LocalBroker, topic: str, value: bytes) -> None:
    """Send one message and wait for its acknowledgement."""
    producer = AIOKafkaProducer(
        bootstrap_servers=broker.bootstrap_servers, acks="all", max_request_size=12 * 1024 * 1024
    )
    await producer.start()
    try:
        await producer.send_and_wait(topic, value)
    finally:
        await producer.stop()


async def first_value(broker: LocalBroker, topic: str) -> bytes:
    """Read the topic's first message."""
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=broker.bootstrap_servers, auto_offset_reset="earliest")
    await consumer.start()
    try:
        message = await consumer.getone()
    finally:
        await consumer.stop()
    assert message.value is not None
    return message.value


@pytest.mark.kafka
async def test_what_is_sent_is_read(broker: LocalBroker, prefix: str) -> None:
    """A message goes in and comes out, even one of 10 MB."""
    await create_topic(broker, f"{prefix}roundtrip")
    value = os.urandom(1024) * 10 * 1024
    await produce(broker, f"{prefix}roundtrip", value)
    received = await first_value(broker, f"{prefix}roundtrip")
    assert value == received


@pytest.mark.kafka
async def test_a_kill_and_a_stop_keep_data_and_address(own_broker: LocalBroker) -> None:
    """What was acknowledged is there after SIGKILL, SIGTERM and an end of its own, at the same address."""
    address = own_broker.bootstrap_servers
    await create_topic(own_broker, "kept")
    await produce(own_broker, "kept", b"one")
    for end in (own_broker.kill, own_broker.stop, lambda: crash(own_broker)):
        end()
        assert not own_broker.running
        own_broker.start()
        assert address == own_broker.bootstrap_servers
        kept = await first_value(own_broker, "kept")
        assert kept == b"one"


@pytest.mark.kafka
def test_the_broker_dies_with_its_parent() -> None:
    """When the process that started it is killed, the JVM goes and the temporary folder with it."""
    script = (
        "import sys, time; from streams.local.broker import LocalBroker; broker = LocalBroker(); broker.start();"
        "print(broker.pid, broker.folder, flush=True); time.sleep(300)"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid, folder = parent.stdout.readline().split()
        assert Path(f"/proc/{pid}").exists()
        parent.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while (is_alive(int(pid)) or Path(folder).exists()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(int(pid))
    assert not Path(folder).exists()


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that has ended but was not waited for counts as gone."""
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"


def test_without_java_the_message_says_what_to_install() -> None:
    """A machine without Java gets the command that helps, before anything is created."""
    with pytest.raises(ToolError, match=r"java was not found.*apt install openjdk-17-jre-headless maven"):
        LocalBroker(environ={"PATH": ""})


def test_without_maven_the_message_says_what_to_install(tmp_path: Path) -> None:
    """Java alone is not enough where the jars have not been fetched yet."""
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text("#!/bin/sh\n")
    java.chmod(0o755)
    broker = LocalBroker(
        folder=tmp_path / "data", libs=tmp_path / "libs", environ={"JAVA_HOME": str(tmp_path), "PATH": ""}
    )
    with pytest.raises(ToolError, match=r"mvn was not found.*apt install openjdk-17-jre-headless maven"):
        broker.start()


def test_a_broker_that_ends_while_starting_says_why(tmp_path: Path) -> None:
    """A setting that Kafka refuses ends in an error with Kafka's own words, not in a time-out."""
    broker = LocalBroker(folder=tmp_path, config={"num.io.threads": "none"})
    with pytest.raises(ToolError, match=r"num\.io\.threads"):
        broker.start()
    assert not broker.running
