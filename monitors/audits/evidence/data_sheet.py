"""The data sheet of the training set: tables, where they come from, how many rows of what."""

from models.contracts.taxonomy import CATEGORIES
from models.evaluation.reports.tables import TextTable
from models.evaluation.reports.wording import NONE
from models.statistics.counting import several
from monitors.audits.evidence.facts import Facts, TableFacts, TableState
from monitors.audits.evidence.figures import KNOWLEDGE, PHRASES, ranked_categories
from monitors.audits.evidence.statements import NOT_MEASURED, Chapter, Part, Statement, figure, repository, says, token

ABOUT = {
    "toronto_descriptors.csv.gz": (
        "City of Toronto, purchasing card expenditures 2010 to 2020 (Open Government Licence - Toronto): descriptors"
        " with the merchant category code, which is the label, and counts by amount band. Cards of a city's staff, not"
        " of private households."
    ),
    "council_sample.csv.gz": (
        "Birmingham City Council, purchase card transactions (Open Government Licence v3.0): descriptors drawn at"
        " random, labelled by reading them for this project. They calibrate, and are not learned from."
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
    statements: list[Statement] = [
        says(
            f"{table.name}{_counted(table)}: {ABOUT[table.name]}",
            figure(f"/data/{token(table.name)}"),
            repository("NOTICE"),
        )
        for table in facts.tables
        if table.name in ABOUT
    ]
    knowledge = [table for table in facts.tables if table.name.startswith(KNOWLEDGE)]
    if knowledge:
        rows = sum(table.rows or 0 for table in knowledge)
        statements.append(
            says(
                f"{several(len(knowledge), 'table')} of the knowledge base ({rows:,} rows counted): merchants and"
                " payees by country or theme, written for this project.",
                figure("/data_totals/knowledge"),
                repository("models/gazetteer/knowledge.py"),
            )
        )
    statements += _generated(facts)
    return Part("Sources", statements)


def _generated(facts: Facts) -> list[Statement]:
    count = facts.manifest.config.get("generated")
    templates = next((table.by_category for table in facts.tables if table.name == PHRASES), None)
    if not isinstance(count, int) or not templates:
        return []
    return [
        says(
            f"Generated: {count:,} lines for each of {len(templates):,} categories, from the templates of {PHRASES};"
            " equal lines once.",
            figure("/data_totals/generated"),
            repository("models/training/phrases.py"),
            repository("models/training/examples.py"),
        )
    ]


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
    ranked = ranked_categories({category: sum(counts) for category, counts in totals.items()})
    rows = [(name, f"{count:,}", f"{totals[name][1]:,}", f"{totals[name][0]:,}") for name, count in ranked]
    head = ("category", "rows", "of card data", "of other tables")
    least, most = ranked[-1], ranked[0]
    if not most[1]:
        nothing = says(f"Rows by category: {NOT_MEASURED}.", figure("/data_totals/by_category"))
        return Part("Rows by category", [nothing], notes=["No table at hand is one that the model was trained on."])
    statement = says(
        f"The categories are not equally many: {most[0]} has {most[1]:,} rows, {least[0]} {least[1]:,}.",
        figure("/data_totals/by_category"),
    )
    return Part(
        "Rows by category",
        [statement],
        tables=[TextTable("Rows by category", head, rows)],
        notes=["Rows of the tables. How much one weighs in the training is not counted here."],
    )


def _limits(facts: Facts) -> Part:
    statements = [
        says(
            "No label of gender, age or origin enters the training, so the training set cannot be counted by group.",
            repository("models/training/examples.py"),
        ),
        says(
            "Of people's corrections that are trained on, lines that name no merchant, but perhaps a private person,"
            " are left out.",
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
