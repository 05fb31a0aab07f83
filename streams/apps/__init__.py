"""Composition roots: the only place that puts rooms together into a worker and a monitor."""
