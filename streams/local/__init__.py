"""Processes on this machine, for demo and tests: broker, jars, guarded children."""
