"""Why a decision is what it is, in words that a customer can be sent, in several languages."""
