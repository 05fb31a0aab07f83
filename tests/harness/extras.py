"""Marks of tests that need an extra which is not installed where most tests run."""

from importlib.util import find_spec

import pytest

EMBEDDINGS = find_spec("torch") is not None
"""Whether the extra `embeddings` is installed."""

NEEDS_EMBEDDINGS = [
    pytest.mark.embeddings,
    pytest.mark.skipif(not EMBEDDINGS, reason="needs the extra `embeddings`; `make embeddings` has it"),
]
