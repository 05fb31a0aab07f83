"""The worker's web server, over real HTTP."""

import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from prometheus_client import CollectorRegistry

from models.errors import ConfigurationError
from streams.categorizer.metrics import WorkerMetrics
from streams.http.server import WebServer
from streams.settings.settings import load_settings


@asynccontextmanager
async def serving(
    *, ready: bool = True, fault: str = "", illness: str = "", **settings: object
) -> AsyncIterator[WebServer]:
    """A running server on a free port."""
    metrics = WorkerMetrics(CollectorRegistry())
    server = WebServer(
        load_settings(web_port=0, **settings),
        registry=metrics.registry,
        ready=lambda: ready,
        fault=lambda: fault,
        illness=lambda: illness,
    )
    await server.start()
    try:
        yield server
    finally:
        await server.stop()


async def get(url: str, **options: object) -> tuple[int, str]:
    """Status and text of an answer."""
    async with aiohttp.ClientSession() as session, session.get(url, **options) as response:  # type: ignore[arg-type]
        return response.status, await response.text()


async def test_health_readiness_and_metrics() -> None:
    """A server that is ready says so, and shows metrics with their units."""
    async with serving() as server:
        base = f"http://127.0.0.1:{server.port}"

        assert (200, "ok\n") == await get(f"{base}/healthz")
        assert (200, "ready\n") == await get(f"{base}/readyz")
        status, text = await get(f"{base}/metrics")

    assert 200 == status
    assert "# TYPE evenhand_batch_seconds histogram" in text


async def test_what_hangs_behind_it_is_told_to_whoever_can_start_it_again() -> None:
    """503 at the probe that asks whether it lives, with the reason."""
    async with serving(illness="worker 2: has not answered for 61 s") as server:
        answer = await get(f"http://127.0.0.1:{server.port}/healthz")

    assert (503, "not well: worker 2: has not answered for 61 s\n") == answer


async def test_not_ready_is_unavailable() -> None:
    """503 until every assigned partition is served; alive all the same."""
    async with serving(ready=False) as server:
        base = f"http://127.0.0.1:{server.port}"

        assert 503 == (await get(f"{base}/readyz"))[0]
        assert 200 == (await get(f"{base}/healthz"))[0]


async def test_a_fault_is_not_ready() -> None:
    """Every partition is served, and yet something cannot be done: 503 with the reason."""
    async with serving(fault="the state cannot be told") as server:
        base = f"http://127.0.0.1:{server.port}"

        assert (503, "not ready: the state cannot be told\n") == await get(f"{base}/readyz")
        assert 200 == (await get(f"{base}/healthz"))[0]


async def test_a_fault_is_told_before_what_it_causes() -> None:
    """Partitions that are not served may be the fault's doing: the fault says more."""
    async with serving(ready=False, fault="Kafka has not answered for 40 s") as server:
        said = await get(f"http://127.0.0.1:{server.port}/readyz")

    assert (503, "not ready: Kafka has not answered for 40 s\n") == said


async def test_nothing_else_is_served() -> None:
    """Faust's table, graph, stats and router pages do not exist here."""
    async with serving() as server:
        pages = [(await get(f"http://127.0.0.1:{server.port}/{page}"))[0] for page in ("", "graph", "table", "router")]

    assert [404] * 4 == pages


async def test_a_token_guards_the_metrics() -> None:
    """With a token set, /metrics asks for it; health does not."""
    async with serving(web_token="s3cret") as server:
        base = f"http://127.0.0.1:{server.port}"

        assert 401 == (await get(f"{base}/metrics"))[0]
        assert 401 == (await get(f"{base}/metrics", headers={"Authorization": "Bearer wrong"}))[0]
        assert 200 == (await get(f"{base}/metrics", headers={"Authorization": "Bearer s3cret"}))[0]
        assert 200 == (await get(f"{base}/healthz"))[0]


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A real self-signed certificate and its key, as files."""
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "1"]
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    outputs = ["-out", str(files[0]), "-keyout", str(files[1])]
    subprocess.run(["openssl", "req", *kind, *subject, *outputs], check=True, capture_output=True)
    return files


async def test_tls_with_a_real_certificate(certificate: tuple[Path, Path]) -> None:
    """With certificate and key the server speaks TLS only."""
    cert, key = certificate
    trusting = ssl.create_default_context(cafile=str(cert))

    async with serving(web_certificate_location=cert, web_key_location=key) as server:
        status, _ = await get(f"https://127.0.0.1:{server.port}/healthz", ssl=trusting)

    assert 200 == status


async def test_a_taken_port_is_said() -> None:
    """The error names the port, the option and the setting that gave it."""
    async with serving(web_host="127.0.0.1") as server:
        taken = WebServer(load_settings(web_port=server.port), registry=CollectorRegistry(), ready=lambda: True)
        with pytest.raises(ConfigurationError, match="set --web-port or EVENHAND_WEB_PORT to a free port"):
            await taken.on_start()
        await taken.on_stop()
