"""Unsure decisions wait here for the language model."""
