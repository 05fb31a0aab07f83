"""Reading a statement line: normalised text, prefixes and endings that banks add, places, masked numbers."""
