"""The voter that asks a language model: prompt, protocol, breaker and budget; its HTTP client is handed in."""
