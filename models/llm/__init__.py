"""The LLM voter without I/O: prompts, protocols, closed labels, address check, circuit breaker, budget."""
