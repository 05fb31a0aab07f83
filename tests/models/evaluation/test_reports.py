"""Reports: the same figures as HTML, Markdown and JSON."""

import json
import re
from collections import Counter
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pytest

from models.contracts.csv_rows import Refusal
from models.contracts.events import AmountBand
from models.evaluation.data.labelled_file import Counts, RowSelection
from models.evaluation.measures.headline import measure
from models.evaluation.measures.splits import by_merchant
from models.evaluation.reports.html import html_text
from models.evaluation.reports.json import REFUSED, json_text
from models.evaluation.reports.markdown import markdown_text
from models.evaluation.reports.report import Report, Run
from tests.harness.labelled import judged, many

VOID = {"meta", "br", "hr", "img", "link", "input"}


def a_report(name: str = "bank.csv", **run: object) -> Report:
    """A report with everything in it: 100 decisions, unknown labels, refused rows."""
    rows = many(47, 3, confidence=0.97) + many(30, 19, amount_band=AmountBand.OVER_1000, confidence=0.5, accepted=False)
    rows.append(judged("travel", "fuel", "auto", "transport", "other", merchant="m"))
    counts = Counts(
        rows=107,
        labelled=100,
        outside=1,
        unlabelled=1,
        unknown=Counter({"<Petrol>": 2, "Debit|Order": 1}),
        refused=[Refusal(7, "bad_format", "amount"), Refusal(9, "unbalanced_quotes")],
    )
    details: dict[str, object] = {
        "command": f"evenhand evaluate --data {name} --labels kind",
        "data": name,
        "labels": "kind",
        "label_map": "map.csv",
        "selection": RowSelection(since=date(2020, 11, 1), sample=100, seed=3),
        "model_version": "abc",
        "policy": "agreement at confidence 0.6",
        "at": datetime(2024, 5, 1, 9, 30, tzinfo=UTC),
        "cpu_seconds": 0.5,
    }
    return Report(Run(**details | run), counts, measure(rows), [by_merchant(rows, {"m"})])  # type: ignore[arg-type]


class Page(HTMLParser):
    """Takes a page apart: elements with their attributes, and whether each is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every such element."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def page() -> Page:
    """The HTML, taken apart."""
    return Page(html_text(a_report()))


def test_the_page_is_whole(page: Page) -> None:
    """Every element is closed in order; ids are unique; language, title and viewport are set."""
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]

    assert [] == page.open
    assert len(set(ids)) == len(ids)
    assert [{"lang": "en"}] == page.all("html")
    assert "width=device-width, initial-scale=1" in [each.get("content") for each in page.all("meta")]
    assert "Evaluation on bank.csv" in page.text


def test_the_page_loads_nothing(page: Page) -> None:
    """No script, no link, no address; the policy of the page forbids what it does not need."""
    html = html_text(a_report())

    assert {"script", "link", "img", "iframe", "object"}.isdisjoint(name for name, _ in page.elements)
    assert re.search(r"https?:|url\(|@import|\son\w+=", html) is None
    assert "default-src 'none'; style-src 'unsafe-inline'" in [each.get("content") for each in page.all("meta")]


def test_every_plot_has_title_and_description(page: Page) -> None:
    """Those who do not see a plot get its figures in words."""
    drawings = page.all("svg")
    named = {attributes.get("id") for name, attributes in page.elements if name in ("title", "desc")}
    said = " ".join(page.text)

    assert 5 == len(drawings)
    for drawing in drawings:
        assert "img" == drawing["role"]
        assert set((drawing["aria-labelledby"] or "").split()) <= named
    assert "confidence 0.50: 61.2% right of 49" in said
    assert "small amounts 92.2% [81.5, 96.9] of 51" in said


def test_tables_are_tables(page: Page) -> None:
    """Each has a caption, heads of columns and of rows, and can be scrolled with the keyboard where it is wide."""
    scopes = Counter(each.get("scope") for each in page.all("th"))
    regions = [each for each in page.all("div") if each.get("class") == "scroll"]

    assert len(page.all("table")) == len(page.all("caption")) == len(regions)
    assert all(each["tabindex"] == "0" and each["role"] == "region" and each["aria-label"] for each in regions)
    assert {"col", "row"} == set(scopes)


def test_light_and_dark() -> None:
    """The page follows the reader's scheme, also in its plots: no colour stands in a plot itself."""
    html = html_text(a_report())
    plots = "".join(re.findall(r"<svg.*?</svg>", html, re.DOTALL))

    assert "color-scheme: light dark" in html
    assert "prefers-color-scheme: dark" in html
    assert re.search(r"#[0-9a-f]{3,6}\b|(?<!-)fill=|stroke=", plots) is None


def test_names_of_files_and_labels_are_text() -> None:
    """What stands in a file does not become part of the page."""
    report = a_report("<b>|x.csv")
    html, markdown = html_text(report), markdown_text(report)

    assert "<b>" not in html
    assert "&lt;Petrol&gt;" in html
    assert "# Evaluation on \\<b\\>\\|x.csv" in markdown
    assert "Debit\\|Order" in markdown


@pytest.mark.parametrize("text_of", [html_text, markdown_text])
def test_figures_stand_with_count_and_interval(text_of: object) -> None:
    """Accuracy, gap and what became of the rows, the same in both."""
    text = text_of(a_report())  # type: ignore[operator]

    for said in ("77.0%", "[67.8, 84.2] of 100", "accuracy: 30.9 points", "of 51) and large amounts (61.2% of 49)"):
        assert said in text
    for said in ("with a label that has no category", "bad_format", "unbalanced_quotes", "column kind through map.csv"):
        assert said in text
    assert re.search(r"decisions per CPU second( \| |</dt><dd class=\"value\">)200\b", text)


@pytest.mark.parametrize("text_of", [html_text, markdown_text, json_text])
def test_words_are_exact(text_of: object) -> None:
    """A gap is measured; nothing is declared free of it."""
    assert re.search(r"unbiased|zero bias|bias-free|fair\b", text_of(a_report()), re.IGNORECASE) is None  # type: ignore[operator]


def test_json_has_the_figures() -> None:
    """Shares with hits, count and interval; counts of rows; refused rows by line; keys are stable."""
    data = json.loads(json_text(a_report()))

    assert {
        "run",
        "taxonomy_version",
        "decisions_per_cpu_second",
        "rows",
        "unknown_labels",
        "refused_by_reason",
        "refused_rows",
        "metrics",
        "splits",
    } == set(data)
    accuracy = data["metrics"]["scores"]["accuracy"]
    assert (0.77, 77, 100) == (accuracy["value"], accuracy["hits"], accuracy["rows"])
    assert pytest.approx([0.678, 0.842], abs=5e-4) == accuracy["interval"]
    assert 200 == data["decisions_per_cpu_second"]
    assert {"line": 7, "reason": "bad_format", "field": "amount"} == data["refused_rows"][0]
    assert {"read": 107, "scored": 100, "labelled": 100, "outside_dates": 1, "unlabelled": 1} == {
        name: count for name, count in data["rows"].items() if name not in ("unknown_label", "refused")
    }
    assert (3, 2) == (data["rows"]["unknown_label"], data["rows"]["refused"])
    assert "2020-11-01" == data["run"]["selection"]["since"]


def test_many_refused_rows_are_counted_not_all_listed() -> None:
    """The JSON lists the first; the count has all."""
    report = a_report()
    report.counts.refused.extend(Refusal(line, "bad_utf8") for line in range(2 * REFUSED))
    data = json.loads(json_text(report))

    assert (REFUSED, 2 * REFUSED + 2) == (len(data["refused_rows"]), data["rows"]["refused"])
    assert "the first 20 of 2,002" in html_text(report)


def test_no_time_no_rate() -> None:
    """Where the clock could not tell, there is no rate."""
    assert a_report(cpu_seconds=0.0).decisions_per_cpu_second is None
