"""A classifier in an ONNX file: a graph of known operators, which runs no code of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from models.errors import ArtefactError, DataError
from monitors.audits.anymodel.answers import PROBABILITY_DIGITS, Answers, worded
from monitors.audits.anymodel.profiles import Profile

_TYPES: Mapping[str, type] = {
    "tensor(float)": np.float32,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
    "tensor(string)": np.object_,
}


@dataclass(frozen=True)
class OnnxModel:
    """A session of onnxruntime.

    One input per field, named as the fields are, or a single input with a column per field. Labels are its first
    output of whole numbers or texts; probabilities its first output of floats, or of maps (ZipMap).

    Args:
        features: Fields in the order of the columns of a single input; empty: as the profiles have them.
    """

    name: str
    session: Any
    features: tuple[str, ...] = ()
    learned: Mapping[str, frozenset[str]] = field(default_factory=dict)
    decides: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of its inputs, where it has one per field."""
        return self.features if self._single else tuple(each.name for each in self.session.get_inputs())

    @property
    def _single(self) -> bool:
        inputs = self.session.get_inputs()
        shape = inputs[0].shape
        return len(inputs) == 1 and len(shape) == 2 and shape[1] != 1

    def answer(self, profiles: Sequence[Profile]) -> Answers:
        """Run it.

        Raises:
            DataError: It refuses the profiles, or gives what is no decision.
        """
        feeds = {each.name: self._feed(each, profiles) for each in self.session.get_inputs()}
        try:
            outputs = self.session.run(None, feeds)
        except Exception as error:  # noqa: BLE001  # the runtime's own errors share no base but this
            line = (str(error).splitlines() or [""])[0]
            raise DataError(f"{self.name} cannot decide on these profiles: {line}") from None
        answers = read_outputs(outputs)
        if answers is None or len(answers.decisions) != len(profiles):
            raise DataError(f"{self.name} gives no output with a label or a probability per profile")
        return answers

    def _feed(self, asked: Any, profiles: Sequence[Profile]) -> Any:
        columns = (self.features or tuple(profiles[0])) if self._single else (asked.name,)
        for name in columns:
            if any(name not in profile for profile in profiles):
                raise DataError(f"{self.name} reads {name}, which the profiles have not: give them this field")
        width = asked.shape[1] if self._single else 1
        if isinstance(width, int) and width != len(columns):
            raise DataError(
                f"{self.name} reads {width} columns without names, profiles have {len(columns)} fields:"
                " say which, in which order, with --features"
            )
        try:
            cells = [[profile[name] for name in columns] for profile in profiles]
            array: Any = np.array(cells, dtype=_TYPES[asked.type])
        except (KeyError, ValueError, TypeError):
            raise DataError(
                f"{self.name} reads {', '.join(columns)} as {asked.type}, which the profiles' values are not"
            ) from None
        return array if len(asked.shape) == 2 else array[:, 0]


def open_onnx(path: Path, *, features: tuple[str, ...] = ()) -> OnnxModel:
    """Open an ONNX file.

    Raises:
        ArtefactError: It is damaged, or needs operators that onnxruntime does not have.
    """
    # Loads its libraries, which no other kind of model needs.
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001  # the runtime's own errors share no base but this
        raise ArtefactError(f"{path} cannot be read as ONNX ({type(error).__name__})") from None
    return OnnxModel(path.name, session, features)


def read_outputs(outputs: Sequence[Any]) -> Answers | None:
    """Labels and probabilities of a classifier's outputs.

    Returns:
        None where there are neither.
    """
    labels = next((each for each in outputs if isinstance(each, np.ndarray) and each.dtype.kind in "iubOU"), None)
    maps = next((each for each in outputs if isinstance(each, list) and each and isinstance(each[0], dict)), None)
    floats = next((each for each in outputs if isinstance(each, np.ndarray) and each.dtype.kind == "f"), None)
    if maps is not None:
        chances = {worded(name): tuple(_rounded(row[name]) for row in maps) for name in maps[0]}
    else:
        chances = _by_class(floats) if floats is not None else {}
    if labels is not None:
        decisions = tuple(map(worded, labels.ravel().tolist()))
        # Columns of probabilities have numbers, which say nothing where labels are texts.
        return Answers(decisions, chances if set(decisions) <= chances.keys() else {})
    if not chances:
        return None
    names = list(chances)
    rows = zip(*chances.values(), strict=True)
    return Answers(tuple(names[max(range(len(names)), key=lambda at: (row[at], at))] for row in rows), chances)


def _by_class(array: Any) -> dict[str, tuple[float, ...]]:
    """Class number to probabilities; of one column, class 1 and its complement."""
    table = array.reshape(len(array), -1)
    if table.shape[1] == 1:
        table = np.hstack([1 - table, table])
    return {str(at): tuple(map(_rounded, column)) for at, column in enumerate(table.T.tolist())}


def _rounded(chance: float) -> float:
    return round(float(chance), PROBABILITY_DIGITS)
