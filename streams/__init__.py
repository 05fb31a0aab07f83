"""The edge: Kafka, settings, metrics, web and the command line."""
