"""A model on disk: a folder of data files under a manifest of digests, and a store of versions."""
