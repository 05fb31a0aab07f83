"""`evenhand shadow`: a candidate beside the present model, on a file and on a live topic, where it leaves no trace."""

import asyncio
import json
import os
import sys
from pathlib import Path

import pytest

from streams.messages.roles import Role
from tests.faults.conftest import OpenStage
from tests.faults.conftest import stage as stage  # the fixture
from tests.harness.learning import transaction
from tests.harness.models import MERCHANT, variant
from tests.harness.workers import ROOT, Stage, sample_messages
from tests.streams.cli.conftest import COMMAND, Invoke, clean_environment

SAMPLE = ROOT / "models" / "data" / "sample_transactions.csv.gz"


def test_the_model_beside_itself_on_a_file(evenhand: Invoke) -> None:
    """Nothing differs: exit code 0, the conclusion comes first."""
    done = evenhand("shadow", "--candidate", "shipped", "--file", SAMPLE, "--transactions", 1500)
    assert 0 == done.exit_code, done.output
    assert done.stdout.startswith("even: no group would wait longer")
    assert "on 1,500 transactions (0 refused, 0 repeated)" in done.stdout


def test_too_few_rows_are_told_from_even_ones(evenhand: Invoke) -> None:
    """Exit code 7, also in the JSON."""
    done = evenhand("shadow", "--candidate", "shipped", "--file", SAMPLE, "--transactions", 20, "--json")
    assert 7 == done.exit_code, done.output
    report = json.loads(done.stdout)
    assert ("not_enough_data", 20) == (report["conclusion"], report["transactions"])
    assert ["20 transactions, 200 are needed"] == report["reasons"]


def test_a_broken_candidate_is_refused(evenhand: Invoke, tmp_path: Path) -> None:
    """As everywhere: exit code 5."""
    variant(tmp_path / "model", {MERCHANT: "pets"})
    (tmp_path / "model" / "policy.json").write_text("{}")
    done = evenhand("shadow", "--candidate", tmp_path / "model", "--file", SAMPLE, "--transactions", 20)
    assert 5 == done.exit_code, done.output
    assert "differs from its sha256" in done.stderr


@pytest.mark.kafka
async def test_on_a_live_topic_it_leaves_no_trace(stage: OpenStage, tmp_path: Path) -> None:
    """What is there (`--past`) and what comes: what the candidate says otherwise is named; no group, no record."""
    candidate = variant(tmp_path / "model", {MERCHANT: "pets"})
    place = await stage(partitions=2)
    await place.send(sample_messages(300))
    await place.send(transaction(number) for number in range(100))
    before = {role: await place.ends(role) for role in Role if role is not Role.SLOW}

    environ = clean_environment() | {
        f"EVENHAND_{name.upper()}": str(getattr(place.settings, name))
        for name in ("bootstrap_servers", "topic_prefix", "app_id", "group_id", "partitions")
    }

    async def shadow(*options: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *(*COMMAND, "shadow", "--candidate", str(tmp_path / "model"), "--json", *options),
            env=environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    done = await shadow("--past", "--transactions", "1000", "--seconds", "200")
    out, said = await done.communicate()
    report = json.loads(out or b"{}")
    assert (400, candidate) == (report.get("transactions"), report.get("candidate")), said.decode()
    assert 100 == report["changed"]["rows"]
    assert {"pets"} == {change["to"] for change in report["changes"]}
    assert before == {role: await place.ends(role) for role in before}
    assert [] == await place.members()
    assert [0, 0] == await place.committed()

    done = await shadow("--transactions", "50", "--seconds", "200")
    sending = asyncio.create_task(_keep_sending(place, done))
    out, said = await done.communicate()
    await sending
    report = json.loads(out or b"{}")
    assert report.get("transactions", 0) >= 50, said.decode()
    assert [] == await place.members()


async def _keep_sending(place: Stage, until: asyncio.subprocess.Process) -> None:
    number = 10_000
    while until.returncode is None:
        await place.send(transaction(number + one) for one in range(10))
        number += 10
        await asyncio.sleep(0.5)
