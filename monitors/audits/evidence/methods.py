"""The inventory of methods: what each does, how material it is, and what watches it."""

from typing import Final, NamedTuple

from models.evaluation.reports.tables import TextTable
from monitors.audits.evidence.facts import Facts
from monitors.audits.evidence.law import SR_26_2
from monitors.audits.evidence.statements import Chapter, Part, Source, figure, repository, says


class Method(NamedTuple):
    """One method.

    Args:
        materiality: high, medium or low: by what it can settle without a person, and how much of the traffic it sees.
        why: What the materiality rests on.
        watched: What watches it while it runs.
        places: Of the code and of a test.
    """

    name: str
    materiality: str
    why: str
    watched: str
    places: tuple[str, ...]


_CATEGORIES_WATCHED = "monitors of review, confidence, usage and parity"

METHODS: Final = (
    Method(
        "ensemble with calibration and acceptance",
        "high",
        "settles every decision, and who waits for a person",
        f"{_CATEGORIES_WATCHED}; blind sample",
        ("models/decisions/ensemble.py", "tests/models/decisions/test_calibrated.py"),
    ),
    Method(
        "merchant memory and n-grams (text)",
        "high",
        "votes on every line with a text",
        _CATEGORIES_WATCHED,
        ("models/voters/text.py", "tests/models/voters/test_text.py"),
    ),
    Method(
        "brands, wording and cue words (rules)",
        "high",
        "votes on every line with a text",
        _CATEGORIES_WATCHED,
        ("models/voters/rules.py", "tests/models/voters/test_rules.py"),
    ),
    Method(
        "merchant category code",
        "high",
        "votes wherever there is a code",
        _CATEGORIES_WATCHED,
        ("models/voters/mcc.py", "tests/models/voters/test_mcc.py"),
    ),
    Method(
        "names of people",
        "high",
        "hide a person's name from the other methods; a fault would treat names differently",
        "tests of equal names; the counterfactual report, where it is measured",
        ("models/voters/people/finder.py", "tests/models/voters/people/test_equal_names.py"),
    ),
    Method(
        "the bank's own rules",
        "high",
        "settle a line past every vote; the bank writes them",
        "evenhand rules report; usage monitor",
        ("models/voters/house/rules.py", "tests/models/voters/house/test_rules.py"),
    ),
    Method(
        "learning from corrections",
        "medium",
        "changes merchants that people corrected, behind guards",
        "guards, quarantine and holdout; the learner's metrics",
        ("models/learned/online/learner.py", "tests/models/learned/online/test_guards.py"),
    ),
    Method(
        "language model (LLM), off by default",
        "low",
        "asked only where a bank sets it up; no decision is accepted on its word alone",
        "breaker and budget; the worker's metrics",
        ("models/voters/llm/voter.py", "tests/models/decisions/test_llm_guard.py"),
    ),
    Method(
        "fairness monitors",
        "medium",
        "decide nothing; whether an alert is raised hangs on them",
        "evenhand simulate: delay to detection and false alarms",
        ("monitors/evaluator.py", "tests/monitors/test_evaluator.py"),
    ),
)
"""Every method that takes part in a decision, and what watches them."""


def methods(facts: Facts) -> Chapter:
    """The chapter."""
    inventory = [
        says(
            f"{each.name}, materiality {each.materiality}: {each.why}. Watched by: {each.watched}.",
            *map(repository, each.places),
            *_settings(each.name),
        )
        for each in METHODS
    ]
    rows = [(each.name, each.materiality, _model_version(facts, each)) for each in METHODS]
    return Chapter(
        name="methods",
        title="Inventory of methods, with materiality and monitoring",
        about=(
            "For the bank's model inventory, in the terms of the US guidance on model risk. Materiality is this"
            " project's proposal, by purpose and exposure; the bank sets its own."
        ),
        parts=[
            _principles(),
            Part("Inventory", inventory, tables=[TextTable("Methods", ("method", "materiality", "version"), rows)]),
            _bank(),
        ],
        state="stated; materiality is for the bank to set",
    )


def _settings(name: str) -> tuple[Source, ...]:
    if name.startswith("language model"):
        return (figure("/settings/llm"),)
    return (figure("/settings/house_rules"),) if name.startswith("the bank's own") else ()


def _model_version(facts: Facts, method: Method) -> str:
    outside = ("the bank's own", "language model", "fairness monitors", "learning")
    return facts.run.project if method.name.startswith(outside) else f"model {facts.manifest.model_version}"


def _principles() -> Part:
    return Part(
        "What the guidance asks, as far as it was confirmed",
        [
            says(
                "SR 26-2 replaced SR 11-7 (2011) and SR 21-8 on 17 April 2026. It is guidance by principles, scaled to"
                " the materiality of a model, that is exposure and purpose; addressed above all to banks with more than"
                " 30 billion dollars of assets.",
                SR_26_2,
            ),
            says(
                "Generative and agentic AI are reported to be outside of its scope: of the methods below this would be"
                " the language model, which is off by default.",
                SR_26_2,
                figure("/settings/llm"),
            ),
            says(
                "Development, validation, monitoring, governance, and models of vendors stay its parts; the bank"
                " remains responsible for a model that it did not build.",
                SR_26_2,
            ),
        ],
    )


def _bank() -> Part:
    return Part(
        "What the bank fills in",
        about=[
            "Owner of the model: [name]. Validated by, who did not develop it: [name, day, finding]",
            "Materiality on the bank's own scale: [tier], because [exposure, purpose]. Next validation: [day]",
        ],
    )
