"""What is watched: mergeable summaries and the monitors over them. No Kafka, clock, environment or network."""
