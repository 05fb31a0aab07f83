"""Everything that stands in a record; no Kafka client is imported here."""
