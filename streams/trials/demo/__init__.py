"""The demonstration: real transactions through real processes, watched live, answered, learned from, and verified."""
