"""The tree of errors at the top of models/errors.py is all there is outside the trials."""

import importlib
import pkgutil

import models
import monitors
import streams
from models import errors


def every_error() -> dict[str, list[str]]:
    """Name of each error to the names of its bases, over all modules of the project but the trials."""
    for package in (models, monitors, streams):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    found, queue = {}, [errors.EvenhandError]
    while queue:
        error = queue.pop()
        found[error.__name__] = [base.__name__ for base in error.__bases__ if base is not OSError]
        kinds = error.__subclasses__()
        queue += [kind for kind in kinds if not kind.__module__.startswith(("tests", "streams.trials"))]
    return found


def drawn_tree() -> dict[str, list[str]]:
    """The same, as it is drawn."""
    found, path = {}, [""]
    for line in (errors.__doc__ or "").splitlines():
        if "──" not in line and line != "EvenhandError":
            continue
        depth = 0 if line == "EvenhandError" else line.index("──") // 4 + 1
        name = line.lstrip(" │├└─").split()[0]
        path[depth:] = [name]
        found[name] = [path[depth - 1] if depth else "Exception"]
    return found


def test_the_tree_is_complete() -> None:
    """Each error is drawn under its base, and each one drawn exists."""
    assert every_error() == drawn_tree()
