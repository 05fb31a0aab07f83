"""Commands for operators: doctor, dead letters, replay, verify."""
