"""The options that every client of Kafka shares: servers, security, delivery guarantees."""

import ssl
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.helpers import create_ssl_context

from models.errors import ConfigurationError
from streams.settings.settings import Settings


def client_options(settings: Settings) -> dict[str, Any]:
    """Options for any aiokafka client: servers, TLS with hostname check, SASL.

    Raises:
        ConfigurationError: A certificate or key cannot be read.
    """
    options: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap_servers,
        "security_protocol": settings.security_protocol,
        "client_id": settings.app_id,
    }
    if settings.sasl_mechanism and settings.security_protocol.startswith("SASL"):
        options["sasl_mechanism"] = settings.sasl_mechanism
        options["sasl_plain_username"] = settings.sasl_username
        options["sasl_plain_password"] = settings.sasl_password.get_secret_value() if settings.sasl_password else ""
    if settings.security_protocol.endswith("SSL"):
        options["ssl_context"] = _ssl_context(settings)
    return options


def _ssl_context(settings: Settings) -> ssl.SSLContext:
    password = settings.ssl_key_password.get_secret_value() if settings.ssl_key_password else None
    try:
        context: ssl.SSLContext = create_ssl_context(
            cafile=settings.ssl_ca_location,
            certfile=settings.ssl_certificate_location,
            keyfile=settings.ssl_key_location,
            password=password,
        )
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            f"TLS files cannot be used ({error.__class__.__name__}): check ssl_ca_location, "
            "ssl_certificate_location, ssl_key_location and ssl_key_password"
        ) from None
    # Said here and not left to the library's default: a valid certificate of another host is no proof.
    context.check_hostname = True
    return context


def consumer_options(settings: Settings) -> dict[str, Any]:
    """Options for a consumer that reads only what was committed and commits nothing by itself."""
    return client_options(settings) | {
        # Offsets go with the outputs; a timer's commit would run ahead of them.
        "enable_auto_commit": False,
        # Where retention has overtaken a position, what is left is read: "latest" would skip all of it.
        "auto_offset_reset": "earliest",
        # Outputs of aborted batches must not enter a duplicate window or be sent again.
        "isolation_level": "read_committed",
        "fetch_max_wait_ms": 50,  # a long poll for an idle partition would hold up a busy one on the same broker
        "max_partition_fetch_bytes": 1 << 20,
    }


def producer_options(settings: Settings) -> dict[str, Any]:
    """Options for a producer whose acknowledged records are on all in-sync replicas."""
    return client_options(settings) | {
        # Without it a retry after a lost acknowledgement would write a record twice.
        "enable_idempotence": True,
        "acks": "all",
        "linger_ms": settings.linger_ms,
        "max_batch_size": 1 << 19,
        "max_request_size": 16 << 20,
        "request_timeout_ms": 10_000,
    }


def admin_client(settings: Settings) -> AIOKafkaAdminClient:
    """An admin client; start and close it."""
    return AIOKafkaAdminClient(**client_options(settings))
