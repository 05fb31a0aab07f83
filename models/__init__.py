"""Decides: event contracts, voters, the ensemble, training. No Kafka, clock, environment or network."""
