"""`evenhand learner`: what people decide goes into the journal, and what the learner says is shown."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition

from models.contracts.instructions import Action, Instruction
from streams.kafka.clients import producer_options
from streams.kafka.read_to_end import read_to, reader
from streams.kafka.topics import create_topics, topic_name
from streams.learner.learning import report_record
from streams.local.broker import LocalBroker
from streams.messages.learning import read_entry
from streams.messages.roles import Role
from streams.settings.settings import Settings, load_settings
from tests.harness.learning import correct, replayed_said, said
from tests.harness.workers import Stage
from tests.streams.cli.conftest import Invoke

TOLD = [
    (("freeze",), Action.FREEZE, None),
    (("thaw", "--reason", "all is well"), Action.THAW, None),
    (("release", "c-1"), Action.RELEASE, "c-1"),
    (("reject", "c-1"), Action.REJECT, "c-1"),
    (("approve", "p-1"), Action.APPROVE, "p-1"),
    (("decline", "p-1"), Action.DECLINE, "p-1"),
    (("forget", "--correction", "c-1"), Action.FORGET_CORRECTION, "c-1"),
    (("forget", "--actor", "app-7"), Action.FORGET_ACTOR, "app-7"),
    (("forget", "--account", "acc-1"), Action.FORGET_ACCOUNT, "acc-1"),
]


def settings_of(kafka: dict[str, str]) -> Settings:
    """The same settings, for this process."""
    return load_settings(bootstrap_servers=kafka["bootstrap_servers"], topic_prefix=kafka["topic_prefix"])


def topics(kafka: dict[str, str]) -> Settings:
    """Make the topics."""
    settings = settings_of(kafka)
    asyncio.run(create_topics(settings))
    return settings


async def journal(settings: Settings) -> list[object]:
    """Every entry of the journal."""
    source = TopicPartition(topic_name(settings, Role.LEARNING_JOURNAL), 0)
    async with reader(settings, [source]) as consumer:
        await consumer.seek_to_beginning(source)
        ends = await consumer.end_offsets([source])
        return [read_entry(record) async for record in read_to(consumer, ends)]


def test_what_people_decide_goes_into_the_journal(evenhand: Invoke, kafka: dict[str, str]) -> None:
    """By an approver, with a name; the offset is told."""
    settings = topics(kafka)
    for number, (arguments, _, _) in enumerate(TOLD):
        done = evenhand("learner", *arguments, "--by", "boss", "--json", "--wait", 0, **kafka)
        assert 0 == done.exit_code, done.output
        assert number == json.loads(done.stdout)["offset"]
    entries = [entry for entry in asyncio.run(journal(settings)) if isinstance(entry, Instruction)]
    assert [(action, target) for _, action, target in TOLD] == [(entry.action, entry.target) for entry in entries]
    assert {("boss", "approver")} == {(entry.actor, entry.standing.value) for entry in entries}
    assert "all is well" == entries[1].reason
    assert len(TOLD) == len({entry.instruction_id for entry in entries})


def test_without_a_learner_it_is_written_and_not_called_done(evenhand: Invoke, kafka: dict[str, str]) -> None:
    """A learner that runs later takes it; until then nobody knows what comes of it."""
    settings = topics(kafka)
    done = evenhand("learner", "release", "c-1", "--by", "boss", "--wait", 0.5, "--json", **kafka)
    assert 4 == done.exit_code, done.output
    assert "release: entry 0 of the journal is written; no learner took it in 0.5 s" in " ".join(done.stderr.split())
    assert (0, None) == (json.loads(done.stdout)["offset"], json.loads(done.stdout)["status"])
    assert 1 == len(asyncio.run(journal(settings)))


@pytest.mark.slow
async def test_what_the_learner_makes_of_it_is_waited_for(
    evenhand: Invoke, broker: LocalBroker, prefix: str, tmp_path: Path
) -> None:
    """An id that it does not know, one's own correction, and what is done: each by its exit code."""
    async with Stage(broker, prefix, tmp_path, {"partitions": 1, "learn_actor_rate": 1}) as place:
        await correct(place, said(1, actor="boss"), said(2, "QUIMBY YARN", actor="boss"))
        await place.learner("--ensemble", "following").ready()
        kafka = {"bootstrap_servers": broker.bootstrap_servers, "topic_prefix": prefix}

        async def told(*arguments: str, by: str = "boss") -> tuple[int, str]:
            done = await asyncio.to_thread(evenhand, "learner", *arguments, "--by", by, "--wait", "60", **kafka)
            return done.exit_code, " ".join(done.output.split())

        unknown = "the learner knows nothing of that name"
        for arguments in (("release", "c9"), ("reject", "c9"), ("approve", "p9"), ("decline", "p9")):
            code, output = await told(*arguments)
            assert (2, True) == (code, unknown in output), output
        for kind in ("--correction", "--actor", "--account"):
            code, output = await told("forget", kind, "nobody")
            assert (2, True) == (code, unknown in output), output
        code, output = await told("release", "c2")
        assert (3, True) == (code, "somebody else than its author must release it" in output), output
        code, output = await told("release", "c2", by="chief")
        assert (0, True) == (code, "release: done (entry" in output), output


def test_status_shows_the_newest_report(evenhand: Invoke, kafka: dict[str, str]) -> None:
    """Before there is one it says so; then what was learned, by whom, and what is held back."""
    settings = topics(kafka)
    done = evenhand("learner", "status", **kafka)
    assert (0, "") == (done.exit_code, done.stdout)
    assert "nothing was learned yet" in done.stderr
    too_many = [said(number, "QUIMBY YARN", actor="robot") for number in range(2, 310)]
    memory = replayed_said(settings, [*too_many, said(1)])
    report = memory.learner.report() | {"parked": 0}
    asyncio.run(_write(settings, report))
    done = evenhand("learner", "status", **kafka)
    assert 0 == done.exit_code, done.output
    assert f"version {report['version']}, learning" in done.stdout
    shown = ("knows 2 merchants", "learned last", "zepplobits", "pets", "reviewer-1", "quarantine (8)", "rate", "robot")
    for words in shown:
        assert words in done.stdout
    assert report == json.loads(evenhand("learner", "status", "--json", **kafka).stdout)


async def _write(settings: Settings, report: dict[str, Any]) -> None:
    record = report_record(report)
    producer = AIOKafkaProducer(**producer_options(settings))
    await producer.start()
    await producer.send_and_wait(topic_name(settings, record.role), key=record.key, value=record.value, partition=0)
    await producer.stop()


def test_what_people_decide_goes_to_the_system_that_is_named(evenhand: Invoke, kafka: dict[str, str]) -> None:
    """By its prefix, behind the command."""
    settings = topics(kafka)
    elsewhere = kafka | {"EVENHAND_TOPIC_PREFIX": "elsewhere."}
    given = ("--topic-prefix", settings.topic_prefix, "--by", "boss", "--wait", "0")
    done = evenhand("learner", "freeze", *given, **elsewhere)
    assert 0 == done.exit_code, done.output
    assert 1 == len(asyncio.run(journal(settings)))


@pytest.mark.parametrize("option", ["--bootstrap-servers", "--topic-prefix", "--group-id"])
def test_options_before_the_command_are_refused(evenhand: Invoke, option: str) -> None:
    """Else another system would be frozen than the one that was named."""
    done = evenhand("learner", option, "127.0.0.1:1", "freeze")
    assert 2 == done.exit_code
    assert f"'{option}': freeze does not heed what stands before it" in " ".join(done.stderr.split())


@pytest.mark.parametrize("arguments", [(), ("--correction", "c", "--actor", "a")])
def test_one_thing_is_forgotten_at_a_time(evenhand: Invoke, arguments: tuple[str, ...]) -> None:
    """Nothing is written before it is clear what."""
    done = evenhand("learner", "forget", *arguments)
    assert 2 == done.exit_code
    assert "name one of --correction, --actor and --account" in " ".join(done.stderr.split())


def test_an_id_that_breaks_the_contract_is_refused(evenhand: Invoke) -> None:
    """Before the broker is asked."""
    assert 2 == evenhand("learner", "release", "c\x001").exit_code
