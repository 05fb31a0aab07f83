"""The model card: what the model is, what it was measured on, and where it is weak."""

from collections.abc import Mapping

from pydantic import JsonValue

from models.contracts.taxonomy import CATEGORIES
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import NONE, interval, percent
from models.statistics.counting import several
from monitors.audits.evidence.facts import Facts, groups_of
from monitors.audits.evidence.statements import Chapter, Part, Statement, figure, repository, says

_NAMES = {
    "merchants_seen_before": "merchants of the training, later transactions",
    "held_out_merchants": "merchants held out of the training",
    "held_out_as_of_a_new_source": "held out, as of a source that is not known",
    "held_out_without_likeness": "held out, nothing like them known",
    "held_out_names_hidden": "held out, names hidden",
    "written_names": "brands as statements write them",
    "written_names_hidden": "brands, names hidden",
    "bank_wording": "wording of banks",
    "without_likeness": "written lines, nothing like them known",
    "written_names_cut_short": "brands, lines cut short",
    "written_names_hidden_cut_short": "brands, names hidden, lines cut short",
    "bank_wording_cut_short": "wording of banks, lines cut short",
    "without_likeness_cut_short": "written lines, nothing like them known, cut short",
}
"""Groups of the manifest's metrics in words; others by their name."""


def model_card(facts: Facts) -> Chapter:
    """The chapter."""
    return Chapter(
        name="model_card",
        title=f"Model card of {facts.manifest.model_version}",
        about="What the model is, what was measured of it when it was trained, and where it is weak.",
        parts=[_what(facts), _measured(facts), _policy(facts), _weak(facts)],
        state="measured at the training" if groups_of(facts.manifest) else "the artefact names no metrics",
    )


def _what(facts: Facts) -> Part:
    manifest = facts.manifest
    statements = [
        says(
            "It puts a bank transaction into one of"
            f" {len(CATEGORIES)} categories of spending and income, from its statement text, amount and currency, with"
            " the merchant category code where there is one; and says whether a person is to decide.",
            figure("/model/categories"),
            repository("models/data/taxonomy.json"),
            repository("models/contracts/events.py"),
        ),
        says(
            "It is an ensemble: several methods vote, the votes are weighted by how often they were right, and the"
            " confidence is calibrated.",
            repository("models/decisions/ensemble.py"),
            repository("models/decisions/calibrated.py"),
        ),
        says(
            f"Version {manifest.model_version}, a digest over its files; any change gives another version.",
            figure("/model/files"),
            repository("tests/models/artefacts/test_artefact.py"),
        ),
        says(
            f"It was made by `{manifest.command}`" + (f" on {manifest.trained_on}." if manifest.trained_on else "."),
            figure("/model/command"),
            figure("/model/trained_on"),
            figure("/model/config"),
        ),
    ]
    return Part("What it is", statements)


def _measured(facts: Facts) -> Part:
    groups = groups_of(facts.manifest)
    rows = [
        (
            _NAMES.get(name, name.replace("_", " ")),
            f"{values['rows']:,}",
            percent(float(str(values["accuracy"]))),
            _share(values, "coverage"),
            _share(values, "accepted_precision"),
            f"{values['calibration_error']:.3f}" if "calibration_error" in values else NONE,
        )
        for name, values in groups.items()
    ]
    head = ("transactions of", "count", "right", "accepted", "right of the accepted", "calibration error")
    statements = [
        says(
            f"{several(len(groups), 'group')} of transactions were measured when the model was trained.",
            figure("/model/groups_measured"),
            figure("/model/metrics"),
        )
    ]
    return Part(
        "What was measured",
        statements if groups else (),
        tables=[TextTable("Metrics of the artefact's manifest", head, rows)] if groups else (),
        notes=[
            "Accepted: decided without a person. These groups are stand-ins for banks that nobody has seen, not"
            " transactions of this bank: docs/evaluation.md says how they relate to real sources. Measure your own with"
            " `evenhand evaluate`."
        ],
    )


def _policy(facts: Facts) -> Part:
    run, acceptance = facts.run, facts.manifest.metrics.get("acceptance")
    statements = [
        says(
            f"Policy of this run: {run.policy}"
            + (f", to keep {percent(run.precision)} of the accepted right." if run.policy == "calibrated" else "."),
            figure("/run/policy"),
            figure("/run/precision"),
        )
    ]
    if isinstance(acceptance, Mapping) and "line" in acceptance:
        statements.append(
            says(
                f"At the precision of the training a decision is accepted from confidence {acceptance['line']} on;"
                f" by likeness alone from {acceptance.get('by_likeness_alone', NONE)} on.",
                figure("/model/metrics/acceptance"),
            )
        )
    for name, values in _raised(facts).items():
        bounds = interval((float(str(values["low"])), float(str(values["high"]))))
        statements.append(
            says(
                f"{name.removeprefix('raised_').replace('_', ' ')}: {percent(float(str(values['right'])))} {bounds} of"
                f" {values['rows']:,} right in trials, which is too few; accepted from {values['line']} on.",
                figure(f"/model/metrics/{name}"),
            )
        )
    return Part("When a person decides", statements)


def _weak(facts: Facts) -> Part:
    groups = groups_of(facts.manifest)
    statements: list[Statement] = [
        says(
            f"Least often right: {_NAMES.get(name, name.replace('_', ' '))}, {percent(float(str(values['accuracy'])))}"
            f" of {values['rows']:,}; {_share(values, 'coverage')} of them are accepted, of which"
            f" {_share(values, 'accepted_precision')} are right.",
            figure(f"/model/metrics/{name}"),
        )
        for name, values in sorted(groups.items(), key=lambda item: float(str(item[1]["accuracy"])))[:3]
    ]
    statements += [
        says(
            "Lines in other scripts than the Latin one are folded and read; how often they are right is not among the"
            " groups that were measured when the model was trained.",
            repository("models/statements/scripts.py"),
            repository("tests/models/statements/test_scripts.py"),
        ),
        says(
            "It is not made to evaluate a person's creditworthiness: see the classification memo.",
            repository("docs/regulation.md"),
        ),
    ]
    return Part(
        "Known weaknesses",
        statements,
        notes=["Gaps between groups are the matter of the bias report and the counterfactual report of this folder."],
    )


def _raised(facts: Facts) -> dict[str, Mapping[str, JsonValue]]:
    metrics = facts.manifest.metrics
    return {
        name: values
        for name, values in metrics.items()
        if isinstance(values, Mapping) and {"right", "low", "high", "rows", "line"} <= values.keys()
    }


def _share(values: Mapping[str, JsonValue], name: str) -> str:
    value = values.get(name)
    return percent(float(value)) if isinstance(value, int | float) else NONE
