"""Corrections that people made, summed up for the monitors."""
