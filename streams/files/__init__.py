"""No broker: files in, files out."""
