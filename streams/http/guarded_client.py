"""Errors of the HTTP client that checks each address before it connects."""


class RefusedAddressError(OSError):
    """The host resolved to an address that may not be called."""
