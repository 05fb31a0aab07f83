"""What people said, by merchant, by family of merchants, and by account."""
