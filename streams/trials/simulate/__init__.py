"""Simulation: seeded fleets of transactions through the real handlers, with planted shifts and without any."""
