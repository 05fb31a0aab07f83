"""The demonstration: real transactions through a real broker and a real worker, watched live, verified at the end."""
