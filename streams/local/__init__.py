"""This machine: a broker, its jars, guarded children, files replaced as a whole."""
