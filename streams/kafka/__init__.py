"""Kafka clients: options, topics, reading, writing."""
