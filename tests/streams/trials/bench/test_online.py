"""The benchmark of memories and rules runs to its end, and finds what it put there. No speed is asserted."""

import json

import pytest
from typer.testing import CliRunner

from models.decisions.loading import load_ensemble
from models.learned.online.model import OnlineModel
from streams.cli.bench import app
from streams.trials.bench.online import (
    MEMORIES,
    RULES,
    OnlineCase,
    OnlineTiming,
    house_rules,
    kept_shares,
    measure,
    taught_model,
)
from streams.trials.bench.report import online_bar
from streams.trials.bench.rounds import CaseRounds
from streams.trials.bench.sample import transactions_for


@pytest.mark.slow
def test_it_reports_what_is_documented() -> None:
    """Four cases; those that are taught are decided by rules, accounts and people, the others by none."""
    done = CliRunner().invoke(app, ["online", "--rows", "400", "--rounds", "1", "--json"])
    report = json.loads(done.stdout)
    assert {"cases", "kept", "required", "change"} == set(report)
    assert [(False, False), (True, False), (False, True), (True, True)] == [
        (case["taught"], case["each_once"]) for case in report["cases"]
    ]
    assert {"all_rows", "each_once"} == set(report["kept"])
    for case in report["cases"]:
        (timing,) = case["rounds"]
        assert case["taught"] == (timing["by_people"] > 0)


def test_what_is_invented_is_as_much_as_it_says() -> None:
    """So many memories and rules, of which some are of lines that occur."""
    transactions = transactions_for(None, rows=200)
    keys = [each for each in load_ensemble(online=OnlineModel()).keys_of(transactions) if each is not None]
    online = taught_model(keys, ["acct-1", "acct-2"], memories=1_000)
    assert 900 < len(online) <= 1_000
    house = house_rules(keys, rules=200)
    timing = measure(load_ensemble(online=online, house=house), transactions, build_seconds=0.0)
    assert 200 == len(house) == timing.decisions
    assert timing.by_rule
    assert timing.by_people
    assert (100_000, 5_000) == (MEMORIES, RULES)


def test_the_bar_is_about_rows_in_their_order_and_each_line_once() -> None:
    """Kept are decisions with, by decisions without, of each round; the median decides."""

    def case(taught: bool, each_once: bool, *decisions: int) -> CaseRounds[OnlineCase, OnlineTiming]:
        timings = tuple(OnlineTiming(each, 1.0, 0, 0, 0, 0, 2.0) for each in decisions)
        return CaseRounds(OnlineCase(taught, each_once), timings)

    cases = [
        *(case(False, False, 100, 50, 100), case(True, False, 91, 47, 80)),
        *(case(False, True, 10, 10, 10), case(True, True, 8, 9, 8)),
    ]
    assert [[0.91, 0.94, 0.8], [0.8, 0.9, 0.8]] == [kept_shares(cases, each_once=each) for each in (False, True)]
    assert [
        ">= 0.90 of the decisions without, rows in their order: met (0.91, 0.80..0.94)",
        ">= 0.90 of the decisions without, each description once: not met (0.80, 0.80..0.90)",
        "taken in within 2.0 CPU s (median)",
    ] == online_bar(cases)
