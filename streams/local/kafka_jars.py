"""Java, Maven and the broker's jars: what `streams.local.broker` needs from the machine."""

import fcntl
import hashlib
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from models.errors import ToolError
from streams.local.atomic import replace_folder

CHECKOUT = Path(__file__).resolve().parents[2]
"""Root of the checkout: `ops/` and `build/` lie beside the packages."""

OPS = CHECKOUT / "ops" / "kafka"
DEFAULT_LIBS = CHECKOUT / "build" / "kafka" / "libs"
STAMP = "pom.sha256"
"""File beside the jars with the digest of the pom that they are of."""

FETCH_SECONDS = 600.0
INSTALL_HINT = "Install them with: apt install openjdk-17-jre-headless maven"


def find_java(environ: Mapping[str, str]) -> Path:
    """Path of the Java launcher: `JAVA_HOME` first, then `PATH`.

    Raises:
        ToolError: There is none.
    """
    return _find("java", home=environ.get("JAVA_HOME"), path=environ.get("PATH", ""))


def fetch_jars(*, libs: Path, environ: Mapping[str, str], progress: Callable[[str], None]) -> Path:
    """Make sure that `libs` holds exactly the jars that `ops/kafka/pom.xml` names.

    A stamp with the pom's digest says whether they are there, so nothing is asked of Maven the second time, and a
    changed pom fetches afresh. A lock beside `libs` lets several processes call this at once.

    Args:
        libs: Folder of the jars; replaced as a whole when it is out of date.
        environ: Environment in which Maven is looked for and runs.
        progress: Told, in one line, before a fetch begins.

    Returns:
        `libs`.

    Raises:
        ToolError: Maven is missing, cannot reach its registry, or this is not a checkout.
    """
    pom = OPS / "pom.xml"
    if not pom.is_file():
        raise ToolError(f"{pom} is missing: the local broker needs a checkout of the project, not only the package")
    wanted = hashlib.sha256(pom.read_bytes()).hexdigest()
    libs.parent.mkdir(parents=True, exist_ok=True)
    with (libs.parent / f"{libs.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _stamp(libs) != wanted:
            maven = _find("mvn", home=environ.get("MAVEN_HOME"), path=environ.get("PATH", ""))
            progress("fetching Kafka's jars with Maven (44 MB, once)")

            def fill(folder: Path) -> None:
                _fetch(maven, pom, folder, environ=environ)
                (folder / STAMP).write_text(wanted + "\n")

            replace_folder(libs, fill)
    return libs


def _stamp(libs: Path) -> str | None:
    stamp = libs / STAMP
    return stamp.read_text().strip() if stamp.is_file() else None


def _fetch(maven: Path, pom: Path, libs: Path, *, environ: Mapping[str, str]) -> None:
    command = [str(maven), "-q", "-B", "-C", "-f", str(pom), "dependency:copy-dependencies"]
    options = ["-DincludeScope=runtime", f"-DoutputDirectory={libs}"]
    try:
        done = subprocess.run(
            [*command, *options], env=dict(environ), capture_output=True, text=True, timeout=FETCH_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise ToolError(f"Maven did not fetch Kafka's jars within {FETCH_SECONDS:.0f} s: {maven} -f {pom}") from None
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise ToolError(f"Maven could not fetch Kafka's jars ({maven} -f {pom}):\n{said}")


def _find(program: str, *, home: str | None, path: str) -> Path:
    if home and (candidate := Path(home) / "bin" / program).is_file():
        return candidate
    if found := shutil.which(program, path=path):
        return Path(found)
    raise ToolError(f"{program} was not found. The local broker needs Java 17 and Maven. {INSTALL_HINT}")
