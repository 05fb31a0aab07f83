"""What decides before the ensemble does: the bank's own rules, an account's corrections, everybody's corrections."""
