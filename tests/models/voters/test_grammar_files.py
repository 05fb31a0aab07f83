"""The grammar's files: each is read, keeps to its form, and a slip is named; a dialect is added without Python."""

import shutil
from collections import Counter
from importlib.resources import as_file
from pathlib import Path
from textwrap import dedent

import pytest

from models.contracts.data_files import shipped
from models.errors import FileError
from models.statements.prefixes import without_front
from models.voters.grammar import Flow, Grammar
from models.voters.grammar.data import FOLDER, read_order, read_rules
from models.voters.grammar.phrases import parse_phrase, spoken

_NO_DIALECT = {"order", "traps", "wrapping", "codes"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped files, to be changed."""
    with as_file(shipped(FOLDER)) as source:
        return Path(shutil.copytree(source, tmp_path / FOLDER))


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert 1 <= text.count(old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_every_file_is_read(folder: Path) -> None:
    """A dialect that order.toml does not name would be edited in vain."""
    assert {path.stem for path in folder.iterdir()} == {*read_order(folder).dialects, *_NO_DIALECT}
    assert all(path.suffix == ".toml" for path in folder.iterdir())


def _line(phrase: str) -> str:
    """A statement line that a phrase is meant for: the first of each choice, a number for a word with a digit."""
    signs = {"^": "", "..": "", "$": "", "#": "7"}
    words = [signs.get(token, token.split("|")[0].rstrip("*")) for token in phrase.split()]
    return " ".join(word for word in words if word and word[0] != "!").replace("?", "")


def test_every_phrase_finds_the_line_it_is_written_for() -> None:
    """A phrase that matches nothing looks like knowledge and is none."""
    grammar = Grammar.shipped()
    phrases = [phrase for rule in grammar.rules for phrase in rule.phrases] + list(grammar.traps)
    lost = [phrase for phrase in phrases if parse_phrase(phrase).pattern.match(spoken(_line(phrase))) is None]
    assert [] == lost


def test_every_label_has_a_rule(folder: Path) -> None:
    """A label without one is a leftover."""
    assert set(read_order(folder).labels) == {rule.label for rule in read_rules(folder)}


def test_labels_decide_before_files(folder: Path) -> None:
    """Rules stand by label, those of one label by file, those of one file as written."""
    order = read_order(folder)
    labels = [rule.label for rule in read_rules(folder)]
    assert sorted(labels, key=order.labels.index) == labels
    assert Counter(labels)["bank fee"] > len({"bank fee"})


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "purposes.toml",
            'label = "purpose"',
            'label = "aim"',
            r"^purposes.toml: rule 1 \(aim\): the label is not in order.toml",
        ),
        (
            "purposes.toml",
            'category = "pets"',
            'category = "cats"',
            r"^purposes.toml: rule 1 \(purpose\), category: 'cats' is no category",
        ),
        (
            "purposes.toml",
            "confidence = 0.8",
            "trust = 0.8",
            r"rule 1 \(purpose\), confidence: Field required; rule 1 \(purpose\), trust: Extra inputs",
        ),
        (
            "purposes.toml",
            "confidence = 0.8",
            'confidence = 0.8\nflow = "away"',
            r"rule 1 \(purpose\), flow: Input should be 'out' or 'in'",
        ),
        ("purposes.toml", "vet|vets bill|bills", "vet|vets bill|$", r"rule 1 \(purpose\), phrases 1: .* is no phrase"),
        ("purposes.toml", "vet|vets bill|bills", "Vet bill", r"rule 1 \(purpose\), phrases 1: .* is no phrase"),
        ("purposes.toml", "vet|vets bill|bills", "ve* bill", r"phrases 1: no word to look the phrase up by"),
        ("purposes.toml", "vet|vets bill|bills", "vét bill", r"statement text has 'vet' where the phrase has 'vét'"),
        ("purposes.toml", '"^ groceries|grocery $"', '"car", "car"', r"rule 2 \(purpose\): phrases said twice: car"),
        ("order.toml", '"pay",', '"pay", "pay",', r"^order.toml: labels: named twice: pay"),
        ("order.toml", '"continental"', '"continental", "utopian"', r"^utopian.toml is missing"),
        ("traps.toml", '"loan ranger"', '"fps fire"', r"^traps.toml: traps: named twice: fps fire"),
    ],
)
def test_slip_is_named(folder: Path, file: str, old: str, new: str, message: str) -> None:
    """File, entry and reason, so that nobody has to search."""
    _replace(folder / file, old, new)
    with pytest.raises(FileError, match=message):
        Grammar.read(folder)


def test_documented_dialect_is_a_file_and_a_name(folder: Path) -> None:
    """A country's phrases need no line of Python: the example of docs/grammar.md is read as it stands there."""
    page = (Path(__file__).parents[3] / "docs" / "grammar.md").read_text(encoding="utf-8")
    example = page.split("```toml\n")[1].split("```")[0]
    (folder / "czech.toml").write_text(dedent("   " + example.lstrip()), encoding="utf-8")
    _replace(folder / "order.toml", '"continental"', '"continental", "czech"')
    grammar = Grammar.read(folder)
    assert ("housing", "income", None) == tuple(
        rule and rule.category
        for rule in (
            grammar.match("platba najemne kveten", Flow.OUT),
            grammar.match("mzda kveten", Flow.IN),
            grammar.match("mzda kveten", Flow.OUT),
        )
    )


def test_phrase_may_be_broken_over_lines(folder: Path) -> None:
    """At a blank, or after a bar."""
    _replace(folder / "purposes.toml", '"vet|vets bill|bills"', "'''\n  vet|\n  vets\n  bill|bills\n'''")
    assert Grammar.shipped().rules == Grammar.read(folder).rules


def test_wrappers_of_several_languages_are_read() -> None:
    """The prefixes lie in the same folder."""
    assert ["acme", "acme", "acme"] == [
        without_front(line) for line in ("pos purchase 0412 acme", "kartenzahlung acme", "sq *acme")
    ]
