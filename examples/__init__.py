"""Evenhand's own functions on cases outside of banking transactions, to be run and read."""
