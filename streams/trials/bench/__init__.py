"""Benchmarks, per CPU second: the stream against a loop that does less and a naive agent; the model alone."""
