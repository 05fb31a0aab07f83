"""What `ops/` configures is valid for the programs that read it, and agrees with the code and with itself."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from streams.settings.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "ops" / "Dockerfile"
ASYNCAPI = ROOT / "docs" / "asyncapi.yaml"


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a checker in the root of the checkout and keep what it says."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False)


def tool(name: str) -> Path:
    """Path of a program that `make tools` fetches."""
    path = ROOT / "build" / "tools" / "bin" / name
    if not path.exists():
        pytest.fail(f"{path} is missing: run `make tools`")
    return path


def services() -> dict[str, dict[str, Any]]:
    """The services of docker-compose.yml, anchors resolved."""
    return dict(YAML(typ="safe").load(COMPOSE)["services"])


def validate_asyncapi(document: Path) -> subprocess.CompletedProcess[str]:
    """Run the AsyncAPI parser over a document."""
    if not (ROOT / "ops" / "asyncapi" / "node_modules").exists():
        pytest.fail("ops/asyncapi/node_modules is missing: run `make tools`")
    return run("node", "ops/asyncapi/validate.mjs", document)


def test_compose_file_follows_the_specification() -> None:
    """Docker Compose would accept the file."""
    done = run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", COMPOSE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_prometheus_configuration_is_valid() -> None:
    """Prometheus would start with it."""
    done = run(tool("promtool"), "check", "config", "ops/prometheus/prometheus.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_alertmanager_configuration_is_valid() -> None:
    """Alertmanager would start with it."""
    done = run(tool("amtool"), "check-config", "ops/alertmanager/alertmanager.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_asyncapi_document_is_valid() -> None:
    """The AsyncAPI parser finds no error, references into `schemas/` included."""
    done = validate_asyncapi(ASYNCAPI)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_asyncapi_check_finds_an_error(tmp_path: Path) -> None:
    """The check is able to fail: an operation that neither sends nor receives is refused."""
    broken = tmp_path / "asyncapi.yaml"
    broken.write_text(re.sub(r"action: \w+", "action: eat", ASYNCAPI.read_text()))
    done = validate_asyncapi(broken)
    assert done.returncode == 1
    assert "action" in done.stdout


@pytest.mark.parametrize("file", [COMPOSE, DOCKERFILE], ids=lambda file: file.name)
def test_every_setting_named_exists(file: Path) -> None:
    """A misspelt variable would be ignored in silence, so each must be one of `Settings`."""
    named = set(re.findall(rf"\b{PREFIX}\w+", file.read_text()))
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert named, f"{file.name} names no setting"
    unknown = named - known
    assert not unknown


def test_prometheus_and_image_use_the_default_web_port() -> None:
    """The scraped port and the health check's are the port on which the worker listens by default."""
    port = Settings.model_fields["web_port"].default
    assert f'"localhost:{port}"' in (ROOT / "ops" / "prometheus" / "prometheus.yml").read_text()
    assert f"'EVENHAND_WEB_PORT', '{port}'" in DOCKERFILE.read_text()


def test_prometheus_and_health_check_use_the_default_port_of_the_monitor() -> None:
    """The monitor's port is scraped, and its health check asks there, not at the worker's."""
    port = Settings.model_fields["monitor_port"].default
    assert f'"localhost:{port}"' in (ROOT / "ops" / "prometheus" / "prometheus.yml").read_text()
    assert f"http://127.0.0.1:{port}/healthz" in services()["monitor"]["healthcheck"]["test"][-1]


def test_prometheus_and_health_check_use_the_default_port_of_the_learner() -> None:
    """The learner's port is scraped, and its health check asks there."""
    port = Settings.model_fields["learner_port"].default
    assert f'"localhost:{port}"' in (ROOT / "ops" / "prometheus" / "prometheus.yml").read_text()
    assert f"http://127.0.0.1:{port}/healthz" in services()["learner"]["healthcheck"]["test"][-1]


def test_services_run_commands_that_exist() -> None:
    """The image is started with commands that the program has."""
    commands = [
        service["command"][0]
        for service in services().values()
        if service["image"] == "evenhand:local" and "command" in service
    ]
    listed = run(sys.executable, "-m", "streams.cli.main", "--help").stdout
    assert {"topics", "worker", "monitor", "learner"} == set(commands)
    missing = [command for command in commands if f"│ {command} " not in listed]
    assert [] == missing


def test_mounted_files_of_ours_exist() -> None:
    """Docker would make an empty folder of a misspelt one."""
    volumes = [volume for service in services().values() for volume in service.get("volumes", [])]
    ours = [volume.split(":")[0] for volume in volumes if volume.startswith("./")]
    assert ours
    missing = [path for path in ours if not (ROOT / path).exists()]
    assert [] == missing


def test_prometheus_keeps_as_long_as_the_rules_look_back() -> None:
    """The budget is of 30 days."""
    kept = next(part for part in services()["prometheus"]["command"] if "retention.time" in part)
    found = re.fullmatch(r"--storage\.tsdb\.retention\.time=(\d+)d", kept)
    assert found is not None
    rules = "".join(path.read_text() for path in (ROOT / "ops" / "prometheus" / "rules").glob("*.yml"))
    assert int(found[1]) > max(int(days) for days in re.findall(r"\[(\d+)d[\]:]", rules))


def test_processes_and_prometheus_share_one_network() -> None:
    """Metrics are on loopback, so only who shares the network namespace can read them."""
    networks = {services()[name]["network_mode"] for name in ("worker", "monitor", "learner", "prometheus")}
    assert networks == {"service:worker-net"}
    datasource = ROOT / "ops" / "grafana" / "provisioning" / "datasources" / "prometheus.yml"
    assert YAML(typ="safe").load(datasource)["datasources"][0]["url"] == "http://worker-net:9090"


def test_ports_are_published_on_loopback_only() -> None:
    """Nothing of the trial system, which has no authentication, is reachable from another machine."""
    ports = [port for service in services().values() for port in service.get("ports", [])]
    assert ports
    open_to_others = [port for port in ports if not port.startswith("127.0.0.1:")]
    assert not open_to_others


def test_images_are_pinned() -> None:
    """Each image has a tag that names one release."""
    images = [service["image"] for service in services().values() if service["image"] != "evenhand:local"]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE.read_text(), flags=re.MULTILINE)
    unpinned = [image for image in images if not re.search(r":v?\d+\.\d+\.\d+", image)]
    assert not unpinned


def test_compose_runs_the_kafka_that_is_tested() -> None:
    """Tests and demo take Kafka's jars from Maven, compose takes an image: both are one version."""
    pom = (ROOT / "ops" / "kafka" / "pom.xml").read_text()
    found = re.search(r"<artifactId>kafka_2\.13</artifactId>\s*<version>([^<]+)</version>", pom)
    assert found is not None
    assert services()["kafka"]["image"] == f"apache/kafka:{found[1]}"


def test_what_the_image_copies_exists_and_is_not_ignored() -> None:
    """Each file that the Dockerfile copies is in the checkout and in the build context."""
    copies = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE.read_text(), flags=re.MULTILINE)
    sources = {source for line in copies for source in line.split()}
    allowed = {line[1:] for line in Path(f"{DOCKERFILE}.dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert sources == allowed
    missing = {source for source in sources if not (ROOT / source).exists()}
    assert not missing


def test_help_names_every_target() -> None:
    """`make` prints each public target, and make knows what to do for each of them."""
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)
    assert phony is not None
    done = run("make", "--no-print-directory", "help")
    listed = [line.split()[0] for line in done.stdout.splitlines()]
    assert sorted(phony[1].split()) == sorted(listed)
    for target in listed:
        assert run("make", "--dry-run", target).returncode == 0, target


def test_no_lock_names_where_packages_come_from() -> None:
    """Locks carry versions and hashes; which registry serves them is the machine's affair."""
    locks = [*ROOT.glob("requirements*.lock"), *ROOT.glob("ops/*.lock"), ROOT / "ops/asyncapi/package-lock.json"]
    assert len(locks) >= 4
    telling = [lock.name for lock in locks if re.search(r'"resolved"|--(extra-)?index-url', lock.read_text())]
    assert not telling
