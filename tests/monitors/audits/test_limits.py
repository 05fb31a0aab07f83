"""Limits that a bank sets: the shipped file is the defaults, and nothing misspelt passes."""

from pathlib import Path

import pytest

from models.errors import FileError
from monitors.audits.anymodel.limits import ModelLimits
from monitors.audits.bias.limits import BiasLimits
from monitors.audits.counterfactual.limits import CounterfactualLimits
from monitors.audits.limits import read_limits

SHIPPED = Path(__file__).parents[3] / "ops/audit/limits.yml"


@pytest.mark.parametrize(
    ("part", "kind"), [("bias", BiasLimits), ("model", ModelLimits), ("counterfactual", CounterfactualLimits)]
)
def test_the_file_says_what_holds_without_it(
    part: str, kind: type[BiasLimits | ModelLimits | CounterfactualLimits]
) -> None:
    """Every limit is named in it, with its default."""
    import yaml

    assert set(kind.model_fields) == set(yaml.safe_load(SHIPPED.read_text())[part])
    assert kind() == read_limits(SHIPPED, part, kind)


def test_what_is_left_out_keeps_its_default(tmp_path: Path) -> None:
    """A file with one limit."""
    file = tmp_path / "limits.yml"
    file.write_text("bias: {amount_parity: {limit: 0.02}}")
    held = read_limits(file, "bias", BiasLimits)
    assert (0.02, BiasLimits().minority_count) == (held.amount_parity.limit, held.minority_count)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bias: {amount_parity: {limt: 0.02}}", "bias.amount_parity"),
        ("bias: {amount_paritty: {limit: 0.02}}", "bias.amount_paritty"),
        ("bias: {amount_parity: {limit: 10}}", "bias.amount_parity.limit"),
        ("bais: {}", "bais"),
        ("- 1", "no limits"),
        ("bias: [", "YAML"),
    ],
)
def test_what_is_no_limit_is_named(tmp_path: Path, text: str, said: str) -> None:
    """Misspelt names and shares above 1 would be no limits at all."""
    file = tmp_path / "limits.yml"
    file.write_text(text)
    with pytest.raises(FileError, match=said):
        read_limits(file, "bias", BiasLimits)
