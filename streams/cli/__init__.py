"""The command line: thin commands over the same functions that the worker and the tests use."""
