"""The web server, and the HTTP client that checks each address it connects to."""
