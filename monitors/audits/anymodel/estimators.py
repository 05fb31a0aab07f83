"""Models as scikit-learn has them, and functions that take profiles."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from models.errors import DataError
from monitors.audits.anymodel.answers import PROBABILITY_DIGITS, Answers, worded
from monitors.audits.anymodel.profiles import Profile

Decide = Callable[[Sequence[Profile]], Sequence[object]]
"""A function of profiles: a decision each, or decisions with the probability of that decision."""


@dataclass(frozen=True)
class EstimatorModel:
    """Whatever has `predict`, and perhaps `predict_proba`, as scikit-learn's classifiers do.

    One that was fitted with names of columns gets a data frame with these; another an array of the `features`.

    Args:
        estimator: Fitted.
        features: Fields in the order of the model's columns, where it has no names of its own; empty: as the profiles
            have them.
    """

    name: str
    estimator: Any
    features: tuple[str, ...] = ()

    @cached_property
    def _named(self) -> bool:
        return getattr(self.estimator, "feature_names_in_", None) is not None

    @cached_property
    def reads(self) -> tuple[str, ...]:
        """Names of its columns."""
        return tuple(map(str, self.estimator.feature_names_in_)) if self._named else self.features

    @cached_property
    def learned(self) -> Mapping[str, frozenset[str]]:
        """What its encoders of categories were fitted on."""
        found: dict[str, frozenset[str]] = {}
        for names, categories in _encoders(self.estimator, ()):
            for name, values in zip(names, categories, strict=True):
                found.setdefault(name, frozenset(map(worded, values.tolist())))
        return found

    @cached_property
    def decides(self) -> tuple[str, ...]:
        """Its classes."""
        classes = getattr(self.estimator, "classes_", None)
        return () if classes is None else tuple(map(worded, classes.tolist()))

    def answer(self, profiles: Sequence[Profile]) -> Answers:
        """Predict.

        Raises:
            DataError: It refuses the profiles.
        """
        table = self._table(profiles)
        try:
            decisions = tuple(map(worded, self.estimator.predict(table).tolist()))
            if self.decides and hasattr(self.estimator, "predict_proba"):
                return Answers(decisions, self._probabilities(table))
        except (Exception, SystemExit) as error:  # another's model raises what it likes
            raise DataError(f"{self.name} cannot decide on these profiles: {_first_line(error)}") from error
        return Answers(decisions)

    def _probabilities(self, table: Any) -> Mapping[str, tuple[float, ...]]:
        columns = self.estimator.predict_proba(table).T.round(PROBABILITY_DIGITS)
        return {name: tuple(column) for name, column in zip(self.decides, columns.tolist(), strict=True)}

    def _table(self, profiles: Sequence[Profile]) -> Any:
        columns = self.reads or tuple(profiles[0])
        for name in columns:
            if any(name not in profile for profile in profiles):
                raise DataError(f"{self.name} reads {name}, which the profiles have not: give them this field")
        rows = [[profile[name] for name in columns] for profile in profiles]
        if self._named:
            from pandas import DataFrame

            return DataFrame(rows, columns=list(columns))
        import numpy as np

        expected = getattr(self.estimator, "n_features_in_", len(columns))
        if expected != len(columns):
            raise DataError(
                f"{self.name} reads {expected} columns without names, profiles have {len(columns)} fields:"
                " say which, in which order, with --features"
            )
        texts = any(isinstance(cell, str) for row in rows for cell in row)
        return np.array(rows, dtype=object if texts else float)


@dataclass(frozen=True, slots=True)
class FunctionModel:
    """A function that takes profiles and gives a decision each, or pairs of decision and probability of approval.

    Args:
        positive: The decision that the probabilities are of, where there are some.
    """

    name: str
    decide: Decide
    positive: str = "1"
    reads: tuple[str, ...] = ()
    learned: Mapping[str, frozenset[str]] = field(default_factory=dict)
    decides: tuple[str, ...] = ()

    def answer(self, profiles: Sequence[Profile]) -> Answers:
        """Call it once, with copies of the profiles.

        Raises:
            DataError: It fails, or does not give one answer per profile.
        """
        try:
            given = list(self.decide([dict(profile) for profile in profiles]))
        except (Exception, SystemExit) as error:  # another's code raises what it likes, and may end the program
            raise DataError(
                f"{self.name} cannot decide on these profiles: {type(error).__name__}: {_first_line(error)}"
            ) from error
        if len(given) != len(profiles):
            raise DataError(f"{self.name} gave {len(given):,} answers on {len(profiles):,} profiles: it needs one each")
        pairs = [each if isinstance(each, tuple) else (each, None) for each in given]
        decisions = tuple(worded(getattr(pair[0], "item", lambda pair=pair: pair[0])()) for pair in pairs)
        if any(len(pair) != 2 or pair[1] is None for pair in pairs):
            return Answers(decisions)
        chances = tuple(round(float(pair[1]), PROBABILITY_DIGITS) for pair in pairs)
        if strange := [chance for chance in chances if not 0 <= chance <= 1]:
            raise DataError(f"{self.name} gave a probability of {strange[0]}: probabilities are from 0 to 1")
        return Answers(decisions, {self.positive: chances})


def model_of(
    name: str, found: object, *, features: tuple[str, ...] = (), positive: str | None = None
) -> EstimatorModel | FunctionModel:
    """The model that an object is.

    Raises:
        DataError: It neither predicts nor can be called.
    """
    if callable(getattr(found, "predict", None)):
        return EstimatorModel(name, found, features)
    if callable(found) and not isinstance(found, type):
        return FunctionModel(name, found, positive or "1", reads=features)
    raise DataError(f"{name} is a {type(found).__name__}: it needs a method predict, or to be a function of profiles")


def _encoders(estimator: Any, names: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[Any]]]:
    """Columns and their categories, of every encoder in an estimator.

    Args:
        names: Of the columns that it is given, where it does not say itself: a step before it may have dropped them.
    """
    own = getattr(estimator, "feature_names_in_", None)
    names = names if own is None else tuple(map(str, own))
    categories = getattr(estimator, "categories_", ())
    if len(categories) == len(names):
        yield names, categories
    for _, step, *_ in getattr(estimator, "steps", ()):
        yield from _encoders(step, names)
    for _, part, *_ in getattr(estimator, "transformers_", ()):
        yield from _encoders(part, ())
    for inner in ("estimator", "estimator_", "best_estimator_"):
        if hasattr(estimator, inner):
            yield from _encoders(getattr(estimator, inner), names)


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
