"""A template for the explanation of one decision to the person whose money it was."""

from models.evaluation.reports.tables import TextTable
from monitors.audits.evidence.facts import Facts
from monitors.audits.evidence.law import AI_ACT, DUN, GDPR, SCHUFA
from monitors.audits.evidence.statements import NOT_MEASURED, Chapter, Part, figure, repository, says


def explanation(facts: Facts) -> Chapter:
    """The chapter."""
    return Chapter(
        name="explanation",
        title="Explanation of one decision: a template",
        about=(
            "For a person who asks why a transaction has its category. The words of one decision come from"
            " `evenhand explain --for-customer`; the bank fills in the rest."
        ),
        parts=[_law(), _template(facts), _example(facts), _made()],
        state="template",
    )


def _law() -> Part:
    return Part(
        "Why there is an explanation",
        [
            says(
                "Where a decision comes under Article 22 GDPR, the person may ask for meaningful information about the"
                " logic involved, and about its significance and consequences (Article 15(1)(h)).",
                GDPR,
            ),
            says(
                "This means the procedure and principles actually applied to the person's data, in a concise and"
                " intelligible form; a formula alone is not enough, and trade secrets go before the authority or court,"
                " which weighs them.",
                DUN,
            ),
            says(
                "A score is itself such a decision where a third party draws strongly on it.",
                SCHUFA,
            ),
            says(
                "Article 86 of the AI Act gives a right to an explanation of decisions based on a high-risk system of"
                " Annex III.",
                AI_ACT,
            ),
        ],
        notes=[
            "Whether a category comes under Article 22 hangs on what is decided with it. The template serves in either"
            " case."
        ],
    )


def _template(facts: Facts) -> Part:
    version = facts.manifest.model_version
    return Part(
        "Template",
        about=[
            "Dear [name], you asked why your payment of [amount] on [day] to [payee, as on the statement] is shown"
            " under [category].",
            "Why: [words of `evenhand explain --for-customer` for this transaction].",
            "Who decided: [the program alone / a person, after the program's suggestion], on [day], with model"
            f" {version}.",
            "Which of your data were used: the text of the statement, the amount, the currency, the day, and the code"
            " of the trade where the payment carried one. Nothing about you as a person.",
            "What it means for you: [what the category is used for, and what follows from it; if nothing, say so].",
            "What would have changed it: [words of the same command; the other categories that were considered].",
            "If you think it is wrong: tell us at [contact]. A person looks at it, and your correction holds for your"
            " account. You may also complain to [supervisory authority].",
        ],
        notes=["[ ] is for the bank to fill in. No merchant data of other customers belong into the letter."],
    )


def _example(facts: Facts) -> Part:
    heading = "Example: a payment that nobody made"
    if facts.example is None:
        return Part(heading, [says(f"An example: {NOT_MEASURED}.", figure("/example/state"))])
    return Part(
        heading,
        [
            says(
                f"{facts.example.line} was put under {facts.example.category} by the model of this run; the words are"
                " those of the command.",
                figure("/example"),
                repository("models/data/explanations.toml"),
            )
        ],
        tables=[TextTable("What the customer is told", ("question", "answer"), list(facts.example.answers))],
    )


def _made() -> Part:
    return Part(
        "What it is made of",
        [
            says(
                "Every decision carries its votes with weight and evidence, the alternatives, and the model's version.",
                repository("models/contracts/events.py"),
                repository("tests/streams/cli/test_explain.py"),
            ),
            says(
                "A customer's correction is for that account and no other.",
                repository(
                    "tests/models/learned/online/test_accounts.py::test_a_wish_is_for_that_account_and_no_other"
                ),
            ),
            says("The template names the model of this run.", figure("/run/model_version")),
        ],
    )
