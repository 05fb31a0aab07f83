"""`evenhand rules`: what is wrong with a file of rules, what they would do, why, and what they did."""

import asyncio
import json
from pathlib import Path

import pytest

from models.contracts.corrections import Correction
from models.contracts.wire import dump
from streams.local.broker import LocalBroker
from streams.messages.roles import Role
from tests.harness.messages import CORRECTION, DECISION
from tests.harness.voters import NOON
from tests.harness.workers import Message, Stage
from tests.streams.cli.conftest import HEADER, SHORT, Invoke

RULES = """id,text,merchant,mcc,amount_from,category,from,to,who,why
R-1,tim hortons,,,,pets,,,ops,said
R-2,food basics,,,100,travel,,,ops,said
R-3,,tzeryx,,,fuel,,2019-12-31,ops,said
"""
ROWS = (
    "t1,a1,TIM HORTONS #1,5.00,CAD,2019-10-07T09:00:00-04:00,5814\n"
    "t2,a1,TIM HORTONS #2,6.00,CAD,2019-10-07T09:00:00-04:00,5814\n"
    "t3,a1,FOOD BASICS #606,35.71,CAD,2019-10-07T09:00:00-04:00,5411\n"
    "t4,a2,TZERYX,20.00,CAD,2019-10-07T09:00:00-04:00,\n"
)
EXAMPLE = Path(__file__).parents[3] / "ops" / "examples" / "house_rules.csv"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A file of rules."""
    file = tmp_path / "rules.csv"
    file.write_text(RULES)
    return file


@pytest.fixture
def transactions(tmp_path: Path) -> Path:
    """Two lines of one rule, one that lacks an amount, one of a merchant that no table knows."""
    file = tmp_path / "transactions.csv"
    file.write_text(HEADER + ROWS)
    return file


def test_the_example_is_sound(evenhand: Invoke) -> None:
    """Nothing is wrong with the file that is shipped."""
    result = evenhand("rules", "check", "--rules", EXAMPLE, "--json")
    report = json.loads(result.stdout)
    assert (0, True, [], []) == (result.exit_code, report["usable"], report["faults"], report["over"])


def test_check_names_line_field_and_remedy(evenhand: Invoke, rules: Path) -> None:
    """Every fault of a file that a worker would refuse, and 2."""
    rules.write_text(RULES + "R-1,,,5811,x,grocery,,,ops,\n")
    result = evenhand("rules", "check", "--rules", rules, "--json")
    assert 2 == result.exit_code
    report = json.loads(result.stdout)
    assert [
        (5, "amount_from", "malformed", "it is no number; write 12.50, without a sign or a currency"),
        (5, "category", "malformed", "there is no such category; did you mean groceries?"),
        (5, "id", "repeated_id", "the rule in line 2 has this id: give each its own"),
        (5, "why", "malformed", "it is missing: every rule has one"),
    ] == [(fault["line"], fault["field"], fault["kind"], fault["said"]) for fault in report["faults"]]
    assert (False, None) == (report["usable"], report["version"])
    shown = evenhand("rules", "check", "--rules", rules).stdout
    for said in ("amount_from", "did you mean groceries?", "repeated id", "the file is refused"):
        assert said in shown


@pytest.mark.parametrize(
    ("row", "kind", "code"),
    [
        ("R-4,tim hortons,,,,pets,,,ops,said\n", "duplicate", 1),
        ("R-4,tim hortons,,,,fuel,,,ops,said\n", "contradiction", 1),
        ("R-4,tim hortons,,,5,fuel,,,ops,said\n", "shadowed", 1),
        ("R-4,,,,5,fuel,,,ops,said\n", "broad", 0),
    ],
)
def test_rules_that_never_decide_end_with_1(evenhand: Invoke, rules: Path, row: str, kind: str, code: int) -> None:
    """A worker takes them; whoever checks wants to know. One that is asked for everything is a remark."""
    rules.write_text(RULES + row)
    result = evenhand("rules", "check", "--rules", rules, "--json")
    report = json.loads(result.stdout)
    assert (code, [(5, kind, "R-4", False)]) == (
        result.exit_code,
        [(fault["line"], fault["kind"], fault["rule"], fault["refused"]) for fault in report["faults"]],
    )
    assert ["R-3"] == report["over"]
    assert "the last day is over: R-3" in evenhand("rules", "check", "--rules", rules).stdout


@pytest.mark.parametrize("content", ["", "# nothing yet\n", RULES.partition("\n")[0] + "\n"])
def test_a_file_without_rules_is_told_and_ends_with_7(evenhand: Invoke, rules: Path, content: str) -> None:
    """It is usable, and a worker would take it; most who check one meant another file."""
    rules.write_text(content)
    result = evenhand("rules", "check", "--rules", rules)
    assert (7, "0 rules, version (none)\n") == (result.exit_code, result.stdout)
    assert "has no rules: a worker that has it takes all rules away" in " ".join(result.stderr.split())


def test_one_rule_is_one_rule(evenhand: Invoke, rules: Path) -> None:
    """And several are rules."""
    lines = RULES.splitlines(keepends=True)
    rules.write_text("".join(lines[:2]))
    assert "\n1 rule, version " in f"\n{evenhand('rules', 'check', '--rules', rules).stdout}"
    rules.write_text("".join(lines[:3]))
    assert "\n2 rules, version " in f"\n{evenhand('rules', 'check', '--rules', rules).stdout}"


def test_a_file_must_be_named_and_be_there(evenhand: Invoke, tmp_path: Path) -> None:
    """By option or by setting."""
    result = evenhand("rules", "check")
    assert (4, True) == (result.exit_code, "give --rules FILE, or set EVENHAND_HOUSE_RULES" in result.stderr)
    result = evenhand("rules", "check", house_rules=str(tmp_path / "none.csv"))
    assert (2, True) == (result.exit_code, "none.csv cannot be read: No such file" in result.stderr)
    assert 0 == evenhand("rules", "check", house_rules=str(EXAMPLE)).exit_code


def test_trying_says_what_changes_and_what_people_would_say(
    evenhand: Invoke, rules: Path, transactions: Path, tmp_path: Path
) -> None:
    """Rows by rule, moved categories, people who need not look, rules that never decide and that are contradicted."""
    corrections = tmp_path / "said.csv"
    corrections.write_text("category,transaction_id,note\nfuel,t1,x\npets,t2,\ngrocery,t3,\n")
    command = ("rules", "test", "-i", transactions, "--rules", rules, "--corrections", corrections)
    result = evenhand(*command, "--json")
    assert 0 == result.exit_code, result.stderr
    report = json.loads(result.stdout)
    assert (4, 3, 3, 1) == tuple(report[name] for name in ("rows", "decided_by_rules", "changed", "spared_review"))
    assert [("R-1", 2, 2, 0, 2, 1, {"fuel": 1}, "t1"), ("R-3", 1, 1, 1, 0, 0, {}, "t4")] == [
        tuple(
            rule[name]
            for name in ("rule", "fired", "changed", "spared_review", "labelled", "corrected", "said_instead", "first")
        )
        for rule in report["fired"]
    ]
    assert (["R-2"], ["R-1"]) == (report["never_fired"], [rule["rule"] for rule in report["corrected"]])
    assert {"without": "food_dining", "with": "pets", "rows": 2} in report["moves"]
    assert (2, {"unknown_value": 1}) == (report["corrections"], report["corrections_refused"])
    shown = evenhand(*command).stdout
    for said in ("people correct: R-1", "never decided: R-2", "corrections that cannot be used: 1", "fuel 1"):
        assert said in shown


def test_refused_rows_and_an_empty_file_have_their_codes(evenhand: Invoke, rules: Path, transactions: Path) -> None:
    """As of other commands that read transactions."""
    transactions.write_text(HEADER + ROWS + SHORT)
    result = evenhand("rules", "test", "-i", transactions, "--rules", rules, "--json")
    assert (3, {"too_few_columns": 1}) == (result.exit_code, json.loads(result.stdout)["refused_by_reason"])
    transactions.write_text(HEADER)
    assert 7 == evenhand("rules", "test", "-i", transactions, "--rules", rules).exit_code


def test_explaining_says_what_decides_and_what_others_ask(evenhand: Invoke, rules: Path, transactions: Path) -> None:
    """The deciding rule, and the nearest others with what the transaction lacks; one rule alone when it is named."""
    shown = evenhand("rules", "explain", "-d", "TIM HORTONS [x] FOOD BASICS", "--rules", rules).stdout
    for said in ("TIM HORTONS [x] FOOD BASICS", "R-1: pets", "amount_from: 100 or more; 10.00", "3 rules"):
        assert said in shown
    result = evenhand("rules", "explain", "-i", transactions, "--id", "t4", "--rules", rules, "--json")
    report = json.loads(result.stdout)
    assert ("R-3", "fuel", "tzeryx") == (report["decides"], report["category"], report["merchant_key"])
    assert [("R-3", True)] == [(each["rule"], each["fits"]) for each in report["nearest"]]
    result = evenhand("rules", "explain", "-d", "X", "--rules", rules, "--rule", "R-2", "--json")
    report = json.loads(result.stdout)
    missed = [point["field"] for point in report["nearest"][0]["points"] if not point["holds"]]
    assert (None, ["text", "amount_from"]) == (report["decides"], missed)
    result = evenhand("rules", "explain", "-d", "X", "--rules", rules, "--rule", "R-9")
    assert (2, True) == (result.exit_code, "there is no rule R-9 in the file" in result.stderr)


def test_decisions_name_the_rule_and_are_reported(
    evenhand: Invoke, rules: Path, transactions: Path, tmp_path: Path
) -> None:
    """categorize and explain heed the rules; the report reads what they did off the decisions."""
    output = tmp_path / "out.jsonl"
    done = evenhand("categorize", "-i", transactions, "-o", output, "--rules", rules, "--json")
    version = json.loads(done.stdout)["house_version"]
    decisions = {each["transaction_id"]: each for each in map(json.loads, output.read_text().splitlines())}
    assert {"pets"} == {decisions[name]["category"] for name in ("t1", "t2")}
    assert {version} == {each["house_version"] for each in decisions.values()}
    assert ["house_rule"] == decisions["t4"]["reasons"]
    shown = evenhand("explain", "-d", "TIM HORTONS #1", "--rules", rules).stdout
    assert f"house rules {version}" in shown
    assert "a rule of the bank's own says so" in shown

    corrections = tmp_path / "said.jsonl"
    said = Correction.model_validate(CORRECTION | {"transaction_id": "t2", "category": "fuel"})
    corrections.write_bytes(dump(said) + b"\n")
    rules.write_text(RULES.replace("R-3", "R-5"))
    result = evenhand("rules", "report", "-i", output, "--rules", rules, "--corrections", corrections, "--json")
    report = json.loads(result.stdout)
    assert (4, 3, {version: 3}) == (report["decisions"], report["decided_by_rules"], report["by_version"])
    assert (["R-2", "R-5"], {"R-3": 1}) == (report["never_fired"], report["not_in_the_file"])
    assert [("R-1", 1, 1, {"fuel": 1})] == [
        (rule["rule"], rule["labelled"], rule["corrected"], rule["said_instead"]) for rule in report["corrected"]
    ]
    assert "decided, and not in the file: R-3 1" in evenhand("rules", "report", "-i", output, "--rules", rules).stdout


def test_the_topics_tell_what_rules_did(
    broker: LocalBroker, prefix: str, tmp_path: Path, evenhand: Invoke, rules: Path, kafka: dict[str, str]
) -> None:
    """A person's decision is a person's word; what is about their own books, or was taken back, corrects no rule."""
    house = {"method": "house", "category": "pets", "confidence": 1.0, "weight": 1.0}
    vote = house | {"evidence": "rule R-1 (version 0a1b2c3d4e5f)"}

    def decision(number: int, **fields: object) -> Message:
        key = f"t{number}".encode()
        return Message(json.dumps(DECISION | {"transaction_id": f"t{number}"} | fields).encode(), key, key)

    def said(number: int, category: str, **more: object) -> Message:
        fields = {
            "correction_id": f"c{number}",
            "transaction_id": f"t{number}",
            "category": category,
            "timestamp": NOON,
        }
        fields |= {"scope": "everyone", "standing": "reviewer"} | more
        return Message(dump(Correction.model_validate(CORRECTION | fields)), b"", f"t{number}".encode())

    def taken_back(correction_id: str) -> Message:
        told = {"action": "forget_correction", "target": correction_id}
        return Message(json.dumps(told).encode(), b"", correction_id.encode())

    by_rule = [decision(number, category="pets", votes=[vote]) for number in range(6)]
    human = decision(1, category="fuel", decided_by="human")

    async def fill() -> None:
        async with Stage(broker, prefix, tmp_path, {"partitions": 2}) as place:
            await place.send([*by_rule, decision(7), human, Message(b"{", b"", b"x")], role=Role.CATEGORIZED)
            own = {"scope": "account", "account_id": "a-1"}
            corrections = [
                *(said(0, "pets"), said(2, "fuel"), said(7, "fuel")),
                *(said(3, "fuel", **own), said(4, "fuel", standing="customer"), said(5, "fuel")),
            ]
            await place.send(corrections, role=Role.CORRECTIONS)
            await place.send([taken_back("c5")], role=Role.LEARNING_JOURNAL)

    asyncio.run(fill())
    result = evenhand("rules", "report", "--rules", rules, "--json", **kafka)
    report = json.loads(result.stdout)
    assert (7, 1, {"0a1b2c3d4e5f": 6}) == (report["decisions"], report["unread"], report["by_version"])
    (rule,) = report["fired"]
    assert (6, 3, 2, {"fuel": 2}) == (rule["fired"], rule["labelled"], rule["corrected"], rule["said_instead"])
