"""Every kind of model passes the same checks: the same rule as skops, ONNX, estimator and function."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
import skops.io
from onnx import TensorProto, helper
from pandas import DataFrame
from sklearn.compose import make_column_transformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from models.errors import ArtefactError, DataError
from monitors.audits.anymodel.answers import AuditedModel
from monitors.audits.anymodel.audit import model_findings
from monitors.audits.anymodel.estimators import EstimatorModel, FunctionModel, model_of
from monitors.audits.anymodel.profiles import Profile
from monitors.audits.anymodel.variations import Variation
from streams.files.classifiers.onnx_file import open_onnx
from streams.files.classifiers.opening import open_model

TREE = "sklearn.tree._tree.Tree"
PROFILES: list[Profile] = [
    {"Gender": gender, "Income": income, "Name": "of no use"}
    for income in range(1, 301)
    for gender in ("Male", "Female")
]
GENDER = Variation.parse("Gender=Male,Female")


def rule(profiles: Sequence[Profile]) -> list[int]:
    """Men from 101 on, women from 201 on: a third of the profiles flips."""
    return [int(int(each["Income"]) > (100 if each["Gender"] == "Male" else 200)) for each in profiles]


def fitted(**encoder: str) -> object:
    """A tree that learned the rule."""
    coded = make_column_transformer((OneHotEncoder(**encoder), ["Gender"]), ("passthrough", ["Income"]))
    table = DataFrame(PROFILES)[["Gender", "Income"]]
    return make_pipeline(coded, DecisionTreeClassifier(random_state=0)).fit(table, rule(PROFILES))


def skops_model(folder: Path) -> AuditedModel:
    """The tree in a file."""
    skops.io.dump(fitted(), folder / "loans.skops")
    return open_model(folder / "loans.skops", trusted=[TREE])


def onnx_model(folder: Path) -> AuditedModel:
    """The rule as a graph: an input per field, a text among them; a label and probabilities of both classes."""
    column = [None, 1]
    nodes = [
        helper.make_node("LabelEncoder", ["Gender"], ["line"], domain="ai.onnx.ml", keys_strings=["Male", "Female"],
                         values_floats=[100.0, 200.0]),
        helper.make_node("Greater", ["Income", "line"], ["above"]),
        helper.make_node("Cast", ["above"], ["label"], to=TensorProto.INT64),
        helper.make_node("Cast", ["above"], ["granted"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["one", "granted"], ["refused"]),
        helper.make_node("Concat", ["refused", "granted"], ["probabilities"], axis=1),
    ]  # fmt: skip
    graph = helper.make_graph(
        nodes,
        "rule",
        [
            helper.make_tensor_value_info("Gender", TensorProto.STRING, column),
            helper.make_tensor_value_info("Income", TensorProto.FLOAT, column),
        ],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, column),
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, [None, 2]),
        ],
        [helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0])],
    )
    write_onnx(graph, folder / "loans.onnx")
    return open_model(folder / "loans.onnx")


def write_onnx(graph: onnx.GraphProto, path: Path) -> None:
    """A file that the locked onnxruntime reads."""
    sets = [helper.make_opsetid("", 18), helper.make_opsetid("ai.onnx.ml", 3)]
    onnx.save(helper.make_model(graph, opset_imports=sets, ir_version=9), path)


KINDS: dict[str, Callable[[Path], AuditedModel]] = {
    "skops": skops_model,
    "onnx": onnx_model,
    "estimator": lambda _: model_of("tree", fitted()),
    "function": lambda _: model_of("rule", rule),
    "function with probabilities": lambda _: FunctionModel(
        "rule", lambda people: [(d, float(d)) for d in rule(people)]
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_finds_the_same_flips(tmp_path: Path, kind: str) -> None:
    """A third flips, all to the women's disadvantage; probabilities are told where there are some."""
    model = KINDS[kind](tmp_path)
    found = model_findings(model, PROFILES, [GENDER]).variations[0]
    # A function does not say what it reads: the name is then part of the profile.
    assert (300, 100) == (found.flips.rows, found.flips.hits)
    assert (100, 0) == (found.pairs[0].only_first, found.pairs[0].only_other)
    assert (None if kind == "function" else pytest.approx(1 / 3)) == found.pairs[0].change


@pytest.mark.parametrize("kind", ["skops", "onnx", "estimator"])
def test_a_field_that_the_model_needs_is_named(tmp_path: Path, kind: str) -> None:
    """Where the profiles lack it."""
    lacking = [{"Gender": profile["Gender"]} for profile in PROFILES]
    with pytest.raises(DataError, match="reads Income, which the profiles have not"):
        model_findings(KINDS[kind](tmp_path), lacking, [GENDER])


@pytest.mark.parametrize("encoder", [{}, {"handle_unknown": "ignore"}])
def test_a_value_that_was_never_learned_is_refused(encoder: dict[str, str]) -> None:
    """Also by a model that would take it in silence, and though a profile has it."""
    people = [*PROFILES, {"Gender": "Other", "Income": 1, "Name": ""}]
    with pytest.raises(DataError, match="tree never learned Gender=Other; it is one of Female, Male"):
        model_findings(EstimatorModel("tree", fitted(**encoder)), people, [Variation.parse("Gender=Male,Other")])


def test_a_field_that_the_model_does_not_read_is_said() -> None:
    """None flips, and the report says why."""
    found = model_findings(EstimatorModel("tree", fitted()), PROFILES, [Variation.parse("Name=a,b")])
    assert 0 == found.variations[0].flips.hits
    assert "tree does not read Name" in found.notes[0]


def test_a_model_without_names_is_given_the_columns_in_order() -> None:
    """Named by the auditor; profiles with more fields are refused rather than guessed at."""
    people = [{"Note": 7, "Income": income, "Gender": gender} for income in range(1, 401) for gender in (0, 1)]
    rows = np.array([[each["Gender"], each["Income"]] for each in people], dtype=float)
    tree = DecisionTreeClassifier(random_state=0).fit(rows, rows[:, 1] > 100 + 200 * rows[:, 0])
    vary = [Variation.parse("Gender=0,1")]
    found = model_findings(EstimatorModel("tree", tree, ("Gender", "Income")), people, vary)
    assert (400, 200, "True") == (found.variations[0].flips.rows, found.variations[0].flips.hits, found.positive)
    with pytest.raises(DataError, match=r"reads 2 columns without names, profiles have 3 fields.*--features"):
        model_findings(EstimatorModel("tree", tree), people, vary)


def test_onnx_with_one_input_of_columns(tmp_path: Path) -> None:
    """A single table of numbers, a probability alone: class 1 from one half on."""
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["X", "weights"], ["sum"]),
            helper.make_node("Add", ["sum", "bias"], ["logit"]),
            helper.make_node("Sigmoid", ["logit"], ["probability"]),
        ],
        "logistic",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, [None, 1])],
        [
            helper.make_tensor("weights", TensorProto.FLOAT, [2, 1], [-100.0, 1.0]),
            helper.make_tensor("bias", TensorProto.FLOAT, [1], [-100.5]),
        ],
    )
    write_onnx(graph, tmp_path / "logistic.onnx")
    people = [{"Gender": 0, "Income": income} for income in range(1, 301)]
    model = open_onnx(tmp_path / "logistic.onnx", features=("Gender", "Income"))
    found = model_findings(model, people, [Variation.parse("Gender=0,1")]).variations[0]
    assert (300, 100) == (found.flips.rows, found.flips.hits)
    with pytest.raises(DataError, match="which the profiles' values are not"):
        model_findings(model, [{"Gender": gender, "Income": 1} for gender in ("Male", "Female")], [GENDER])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("loans.pkl", b"anything", "is a pickle, which runs code"),
        ("loans.joblib", b"anything", "is a pickle, which runs code"),
        ("loans.skops", b"\x80\x04\x95rest", "is a pickle, which runs code"),
        ("loans.skops", b"PK but no archive", "cannot be read as skops"),
        ("loans.onnx", b"no graph", "cannot be read as ONNX"),
        ("loans.txt", b"words", "ends with .skops or .onnx"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    """A pickle by its ending and by its first bytes; nothing of it is run."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ArtefactError, match=said):
        open_model(tmp_path / name)


def test_a_type_that_is_not_trusted_is_named_with_the_option(tmp_path: Path) -> None:
    """Nothing is made before the auditor said so."""
    skops.io.dump(fitted(), tmp_path / "loans.skops")
    with pytest.raises(ArtefactError, match=f"not trusted: {TREE}.*add --trust {TREE}"):
        open_model(tmp_path / "loans.skops")


@pytest.mark.parametrize(
    ("decide", "said"),
    [
        (lambda _: [1], "gave 1 answers on 600 profiles"),
        (lambda people: [each["Age"] for each in people], "KeyError"),
        (lambda _: json.loads("{"), "JSONDecodeError"),
    ],
)
def test_code_that_fails_is_told_from_the_audit(decide: Callable[[Sequence[Profile]], list[object]], said: str) -> None:
    """With what it raised, or how many answers it gave."""
    with pytest.raises(DataError, match=said):
        model_findings(FunctionModel("theirs", decide), PROFILES, [GENDER])
