"""Learners of River that might learn texts from corrections; all read the features of the shipped one unless said."""

from collections.abc import Callable, Mapping

from river import compose, drift, feature_extraction, linear_model, multiclass, optim, preprocessing, tree

from models.learned.ngrams import pieces
from models.learned.online.text import TEXT, Features, SparingOneVsRest, pipeline, regression
from models.learned.online.weights import BUCKETS

SHIPPED = "logistic, one vs rest, sparing (shipped)"

_SEED = 1


def candidates() -> Mapping[str, Callable[[], compose.Pipeline]]:
    """Name to what makes one that has learned nothing; steps of each were chosen on the part `CHOOSE` of a trial."""
    rest = multiclass.OneVsRestClassifier
    return {
        SHIPPED: pipeline,
        "logistic, one vs rest": lambda: pipeline(rest(regression())),
        "logistic, AdaGrad, sparing": lambda: pipeline(
            SparingOneVsRest(linear_model.LogisticRegression(optim.AdaGrad(0.3), intercept_init=-3.0))
        ),
        "passive-aggressive (PA-II), one vs rest": lambda: pipeline(rest(linear_model.PAClassifier(C=0.1, mode=2))),
        "softmax regression": lambda: pipeline(linear_model.SoftmaxRegression(optim.SGD(2.0))),
        "ALMA, one vs rest": lambda: pipeline(rest(linear_model.ALMAClassifier())),
        "Hoeffding adaptive tree": lambda: pipeline(tree.HoeffdingAdaptiveTreeClassifier(seed=_SEED)),
        "the shipped one, features by River alone": _by_river_alone,
        "the shipped one, anew at a drift (ADWIN)": lambda: pipeline(
            # ADWIN has no warning, so no second model is trained beside the first.
            drift.DriftRetrainingClassifier(
                SparingOneVsRest(regression()), drift_detector=drift.ADWIN(), train_in_background=False
            )
        ),
    }


def _by_river_alone() -> compose.Pipeline:
    """Bags of words, pairs and pieces, hashed by River (MurmurHash3) and scaled to length 1 together."""
    bags = compose.TransformerUnion(
        feature_extraction.BagOfWords(on=TEXT, ngram_range=(1, 2)),
        feature_extraction.BagOfWords(on=TEXT, tokenizer=_pieces, preprocessor=str),
    )
    hashed = preprocessing.FeatureHasher(n_features=BUCKETS, seed=_SEED)
    named = compose.FuncTransformer(_by_name)
    return compose.Pipeline(bags, named, hashed, preprocessing.Normalizer(order=2), SparingOneVsRest(regression()))


def _pieces(text: str) -> list[str]:
    return pieces(text)


def _by_name(bag: Features) -> Features:
    """River hashes names that are strings; a pair of words is a tuple."""
    return {name if isinstance(name, str) else " ".join(map(str, name)): count for name, count in bag.items()}
