"""Labelled rows from files, and how their labels map to categories."""
