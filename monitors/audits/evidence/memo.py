"""Intended purpose, and the memo on how the system is classified under the EU AI Act."""

from monitors.audits.evidence.facts import Facts
from monitors.audits.evidence.law import AI_ACT, DATES, GUIDELINES, LOOKED_UP, SCHUFA
from monitors.audits.evidence.statements import Chapter, Part, figure, publication, repository, says


def classification(facts: Facts) -> Chapter:
    """The chapter."""
    return Chapter(
        name="classification",
        title="Intended purpose and classification memo",
        about=(
            "What the system is for, and what follows for its class under the EU AI Act. A draft for the bank's"
            " counsel, who confirms it; not legal advice."
        ),
        parts=[_purpose(facts), _class(), Part("Dates", DATES, notes=[_READ]), _open()],
        state="draft for counsel",
    )


_READ = (
    f"Publications were looked up on {LOOKED_UP} in stored copies of public pages; the Official Journal and EUR-Lex"
    " were not reached. The bank's counsel confirms each date."
)


def _purpose(facts: Facts) -> Part:
    return Part(
        "Intended purpose",
        [
            says(
                "To put transactions of a bank's customers into categories of spending and income, for overviews,"
                " budgets and reports; to leave to a person what the model is not sure of.",
                repository("README.md"),
                repository("models/data/taxonomy.json"),
            ),
            says(
                f"This run is of model {facts.manifest.model_version} with the policy {facts.run.policy}.",
                figure("/run/model_version"),
                figure("/run/policy"),
            ),
            says(
                "The categories name the purpose of money, never a person; no field about a person enters.",
                repository("models/contracts/taxonomy.py"),
                repository("tests/models/contracts/test_wire.py::test_unknown_fields_are_dropped_and_counted"),
            ),
        ],
        notes=[
            "Not intended: to evaluate creditworthiness, to price, to decide on an account, to detect fraud, to tell"
            " who a person is. The program cannot see what its categories are used for: the bank rules it out, or"
            " classifies the use."
        ],
    )


def _class() -> Part:
    return Part(
        "Classification",
        [
            says("Categorization of transactions is not itself listed in Annex III.", AI_ACT),
            says(
                "Annex III 5(b) lists systems intended to evaluate the creditworthiness of natural persons or to"
                " establish their credit score, except to detect financial fraud. Where the categories are meant to"
                " feed such an evaluation, the categorizer becomes part of a high-risk system.",
                AI_ACT,
                publication("Vendor's note on Annex III 5(b) and Article 6(3) for banks, 2026 (horizon-scanner.com)"),
            ),
            says(
                "A system of Annex III that profiles natural persons is always high-risk; the exception of Article 6(3)"
                " is then closed.",
                AI_ACT,
                GUIDELINES,
            ),
            says(
                "Under the GDPR a score is itself an automated decision where a third party draws strongly on it. A"
                " category that decides whether credit is given may come under the same reasoning.",
                SCHUFA,
            ),
            says(
                "So: outside of Annex III for overviews and budgets; part of a high-risk system where the categories"
                " are meant to evaluate the creditworthiness of natural persons.",
                AI_ACT,
            ),
        ],
    )


def _open() -> Part:
    return Part(
        "What the bank fills in",
        about=[
            "Uses of the categories, one by one: [use, who, since when]. Does any of them evaluate creditworthiness or"
            " set a price or a limit for a natural person? [yes / no, and why]",
            "Role under the AI Act: provider, deployer, or both (Article 25, where the purpose is changed): [role]",
            "Confirmed by counsel: [name, day]. To be looked at again on every new use, and before 2 December 2027:"
            " [day]",
        ],
    )
