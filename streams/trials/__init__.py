"""The real parts under a magnifying glass: demo, benchmarks, simulation; nobody imports them but the command line."""
