"""The index of the folder: what is in it, the state of each, and how to verify it."""

from collections.abc import Sequence

from models.evaluation.reports.document import Document, Section
from models.evaluation.reports.tables import TextTable
from monitors.audits.evidence.audited import TITLES, audit_state, audits_verdict
from monitors.audits.evidence.facts import Facts
from monitors.audits.evidence.figures import AUDITS
from monitors.audits.evidence.statements import FIGURES, Chapter

_UNSIGNED = (
    "Not signed: digests show accidents, and nothing else. Whoever changes a file can change its digest with it."
    " Set EVENHAND_SIGNING_KEY to sign."
)


def index(facts: Facts, chapters: Sequence[Chapter]) -> Document:
    """The document."""
    run = facts.run
    return Document(
        title=f"Evidence on model {facts.manifest.model_version}",
        verdict=audits_verdict(facts),
        paragraphs=[
            f"Made on {run.day} by {run.project}, for model {facts.manifest.model_version}, taxonomy"
            f" {facts.manifest.taxonomy_version}, policy {run.policy}. Each statement names the figure or test behind"
            f" it; what the run did not measure is said to be not measured.",
        ],
        command=run.command,
        sections=[_contents(facts, chapters), _open(facts, chapters), _verify(facts)],
    )


def _contents(facts: Facts, chapters: Sequence[Chapter]) -> Section:
    rows = [(f"{chapter.name}.html", chapter.title, chapter.state) for chapter in chapters]
    for name in AUDITS:
        report = facts.reports.get(name)
        files = ", ".join(report.files) if report else f"{name}: no file"
        rows.append((files, TITLES[name], audit_state(facts, name)))
    rows += [
        (FIGURES, "Every figure, and every statement with what it rests on", "measured and stated as above"),
        ("manifest.json", "Sha256 and size of every file", "signed" if facts.run.signer else "not signed"),
    ]
    return Section(
        "What is in the folder",
        tables=[TextTable("Files", ("file", "what it is", "state"), rows)],
        notes=["Every .html has a .md with the same words."],
    )


def _open(facts: Facts, chapters: Sequence[Chapter]) -> Section:
    missing = [
        f"{TITLES[name]}: not measured in this run ({AUDITS[name]})." for name in AUDITS if name not in facts.reports
    ]
    if facts.monitors is None:
        missing.append("Monitors' history: not measured in this run (--alerts FILE).")
    to_fill = [chapter.title for chapter in chapters if any("fills in" in part.heading for part in chapter.parts)]
    missing += [f"{title}: the bank fills in what stands in brackets." for title in to_fill]
    return Section("What is open", items=missing)


def _verify(facts: Facts) -> Section:
    signed = (
        f"Signed with the Ed25519 key whose public part has sha256 {facts.run.signer} (of its DER form). Get that part"
        " from the bank, not from this folder."
    )
    items = [
        "`evenhand evidence verify DIR --public-key FILE`: every digest, no file missing, none too many, the signature."
        if facts.run.signer
        else "`evenhand evidence verify DIR`: every digest, no file missing, none too many.",
        "Without this program: `sha256sum` of each file beside manifest.json"
        + (
            "; `openssl pkeyutl -verify -pubin -inkey FILE -rawin -in manifest.json -sigfile manifest.sig`."
            if facts.run.signer
            else "."
        ),
    ]
    return Section("How to verify it", paragraphs=[signed if facts.run.signer else _UNSIGNED], items=items)
