"""The loan example keeps its bars, and its models are what it says that they are."""

import re
from pathlib import Path

import numpy as np
import pytest
from pandas import Series

from examples.loan_audit import (
    MATCHED,
    MOST_FLIPS,
    REPAIRS,
    history,
    main,
    refused_by_threshold_optimizer,
    reweighing,
    trials,
)

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/audits/model.md").read_text(encoding="utf-8")
SEEDS = range(42, 62)


@pytest.mark.slow
def test_all_flip_before_and_at_most_two_in_a_hundred_after_each_repair() -> None:
    """With 20 seeds; the trees that are repaired learned the same history."""
    for seed in SEEDS:
        before, *after = trials(seed)
        assert before.found.flips.hits == before.found.flips.rows > 0.99 * MATCHED.count, seed
        assert [recipe.name for recipe in REPAIRS] == [trial.name for trial in after]
        assert max(trial.found.flips.value for trial in after) <= MOST_FLIPS, seed
        # Neither a repair that approves nobody, nor one that is as uneven by other means.
        assert all(min(trial.men, trial.women) > 0.4 and abs(trial.men - trial.women) < 0.1 for trial in after), seed


def test_history_is_what_the_example_says() -> None:
    """1,000 applicants, as many women as men; men always, women above 80,000 only."""
    table, approved = history(42)
    women = table["Gender"] == "Female"
    assert (1_000, 500) == (len(table), int(women.sum()))
    assert approved[~women].all()
    assert (approved[women] == (table["Income"][women] > 80_000)).all()


def test_weights_make_gender_and_approval_independent() -> None:
    """Weighted approval is that of all in each group; the sum of weights stays the number of applicants."""
    groups, labels = Series(["M"] * 60 + ["F"] * 40), Series([1] * 45 + [0] * 15 + [1] * 10 + [0] * 30)
    weights = reweighing(groups, labels)
    rates = [np.average(labels[groups == each], weights=weights[groups == each]) for each in ("M", "F")]
    assert [0.55, 0.55, 100] == pytest.approx([*rates, weights.sum()])


def test_threshold_optimizer_refuses_this_history() -> None:
    """The example prints why."""
    assert "Degenerate labels" in refused_by_threshold_optimizer(42)


@pytest.mark.slow
def test_the_page_shows_what_the_command_prints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line by line, in the same order."""
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setenv("NO_COLOR", "1")
    assert 0 == main([])
    printed = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    shown = re.search(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    assert [line for line in printed if line] == [line.rstrip() for line in shown[1].splitlines() if line.strip()]
