"""A real Prometheus on loopback, for tests; killed at the end."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.harness.workers import free_port
from tests.ops.test_ops import ROOT, tool

START_SECONDS = 120.0
SHIPPED = ROOT / "ops" / "prometheus"


@contextmanager
def local_prometheus(addresses: Mapping[str, str], folder: Path, *, hurried: bool = False) -> Iterator[str]:
    """Run Prometheus with the configuration and the rules of `ops/`, at other addresses.

    Args:
        addresses: Address in the configuration to the one that takes its place; each must be there once.
        folder: Gets configuration, data and log.
        hurried: Scrape and evaluate every second, not every ten.

    Yields:
        Its base address.
    """
    shutil.copytree(SHIPPED / "rules", folder / "rules")
    text = (SHIPPED / "prometheus.yml").read_text()
    for theirs, ours in addresses.items():
        assert 1 == text.count(f'"{theirs}"'), theirs
        text = text.replace(theirs, ours)
    if hurried:
        text = re.sub(r"(_interval|_timeout): \d+s", r"\1: 1s", text)
    (folder / "prometheus.yml").write_text(text)
    port = free_port()
    log = folder / "prometheus.log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [
                str(tool("prometheus")),
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=stream,
            stderr=stream,
        )
    try:
        _wait(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"Prometheus does not start: {log.read_text()[-500:]}")
