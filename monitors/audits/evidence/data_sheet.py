"""The data sheet of the training set: tables, where they come from, how many rows of what."""

from models.contracts.taxonomy import CATEGORIES
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import NONE
from models.statistics.counting import several
from monitors.audits.evidence.facts import Facts, TableFacts, TableState
from monitors.audits.evidence.statements import Chapter, Part, Statement, figure, repository, says, token

ABOUT = {
    "toronto_descriptors.csv.gz": (
        "City of Toronto, purchasing card expenditures 2010 to 2020 (Open Government Licence - Toronto): descriptors"
        " with the merchant category code, which is the label, and counts by amount band. Cards of a city's staff, not"
        " of private households."
    ),
    "council_sample.csv.gz": (
        "Birmingham City Council, purchase card transactions (Open Government Licence v3.0): descriptors drawn at"
        " random, labelled by reading them for this project."
    ),
    "gazetteer.csv.gz": (
        "name-suggestion-index (BSD-3-Clause): brand names with the kind of shop, which gives the category."
    ),
    "statement_phrases.json": (
        "Written for this project: templates of statement lines for categories that purchase cards hardly carry. The"
        " counts are of templates."
    ),
    "mcc_category.csv": "The project's map from merchant category codes (ISO 18245) to categories.",
}
"""Tables in words, by NOTICE and the tables themselves."""

_KNOWLEDGE = "knowledge/"
_STATES = {
    TableState.SAME: "the table trained on",
    TableState.DIFFERENT: "another table is at hand",
    TableState.MISSING: "not at hand",
}


def data_sheet(facts: Facts) -> Chapter:
    """The chapter."""
    counted = sum(table.rows is not None for table in facts.tables)
    return Chapter(
        name="data_sheet",
        title=f"Data sheet of the training set of {facts.manifest.model_version}",
        about="What the model was trained on. Rows are counted only in tables with the digest that the model names.",
        parts=[_sources(facts), _tables(facts), _categories(facts), _limits(facts)],
        state=f"counted: {counted} of {len(facts.tables)} tables",
    )


def _sources(facts: Facts) -> Part:
    statements: list[Statement] = []
    for table in facts.tables:
        if table.name in ABOUT:
            statements.append(
                says(
                    f"{table.name}{_counted(table)}: {ABOUT[table.name]}",
                    figure(f"/data/{token(table.name)}"),
                    repository("NOTICE"),
                )
            )
    knowledge = [table for table in facts.tables if table.name.startswith(_KNOWLEDGE)]
    if knowledge:
        rows = sum(table.rows or 0 for table in knowledge)
        statements.append(
            says(
                f"{several(len(knowledge), 'table')} of the knowledge base ({rows:,} rows counted): merchants and payees"
                " by country or theme, written for this project.",
                *(figure(f"/data/{token(table.name)}") for table in knowledge[:1]),
                repository("models/gazetteer/knowledge.py"),
            )
        )
    return Part("Sources", statements)


def _tables(facts: Facts) -> Part:
    rows = [
        (table.name, _STATES[table.state], NONE if table.rows is None else f"{table.rows:,}", table.sha256[:16])
        for table in facts.tables
    ]
    head = ("table", "at hand", "rows", "sha256 begins")
    return Part("Tables", tables=[TextTable("Every table that the model names", head, rows)] if rows else ())


def _categories(facts: Facts) -> Part:
    totals: dict[str, list[int]] = {category: [0, 0] for category in CATEGORIES}
    for table in facts.tables:
        for category, count in (table.by_category or {}).items():
            totals.setdefault(category, [0, 0])[table.name == "toronto_descriptors.csv.gz"] += count
    ranked = sorted(totals.items(), key=lambda item: (-sum(item[1]), item[0]))
    rows = [(category, f"{sum(counts):,}", f"{counts[1]:,}", f"{counts[0]:,}") for category, counts in ranked]
    head = ("category", "rows", "of card data", "of other tables")
    least, most = ranked[-1], ranked[0]
    statement = says(
        f"The categories are not equally many: {most[0]} has {sum(most[1]):,} rows, {least[0]} {sum(least[1]):,}.",
        figure("/data_totals/by_category"),
    )
    return Part("Rows by category", [statement], tables=[TextTable("Rows by category", head, rows)])


def _limits(facts: Facts) -> Part:
    statements = [
        says(
            "No table has a field about a person; there is no label of gender, age or origin. So the training set cannot"
            " be counted by group: the audits vary groups in made-up lines instead.",
            repository("models/training/examples.py"),
            repository("tests/models/contracts/test_wire.py::test_unknown_fields_are_dropped_and_counted"),
        ),
        says(
            "Of people's corrections that are trained on, lines that name no merchant, but perhaps a private person, are"
            " left out.",
            repository("models/training/people.py"),
            repository("tests/models/training/test_people.py"),
        ),
        says(
            f"{facts.manifest.model_version} was trained with the settings that its manifest names.",
            figure("/model/config"),
        ),
    ]
    return Part(
        "What the data cannot say",
        statements,
        about=["The bank decides whether these data are representative of its customers (EU AI Act, Article 10)."],
    )


def _counted(table: TableFacts) -> str:
    return f" ({_STATES[table.state]}, rows not counted)" if table.rows is None else f" ({table.rows:,} rows)"
