"""Exporting the sentence encoder, and the reference it is held to."""
