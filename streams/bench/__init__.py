"""Benchmarks: the stream against loops that do less or know less, and the model alone; per CPU second, not per second."""
