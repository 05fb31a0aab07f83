"""A real Alertmanager on loopback, for tests; killed at the end."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.harness.workers import free_port
from tests.ops.test_ops import ROOT, tool

START_SECONDS = 120.0
_TEMPLATES = Path("/usr/share/prometheus/alertmanager")
_UNPACKED = ROOT / "build" / "tools" / "root" / "usr" / "share"


@contextmanager
def local_alertmanager(configuration: str, folder: Path) -> Iterator[str]:
    """Run Alertmanager.

    Args:
        configuration: Its configuration, YAML.
        folder: Gets configuration, state and log.

    Yields:
        Its base address.
    """
    config = folder / "alertmanager.yml"
    config.write_text(configuration)
    port = free_port()
    with (folder / "alertmanager.log").open("w") as log:
        process = subprocess.Popen(
            [
                *_command(),
                f"--config.file={config}",
                f"--storage.path={folder / 'alertmanager'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--cluster.listen-address=",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        _wait(process, port, folder / "alertmanager.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _command() -> list[str]:
    """Debian's reads its templates from /usr/share, where `make tools` puts nothing: it gets a view of its own."""
    program = str(tool("alertmanager"))
    if _TEMPLATES.exists() or not (_UNPACKED / "prometheus" / "alertmanager").exists() or not shutil.which("unshare"):
        return [program]
    view = f'mount --bind "{_UNPACKED}" /usr/share && exec "$0" "$@"'
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", view, program]


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"Alertmanager does not start: {log.read_text()[-500:]}")
