"""The table of topics: what is created, and which sets of topics a worker refuses."""

from typing import Any

import pytest
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from models.errors import ConfigurationError
from streams.kafka.clients import admin_client
from streams.kafka.topics import (
    FURTHER_GROUPS,
    GROUPS,
    SINGLE,
    TOPICS,
    check_partitions,
    create_topics,
    group_id,
    needed_topics,
    partition_counts,
    topic_name,
)
from streams.local.broker import LocalBroker
from streams.messages.roles import Role
from streams.settings.settings import Settings

SETTINGS = Settings()
WITH_LLM = Settings(llm_url="http://127.0.0.1:8000/v1", llm_model="m")
MONITORS = {Role.OBSERVATIONS, Role.STATE, Role.ALERTS}
PEOPLE = {Role.REVIEW_JOURNAL, Role.LEARNING_JOURNAL, Role.UPDATES, Role.LEARNING}


def counts(**changed: int) -> dict[Role, int]:
    """Partitions of a right set of topics with four, some changed by the role's name."""
    right = {role: 1 if role in SINGLE else 4 for role in Role} | {Role.SLOW: 0}
    return right | {Role[name.upper()]: number for name, number in changed.items()}


def test_every_role_has_one_row() -> None:
    """In the order of the enumeration, so that nothing is listed twice or forgotten."""
    assert list(Role) == [spec.role for spec in TOPICS]


def test_what_one_reader_must_see_in_order_has_one_partition() -> None:
    """Summaries, the monitors' state, and alerts; the journals of queue and learner, and what was learned."""
    assert MONITORS | PEOPLE == SINGLE


def test_changelogs_and_journals_are_kept_by_key() -> None:
    """Compacted and without an age; everything else is deleted by age."""
    policies = {spec.role: spec.config()["cleanup.policy"] for spec in TOPICS}
    assert {Role.STATE} | PEOPLE == {role for role, policy in policies.items() if policy == "compact"}
    configs = {spec.role: spec.config() for spec in TOPICS}
    assert {Role.STATE} | PEOPLE == {role for role, config in configs.items() if "retention.ms" not in config}


@pytest.mark.parametrize("changed", [{}, {"slow": 4}])
def test_a_right_set_is_taken(changed: dict[str, int]) -> None:
    """With the internal topic of the slow lane or without."""
    check_partitions(SETTINGS, counts(**changed))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"state": 4}, "fairness.state: more than one partition; one reader must see all of it in order"),
        ({"observations": 2, "alerts": 3}, "fairness.alerts, fairness.observations: more than one partition"),
        ({"corrections": 1}, "transactions.corrections: not 4 partitions like the input"),
        ({"review": 8}, "transactions.review: not 4 partitions like the input"),
        ({"state": 0}, "topics are missing: fairness.state; run `evenhand topics create`"),
        ({"corrections": 0}, "topics are missing: transactions.corrections"),
        ({"slow": 3}, "transactions.slow: not 4 partitions"),
    ],
)
def test_topics_that_do_not_fit_are_refused_by_name(changed: dict[str, int], said: str) -> None:
    """One line that names them and says why."""
    with pytest.raises(ConfigurationError) as refusal:
        check_partitions(SETTINGS, counts(**changed))
    assert str(refusal.value).startswith(said)


def test_the_slow_topic_is_needed_with_an_llm_only() -> None:
    """All others always."""
    assert set(Role) - {Role.SLOW} == {spec.role for spec in needed_topics(SETTINGS)}
    assert set(Role) == {spec.role for spec in needed_topics(WITH_LLM)}
    with pytest.raises(ConfigurationError, match=r"topics are missing: transactions\.slow"):
        check_partitions(WITH_LLM, counts())


def test_every_input_is_read_by_a_group_of_its_own() -> None:
    """A shared one would hand partitions of one topic's reader to another's."""
    groups = [group_id(SETTINGS, role) for role in GROUPS]
    groups += [group_id(SETTINGS, role, reader) for role, reader in FURTHER_GROUPS]
    assert len(set(groups)) == len(groups)
    assert "evenhand-categorizer-monitor" == group_id(SETTINGS, Role.OBSERVATIONS)


@pytest.mark.kafka
async def test_topics_are_created_as_the_table_says(broker: LocalBroker, prefix: str) -> None:
    """Partitions and configuration, as the broker has them; a second time there is nothing to do."""
    settings = Settings(bootstrap_servers=broker.bootstrap_servers, topic_prefix=prefix, partitions=3)
    assert {topic_name(settings, spec.role): True for spec in needed_topics(settings)} == await create_topics(settings)
    found = await partition_counts(settings)
    check_partitions(settings, found)
    assert {Role.SLOW: 0} | {spec.role: 1 if spec.single else 3 for spec in needed_topics(settings)} == found
    assert not any((await create_topics(settings)).values())
    for spec in needed_topics(settings):
        configured = await _configuration(settings, topic_name(settings, spec.role))
        assert spec.config() == {name: configured[name] for name in spec.config()}


async def _configuration(settings: Settings, topic: str) -> dict[str, Any]:
    admin = admin_client(settings)
    try:
        await admin.start()
        (response,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    finally:
        await admin.close()
    ((_, _, _, _, entries),) = response.resources
    return {entry[0]: entry[1] for entry in entries}
