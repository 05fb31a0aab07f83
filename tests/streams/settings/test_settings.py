"""Settings: from the environment, frozen, secrets masked, unsafe combinations refused."""

import pytest
from pydantic import ValidationError

from models.contracts.fields import SMALLEST_SAMPLING_PROBABILITY
from models.errors import ConfigurationError
from monitors.base.contract import Rules
from streams.settings.settings import load_settings


def test_defaults_work_on_this_machine() -> None:
    """Without any variable a worker talks to a broker on loopback."""
    assert "127.0.0.1:9092" == load_settings().bootstrap_servers


def test_variables_carry_the_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    """`EVENHAND_SSL_CA_LOCATION` is Kafka's ssl.ca.location, and so on."""
    monkeypatch.setenv("EVENHAND_BOOTSTRAP_SERVERS", "localhost:1,localhost:2")
    monkeypatch.setenv("EVENHAND_DELIVERY", "at_least_once")

    settings = load_settings()

    assert ("localhost:1,localhost:2", "at_least_once") == (settings.bootstrap_servers, settings.delivery)


def test_decisions_are_calibrated_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default .95 of what is accepted is right; policy and precision are settings."""
    assert ("calibrated", 0.95) == (load_settings().policy, load_settings().precision)
    monkeypatch.setenv("EVENHAND_PRECISION", "0.99")
    assert 0.99 == load_settings().precision
    monkeypatch.setenv("EVENHAND_POLICY", "agreement")
    assert "agreement" == load_settings().policy


def test_settings_are_frozen() -> None:
    """Nobody changes a setting at run time."""
    with pytest.raises(ValidationError):
        load_settings().group_id = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("overrides", "hint"),
    [
        ({"bootstrap_servers": "kafka.bank.example:9092"}, "EVENHAND_ALLOW_PLAINTEXT=true"),
        ({"bootstrap_servers": "localhost:1,kafka.bank.example:9092"}, "in the clear"),
        ({"security_protocol": "SASL_SSL"}, "sasl_mechanism"),
        ({"web_host": "0.0.0.0"}, "web_token"),
        ({"web_host": "0.0.0.0", "review_user_header": "X-User"}, "EVENHAND_REVIEW_PROXY_SECRET"),
        ({"web_host": "0.0.0.0", "review_role_header": "X-Role"}, "EVENHAND_REVIEW_PROXY_SECRET"),
        ({"review_token_role": "owner"}, "EVENHAND_REVIEW_TOKEN_ROLE"),
        ({"delivery": "exactly_twice"}, "EVENHAND_DELIVERY"),
        ({"processes": 0}, "EVENHAND_PROCESSES"),
        ({"learn_secret": "ß" * 33}, "EVENHAND_LEARN_SECRET: Value error, it has 66 bytes, and at most 64 are a key"),
        ({"processes": "many"}, "EVENHAND_PROCESSES: auto, or a number from 1 to 256"),
        ({"review_threshold": 7}, "EVENHAND_REVIEW_THRESHOLD"),
        ({"precision": 1}, "EVENHAND_PRECISION"),
        ({"precision": 0}, "EVENHAND_PRECISION"),
        ({"policy": "majority"}, "EVENHAND_POLICY"),
        ({"blind_share": 1.01}, "EVENHAND_BLIND_SHARE"),
        ({"blind_share": 1e-7}, "blind_share: 0, or at least 0.000010"),
        ({"monitor_rules": {"review_rat": 0.3}}, "no such limit: review_rat; see docs/monitors.md"),
        ({"monitor_rules": {"review_rate": "high"}}, "EVENHAND_MONITOR_RULES"),
        ({"allowed_lateness_minutes": -1}, "EVENHAND_ALLOWED_LATENESS_MINUTES"),
        ({"llm_url": "http://127.0.0.1:8000/v1"}, "EVENHAND_LLM_MODEL"),
        ({"llm_url": "http://203.0.113.5/v1", "llm_model": "m"}, "https and the allow-list"),
        ({"llm_url": "https://llm.bank.example", "llm_model": "m", "llm_allowed": "a b"}, "allow-list"),
    ],
)
def test_unsafe_or_wrong_settings_are_refused_with_a_way_out(overrides: dict[str, object], hint: str) -> None:
    """The message says which setting, and what to do."""
    with pytest.raises(ConfigurationError, match=hint):
        load_settings(**overrides)


@pytest.mark.parametrize(
    "overrides",
    [
        {"bootstrap_servers": "kafka.bank.example:9092", "allow_plaintext": True},
        {"bootstrap_servers": "kafka.bank.example:9092", "security_protocol": "SSL"},
        {"bootstrap_servers": "[::1]:9092"},
        {"llm_url": "http://10.0.0.7:11434", "llm_model": "qwen3:4b", "llm_protocol": "ollama"},
        {"llm_url": "https://203.0.113.5", "llm_model": "m", "llm_allowed": "203.0.113.0/24"},
    ],
)
def test_safe_settings_pass(overrides: dict[str, object]) -> None:
    """TLS, loopback, or the development flag."""
    assert load_settings(**overrides).bootstrap_hosts


@pytest.mark.parametrize("share", [0, SMALLEST_SAMPLING_PROBABILITY, 1])
def test_any_share_that_a_correction_can_say_is_taken(share: float) -> None:
    """What people are asked about with a smaller probability, no correction could answer."""
    assert share == load_settings(blind_share=share).blind_share


def test_limits_of_the_monitors_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As JSON; what is not named keeps its default, and what is counted stays a whole number."""
    monkeypatch.setenv("EVENHAND_MONITOR_RULES", '{"review_rate": 0.3, "corrections": 20}')
    rules = load_settings().rules
    assert (0.3, 20, Rules().review_gap) == (rules.review_rate, rules.corrections, rules.review_gap)
    assert isinstance(rules.corrections, int)


def test_secrets_are_masked() -> None:
    """No way of printing settings shows a password, nor does a refusal."""
    settings = load_settings(
        sasl_password="hunter2-secret",
        web_token="hunter2-token",
        blind_seed="hunter2-seed",
        alertmanager_token="hunter2-post",
        review_proxy_secret="hunter2-proxy",
    )

    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump_json()}"
    with pytest.raises(ConfigurationError) as refusal:
        load_settings(sasl_password={"hunter2": 1})
    assert "hunter2" not in str(refusal.value)
