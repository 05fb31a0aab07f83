"""What the queue knows, and the records of the journal that say it; without Kafka, clock and environment."""
