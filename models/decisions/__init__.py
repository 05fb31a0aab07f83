"""From votes to a decision with reasons: ensemble, verdict, review policies."""
