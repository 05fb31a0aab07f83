"""Open alerts on their way to Alertmanager: payload, outbox, client."""
