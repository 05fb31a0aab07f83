"""The demo's settings: its own where a demo must be apart, the environment's where it is not."""

import os
from collections.abc import Iterator

import pytest

from streams.settings.settings import Settings
from streams.trials.demo.place import MONITOR, WORKER, Place, open_place

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
    "EVENHAND_WEB_PORT": "9464",
    "EVENHAND_WEB_TOKEN": "secret",
}

APART = ("alertmanager_url", "alertmanager_token", "alertmanager_ca_location", "alertmanager_allowed", "blind_seed")
APART += ("blind_share", "llm_url", "monitor_rules", "reference", "web_token")


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


def test_worker_and_monitor_have_ports_and_logs_of_their_own(place: Place, settings: Settings) -> None:
    """Both are told the ports that the demo asks at; neither is the default or the other's."""
    worker, monitor = place.process(WORKER), place.process(MONITOR)
    assert (worker.port, monitor.port) == (settings.web_port, settings.monitor_port)
    assert 4 == len({worker.port, monitor.port, 9464, 9465})
    assert ("worker.log", "monitor.log") == (worker.log.name, monitor.log.name)
