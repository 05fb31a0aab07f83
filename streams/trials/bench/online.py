"""Deciding with what people taught and with the bank's own rules, beside deciding without, in turns and alike.

Either process decides on other rows first, so that what is loaded or compiled at first use counts in neither.

Memories and rules are invented, and some are of merchants and accounts that occur, so that look-ups find something: one
merchant of ten is corrected, one of fifty has a rule, one account of five has an opinion of its own on one of ten.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from models.contracts.events import Transaction
from models.contracts.taxonomy import CATEGORIES
from models.decisions.ensemble import Ensemble
from models.decisions.line_keys import trade_of
from models.decisions.loading import load_ensemble
from models.learned.online import records
from models.learned.online.keys import FamilyKey, LineKeys, account_token
from models.learned.online.model import OnlineModel
from models.learned.online.text import TextLearner
from models.learned.online.weights import TextWeights
from models.voters.house.rules import HouseRules
from streams.apps.garbage import calm_collector
from streams.trials.bench.child import run_child, serve
from streams.trials.bench.model import BATCH, ModelCase
from streams.trials.bench.rounds import CaseRounds, Progress, take_turns
from streams.trials.bench.sample import transactions_for

MEMORIES, RULES = 100_000, 5_000
"""Merchants, families and accounts' merchants that are remembered, and rules of the bank's own."""

LOST = 0.1
"""Share of the decisions per CPU second that they may cost."""

FAMILIES, OF_ACCOUNTS = 0.02, 0.15
"""Shares of the memories that are of families, and of accounts."""

TEXTS = 1_000
"""Corrections from which the model of texts learned."""

_SECRET = b"bench"


@dataclass(frozen=True, slots=True)
class OnlineCase:
    """Decisions with or without all that came later.

    Args:
        each_once: Every description once, so that no memory holds it; else all rows in their order.
    """

    taught: bool
    each_once: bool

    def __str__(self) -> str:
        rows = "each description once" if self.each_once else "all rows"
        return f"{rows}, {'with' if self.taught else 'without'} memories and rules"


CASES = tuple(OnlineCase(taught=taught, each_once=each_once) for each_once in (False, True) for taught in (False, True))


@dataclass(frozen=True, slots=True)
class OnlineTiming:
    """The measurement of one process.

    Args:
        cpu_seconds: User and system time of all decisions, with their bytes.
        by_rule: Decisions that a rule made.
        by_account: Those that the account's correction made.
        by_people: Those that corrections for everyone made.
        with_text: Those on which the model of texts voted.
        build_seconds: CPU time of taking all memories and rules in.
    """

    decisions: int
    cpu_seconds: float
    by_rule: int
    by_account: int
    by_people: int
    with_text: int
    build_seconds: float

    @property
    def rate(self) -> float:
        """Decisions per CPU second."""
        return self.decisions / self.cpu_seconds


def run_online(
    *, source: Path | None, model: Path | None, rows: int | None, rounds: int, progress: Progress
) -> list[CaseRounds[OnlineCase, OnlineTiming]]:
    """Measure every case, in turns, each run in a process of its own.

    What is remembered is made for lines that occur. They are read in one process more, so that no process that measures
    has seen a line before.

    Args:
        source: File of transactions, or None for the shipped sample.
        model: Folder of the artefact, or None for the shipped one.
        rows: Transactions at most, or None for all.
    """
    job = {"source": source and str(source), "model": model and str(model), "rows": rows}

    def in_child(more: dict[str, Any], name: str) -> Any:
        return asyncio.run(run_child("streams.trials.bench.online", job | more, name=name))

    keys = in_child({"keys": None}, "lines that occur")

    def run(case: OnlineCase) -> OnlineTiming:
        return OnlineTiming(**in_child(asdict(case) | {"keys": keys if case.taught else []}, str(case)))

    return take_turns(CASES, run, rounds=rounds, progress=progress)


def kept_shares(cases: Sequence[CaseRounds[OnlineCase, OnlineTiming]], *, each_once: bool) -> list[float]:
    """Decisions per CPU second with all that came later, by those without, of each round: two runs side by side."""
    rates = {each.case.taught: each.rates for each in cases if each.case.each_once is each_once}
    return [taught / untaught for taught, untaught in zip(rates[True], rates[False], strict=True)]


def taught_model(keys: Sequence[LineKeys], accounts: Sequence[str], *, memories: int = MEMORIES) -> OnlineModel:
    """A model with so many memories.

    Args:
        keys: Of lines that occur.
        accounts: Accounts that occur.
    """
    random = Random(0)
    model = OnlineModel(trade=trade_of, secret=_SECRET, read_text=TextWeights.of)
    model.apply(_parts(keys, accounts, memories, random))
    learner = TextLearner()
    for each in keys[:TEXTS]:
        learner.learn(each.text, random.choice(CATEGORIES))
    model.apply([(records.TEXT, learner.snapshot())])
    model.apply([(records.HEAD, records.head_bytes(records.head_of(memories, model.digest)))])
    return model


def _parts(
    keys: Sequence[LineKeys], accounts: Sequence[str], memories: int, random: Random
) -> Iterator[tuple[str, bytes]]:
    families, of_accounts = int(memories * FAMILIES), int(memories * OF_ACCOUNTS)
    known = [each.merchant for each in keys if each.merchant]
    for number in range(families):
        key: FamilyKey = ("out", (f"family{number}",))
        yield records.family_part(key), records.standing_bytes(records.Standing(random.choice(CATEGORIES), 4, 4))
    for number in range(of_accounts):
        account = accounts[number * 5 % len(accounts)] if number % 2 else f"account{number}"
        subject = random.choice(known[5::10] or known) if number % 2 else f"merchant{number}"
        part = records.account_part((account_token(account, _SECRET), "out", subject))
        yield part, records.category_bytes(random.choice(CATEGORIES))
    rest = memories - families - of_accounts
    corrected = [*dict.fromkeys(known[::10]), *(f"merchant{number}" for number in range(rest))][:rest]
    for name in corrected:
        support = random.randint(1, 4)
        standing = records.Standing(random.choice(CATEGORIES), support, support)
        yield records.merchant_part(("out", name)), records.standing_bytes(standing)


def house_rules(keys: Sequence[LineKeys], *, rules: int = RULES) -> HouseRules:
    """So many rules: of merchants, of words, and of codes with amounts, days or accounts; a few are for every line."""
    known = list(dict.fromkeys(each.merchant for each in keys if each.merchant))[::50]
    return HouseRules.read(("\n".join(_rules(known, rules, Random(0))) + "\n").encode())


def _rules(known: Sequence[str], rules: int, random: Random) -> Iterator[str]:
    for number in range(rules):
        category, end = random.choice(CATEGORIES), "who: bench, why: measured"
        start = f"- {{id: R-{number}, category: {category}, {end}"
        if number < 5:
            yield f"{start}, account: HEAD-OFFICE-{number}*, amount_from: 1000}}"
        elif number % 20 == 0:
            yield f"{start}, mcc: {5000 + number}, amount_from: {number}, amount_to: {number + 10}}}"
        elif number % 20 == 1:
            yield f"{start}, text: [branch, word{number}], from: 2020-01-01, account: BIZ-*}}"
        elif number % 2:
            yield f"{start}, text: shop{number} street}}"
        else:
            place = number // 2 - 3  # 6 is the first
            name = known[place] if place < len(known) else f"merchant{number}"
            yield f"{start}, merchant: '{name}'}}"


def measure(ensemble: Ensemble, transactions: Sequence[Transaction], *, build_seconds: float) -> OnlineTiming:
    """Decide on all, batch by batch, from empty memories of lines; the bytes of each decision are made, too."""
    now = datetime.now(UTC)
    counts = dict.fromkeys(("house", "account", "online"), 0)
    with_text = 0
    calm_collector()
    spent = 0.0
    for first in range(0, len(transactions), BATCH):
        start = time.process_time()
        decided = ensemble.decide(transactions[first : first + BATCH], now=now)
        for each in decided:
            each.dumped()
        spent += time.process_time() - start
        for each in decided:
            if (decisive := each.verdict.traits.methods[-1:]) and decisive[0] in counts:
                # The model of texts votes beside others; who overrules them weighs all.
                ruled = each.verdict.checked["votes"][-1].weight == 1.0 or decisive[0] != "online"
                counts[decisive[0]] += ruled
                with_text += not ruled
    return OnlineTiming(
        len(transactions), spent, counts["house"], counts["account"], counts["online"], with_text, build_seconds
    )


def _answer(job: dict[str, Any]) -> object:
    """The keys of all lines where none are given, else a measurement."""
    source, model = (Path(job[key]) if job[key] else None for key in ("source", "model"))
    rows: int | None = job["rows"]
    # The rows behind those that are measured: where there are none, the last ones.
    loaded = transactions_for(source, rows=rows and rows + BATCH)
    transactions, behind = loaded[:rows], loaded[-BATCH:]
    if job["keys"] is None:
        keyed = load_ensemble(model, online=OnlineModel())
        return list(dict.fromkeys(keys for keys in keyed.keys_of(transactions) if keys is not None))
    online, house, build = None, None, 0.0
    if job["taught"]:
        keys = [LineKeys(merchant, tuple(family), *others) for merchant, family, *others in job["keys"]]
        start = time.process_time()
        online = taught_model(keys, [*dict.fromkeys(transaction.account_id for transaction in transactions)])
        house = house_rules(keys)
        build = time.process_time() - start
    ensemble = load_ensemble(model, online=online, house=house)
    # Tables and expressions are made when they are first needed, which is no matter of what was taught.
    for each in ensemble.decide(behind, now=datetime.now(UTC)):
        each.dumped()
    case = ModelCase(with_mcc=True, each_once=job["each_once"])
    # The same one with nothing in its memories.
    return asdict(measure(replace(ensemble), case.select(transactions), build_seconds=build))


if __name__ == "__main__":
    serve(_answer)
