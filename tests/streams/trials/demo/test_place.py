"""The demo's settings: its own where a demo must be apart, the environment's where it is not."""

import os
from collections.abc import Iterator

import pytest

from streams.settings.settings import Settings
from streams.trials.demo.place import LEARNER, MONITOR, REVIEW, WORKER, Place, open_place

THEIRS = {
    "EVENHAND_ALERTMANAGER_URL": "https://alerts.bank.example",
    "evenhand_alertmanager_url": "https://alerts.bank.example",
    "EVENHAND_ALERTMANAGER_TOKEN": "secret",
    "EVENHAND_ALERTMANAGER_CA_LOCATION": "/etc/ssl/alerts.pem",
    "EVENHAND_ALERTMANAGER_ALLOWED": "alerts.bank.example",
    "EVENHAND_BLIND_SEED": "secret",
    "EVENHAND_BLIND_SHARE": "0.5",
    "EVENHAND_LLM_URL": "http://127.0.0.1:11434",
    "EVENHAND_LLM_MODEL": "llama",
    "EVENHAND_MONITOR_PORT": "9465",
    "EVENHAND_MONITOR_RULES": '{"review_rate": 0.01}',
    "EVENHAND_REFERENCE": "/etc/evenhand/reference.json",
    "EVENHAND_LEARN": "false",
    "EVENHAND_LEARN_ACTOR_RATE": "1",
    "EVENHAND_LEARN_SECRET": "secret",
    "EVENHAND_REVIEW_USER_HEADER": "X-User",
    "EVENHAND_REVIEW_URL": "https://review.bank.example",
    "EVENHAND_WEB_PORT": "9464",
    "EVENHAND_WEB_TOKEN": "secret",
}

APART = (
    *("alertmanager_url", "alertmanager_token", "alertmanager_ca_location", "alertmanager_allowed", "blind_seed"),
    *("learn", "learn_actor_rate", "learn_secret", "review_user_header", "review_url"),
    *("blind_share", "llm_url", "monitor_rules", "reference", "web_token"),
)


@pytest.fixture
def place() -> Iterator[Place]:
    """The place of a demo on a broker that is not asked, in a bank's environment."""
    environ = THEIRS | {"EVENHAND_SESSION_TIMEOUT_MS": "12345"}
    with open_place("127.0.0.1:1", keep=False, environ=environ, progress=print) as opened:
        yield opened


@pytest.fixture
def settings(place: Place, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What worker and monitor make of the environment that they are given."""
    for name in list(os.environ):
        if name.upper().startswith("EVENHAND_"):
            monkeypatch.delenv(name)
    for name, value in place.environ.items():
        monkeypatch.setenv(name, value)
    return Settings()


@pytest.mark.parametrize("name", APART)
def test_a_demo_pages_nobody_and_asks_nobody(settings: Settings, name: str) -> None:
    """Addresses, secrets and limits of the environment are not the demo's, however they are written there."""
    assert Settings.model_fields[name].default == getattr(settings, name)


def test_what_is_not_the_demos_own_stays(settings: Settings) -> None:
    """Other settings of the environment hold."""
    assert 12345 == settings.session_timeout_ms


def test_processes_have_ports_and_logs_of_their_own(place: Place, settings: Settings) -> None:
    """All are told the ports that the demo asks at; none is the default or another's."""
    parts = [place.process(name) for name in (WORKER, MONITOR, LEARNER, REVIEW)]
    expected = [settings.web_port, settings.monitor_port, settings.learner_port, settings.review_port]
    assert expected == [part.port for part in parts]
    assert 8 == len({*expected, 9464, 9465, 9466, 9467})
    assert ["worker.log", "monitor.log", "learner.log", "review.log"] == [part.log.name for part in parts]
