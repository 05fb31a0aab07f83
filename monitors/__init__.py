"""The watch over decisions: mergeable summaries and the monitors over them. No Kafka, clock, environment or network."""
