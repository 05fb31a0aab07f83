"""Every setting of the worker and the commands: read once at the edge from `EVENHAND_*`, frozen, secrets masked."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import SettingsConfigDict

from models.contracts.fields import SMALLEST_SAMPLING_PROBABILITY
from models.decisions.policy import PolicyName
from models.errors import ConfigurationError
from models.voters.llm.protocol import ProtocolName
from monitors.base.contract import Rules
from streams.settings.endpoint import AllowList, Endpoint
from streams.settings.learning import LearningSettings, ReviewSettings

PREFIX = "EVENHAND_"

DeliveryMode = Literal["transactional", "at_least_once"]
LogLevel = Literal["debug", "info", "warning", "error"]

LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost"})


MOST_PROCESSES = 256


def _read_processes(given: object) -> object:
    """`auto` or a number; one message for both, where two would contradict each other."""
    text = str(given).strip().lower()
    if text == "auto":
        return text
    if text.isascii() and text.isdecimal() and 1 <= int(text) <= MOST_PROCESSES:
        return int(text)
    raise PydanticCustomError("processes", f"auto, or a number from 1 to {MOST_PROCESSES}")


def is_loopback(host: str) -> bool:
    """True where a host name or address stays on this machine.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("kafka.bank.example")
    (True, True, False)
    """
    if host in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Settings(ReviewSettings, LearningSettings):
    """All settings, named as Kafka names them where Kafka has them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore", hide_input_in_errors=True)

    bootstrap_servers: str = Field("127.0.0.1:9092", description="Kafka's bootstrap.servers, comma-separated.")
    security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="Kafka's security.protocol. Without TLS only to loopback, or with allow_plaintext."
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = Field(
        None, description="Kafka's sasl.mechanism."
    )
    sasl_username: str | None = Field(None, description="User for SASL.")
    sasl_password: SecretStr | None = Field(None, description="Password for SASL; never shown.")
    ssl_ca_location: Path | None = Field(None, description="File with the CA certificates that sign the brokers'.")
    ssl_certificate_location: Path | None = Field(None, description="Client certificate, for mTLS.")
    ssl_key_location: Path | None = Field(None, description="Client key, for mTLS.")
    ssl_key_password: SecretStr | None = Field(None, description="Password of the client key; never shown.")
    allow_plaintext: bool = Field(False, description="Development flag: talk to other machines without TLS.")

    app_id: str = Field("evenhand", pattern=r"^[A-Za-z0-9._-]+$", description="Prefix of transactional ids.")
    group_id: str = Field("evenhand-categorizer", description="Kafka's group.id of the categorizer.")
    group_instance_id: str | None = Field(
        None, description="Kafka's group.instance.id. Unique per worker; a static member does not leave on stop."
    )
    topic_prefix: str = Field("", pattern=r"^[A-Za-z0-9._-]*$", description="Put before every topic's name.")
    partitions: int = Field(4, ge=1, le=1000, description="Partitions of a topic that is created.")
    replication_factor: int = Field(
        0, ge=0, description="Replicas of a topic that is created; 0: three, or as many as there are brokers."
    )

    delivery: DeliveryMode = Field(
        "transactional", description="Exactly once through Kafka transactions, or at least once."
    )
    batch_max_records: int = Field(500, ge=1, le=10_000, description="Most records of one batch (one transaction).")
    batch_lag_records: int = Field(
        2_000, ge=1, le=10_000, description="The same while a partition lags; less than the above: no difference."
    )
    concurrency: int = Field(4, ge=1, le=64, description="Batches of different partitions in work at once.")
    session_timeout_ms: int = Field(10_000, ge=1_000, description="Kafka's session.timeout.ms.")
    heartbeat_interval_ms: int = Field(1_000, ge=100, description="Kafka's heartbeat.interval.ms.")
    transaction_timeout_ms: int = Field(10_000, ge=1_000, description="Kafka's transaction.timeout.ms.")
    linger_ms: int = Field(5, ge=0, description="Kafka's linger.ms.")
    duplicate_window_ids: int = Field(50_000, ge=0, description="Ids per partition among which repeats are recognised.")
    duplicate_window_hours: float = Field(24.0, gt=0, description="Hours for which an id is remembered at most.")
    stop_seconds: float = Field(8.0, gt=0, description="Longest wait for batches in work when the worker stops.")
    processes: Annotated[Literal["auto"] | int, BeforeValidator(_read_processes)] = Field(
        1, description="Worker processes under one supervisor; auto: one a core, at most one a partition of the input."
    )

    model: Path | None = Field(None, description="Folder of an artefact or of a store; empty: the shipped model.")
    policy: PolicyName = Field("calibrated", description="Review policy: `calibrated` or `agreement`.")
    precision: float = Field(
        0.95, gt=0, lt=1, description="Share of accepted decisions to be right (`calibrated`): .90, .95, .97, .98, .99."
    )
    review_threshold: float = Field(
        0.60, ge=0, le=1, description="Confidence below which a person decides (`agreement`)."
    )
    house_rules: str = Field(
        "", description="File with the bank's own rules (CSV or YAML), which workers watch; empty: none."
    )
    explanations: Path | None = Field(
        None, description="File with the bank's own words for customers (TOML); empty: the shipped ones."
    )
    signing_key: Path | None = Field(
        None, description="Private Ed25519 key (PEM) that signs evidence, closed to others; empty: it is not signed."
    )

    blind_share: float = Field(
        0.01, ge=0, le=1, description="Share of accepted decisions that also go to review, without being shown."
    )
    blind_seed: SecretStr = Field(
        SecretStr(""), description="Which ones: whoever knows the seed can tell. The same for all workers; never shown."
    )

    probe_share: float = Field(
        0.01, ge=0, le=1, description="Share of decisions that are compared with those on twins; 0: none."
    )
    probe_seed: str = Field("", description="Which ones, and with what twins. The same for all workers.")

    llm_url: str = Field(
        "",
        description="Base address of an LLM, such as http://127.0.0.1:8000/v1 or http://127.0.0.1:11434; empty: off.",
    )
    llm_protocol: ProtocolName = Field(
        ProtocolName.OPENAI, description="openai (chat completions) or ollama (/api/chat)."
    )
    llm_model: str = Field(
        "", pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,99}$|^$", description="Name of the model at llm_url."
    )
    llm_api_key: SecretStr | None = Field(None, description="Bearer token for llm_url; never shown.")
    llm_ca_location: Path | None = Field(None, description="File with the CA certificates that sign llm_url's.")
    llm_allowed: str = Field(
        "", description="Names, addresses and networks beyond loopback and private ones that may be called, over https."
    )
    llm_deadline_seconds: float = Field(
        2.0, gt=0, le=60, description="Longest wait of a transaction for the LLM; then it goes to review."
    )
    llm_concurrency: int = Field(4, ge=1, le=256, description="Calls of the LLM at once.")
    llm_calls_per_minute: int = Field(600, ge=1, description="Calls of the LLM a minute, of each worker.")
    llm_tokens_per_day: int = Field(
        5_000_000, ge=1, description="Tokens a day, of each worker, estimated from above; questions and answers."
    )
    llm_max_tokens: int = Field(24, ge=8, le=1024, description="Most tokens of an answer.")
    llm_breaker_failures: int = Field(5, ge=1, description="Failed calls in a row after which the LLM is left alone.")
    llm_breaker_seconds: float = Field(30.0, gt=0, description="How long it is left alone, before one call tries it.")

    allowed_lateness_minutes: int = Field(
        60, ge=0, description="How far behind its partition's newest event a record may come before it counts as late."
    )
    monitor_rules: dict[str, float] = Field(
        {}, description='Limits of the monitors that differ from the default, as JSON, such as {"review_rate": 0.3}.'
    )
    reference: Path | None = Field(
        None, description="File with the confidences of your own traffic to compare with; empty: the model's."
    )
    runbook_base_url: str = Field(
        "", description="Address of the runbooks, which alerts link to; empty: the monitor's own."
    )
    alertmanager_url: str = Field(
        "", description="Base address of an Alertmanager that alerts are posted to, beside the topic; empty: none."
    )
    alertmanager_token: SecretStr | None = Field(None, description="Bearer token for alertmanager_url; never shown.")
    alertmanager_ca_location: Path | None = Field(
        None, description="File with the CA certificates that sign alertmanager_url's."
    )
    alertmanager_allowed: str = Field(
        "", description="Names, addresses and networks beyond loopback and private ones to post to, over https."
    )

    web_host: str = Field(
        "127.0.0.1", description="Address of metrics, health and console. Not loopback: needs TLS and token."
    )
    web_port: int = Field(9464, ge=0, le=65535, description="Port of metrics and health; 0: any free one.")
    monitor_port: int = Field(
        9465, ge=0, le=65535, description="Port of a monitor's console, metrics and health; 0: any free one."
    )
    web_token: SecretStr | None = Field(
        None, description="Bearer token that /metrics and the console ask for; never shown."
    )
    web_certificate_location: Path | None = Field(None, description="TLS certificate of the web server.")
    web_key_location: Path | None = Field(None, description="TLS key of the web server.")
    log_level: LogLevel = Field("info", description="Level of the log on stderr.")

    @model_validator(mode="after")
    def _safe(self) -> Self:
        encrypted = self.security_protocol in ("SSL", "SASL_SSL")
        if not (encrypted or self.allow_plaintext or all(is_loopback(host) for host in self.bootstrap_hosts)):
            raise ValueError(
                f"security_protocol {self.security_protocol} would send transactions in the clear to another machine: "
                f"set {PREFIX}SECURITY_PROTOCOL=SASL_SSL (or SSL), or {PREFIX}ALLOW_PLAINTEXT=true for development"
            )
        if self.security_protocol.startswith("SASL") and not (self.sasl_mechanism and self.sasl_username):
            raise ValueError(f"{self.security_protocol} needs sasl_mechanism, sasl_username and sasl_password")
        if self.llm_url:
            self._safe_llm()
        if 0 < self.blind_share < SMALLEST_SAMPLING_PROBABILITY:
            raise ValueError(f"blind_share: 0, or at least {SMALLEST_SAMPLING_PROBABILITY:f}, as corrections say it")
        if unknown := sorted(self.monitor_rules.keys() - {field.name for field in fields(Rules)}):
            raise ValueError(f"monitor_rules: no such limit: {', '.join(unknown)}; see docs/monitors.md")
        tls = self.web_certificate_location and self.web_key_location
        proxy = self.review_user_header or self.review_role_header
        if proxy and not is_loopback(self.web_host) and not self.review_proxy_secret:
            raise ValueError(
                f"review_user_header and review_role_header beyond loopback: set {PREFIX}REVIEW_PROXY_SECRET, which "
                "the proxy sends along, or whoever reaches the port could name themselves"
            )
        if not is_loopback(self.web_host) and not (tls and self.web_token):
            raise ValueError(
                f"web_host {self.web_host} is not loopback: "
                "set web_certificate_location, web_key_location and web_token"
            )
        return self

    def _safe_llm(self) -> None:
        try:
            self.llm_endpoint()
        except ConfigurationError as error:
            raise ValueError(str(error)) from None
        if not self.llm_model:
            raise ValueError(f"llm_url needs {PREFIX}LLM_MODEL, the model's name there")

    def llm_endpoint(self) -> Endpoint:
        """Address of the LLM, with the list of what may be called.

        Raises:
            ConfigurationError: `llm_url` or `llm_allowed` cannot be used.
        """
        return Endpoint.of(self.llm_url, AllowList.of(self.llm_allowed))

    @property
    def rules(self) -> Rules:
        """The limits of the monitors."""
        default = Rules()
        changes: dict[str, Any] = {
            name: type(getattr(default, name))(value) for name, value in self.monitor_rules.items()
        }
        return replace(default, **changes)

    @property
    def runbooks(self) -> str:
        """Address of the folder with the runbooks: `runbook_base_url`, or where the monitor serves them."""
        scheme = "https" if self.web_certificate_location else "http"
        host = f"[{self.web_host}]" if ":" in self.web_host else self.web_host
        own = f"{scheme}://{host}:{self.monitor_port}" if self.monitor_port else ""  # 0: not known before it is bound
        return self.runbook_base_url or f"{own}/runbooks"

    @property
    def bootstrap_hosts(self) -> list[str]:
        """Hosts of `bootstrap_servers`, without ports."""
        return [server.strip().rpartition(":")[0] or server.strip() for server in self.bootstrap_servers.split(",")]


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment.

    Args:
        overrides: Values that win over the environment, such as a command's options; None means not given.

    Raises:
        ConfigurationError: A setting is wrong; the message names each with what to do, never a value of a secret.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        lines = [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" if e["loc"] else e["msg"] for e in error.errors()]
        raise ConfigurationError("settings: " + "; ".join(lines)) from None


@dataclass(frozen=True, slots=True)
class UnknownVariable:
    """A variable of the environment that begins like a setting and is none.

    Args:
        closest: The setting's variable that was probably meant; None where none is close.
    """

    name: str
    closest: str | None

    def __str__(self) -> str:
        meant = f"did you mean {self.closest}?" if self.closest else "no setting has a name like it"
        return f"{self.name} is no setting and has no effect: {meant}"


def unknown_variables(environ: Mapping[str, str]) -> list[UnknownVariable]:
    """Variables that begin with `EVENHAND_` and set nothing, by name; their values are not looked at.

    >>> [str(variable) for variable in unknown_variables({"EVENHAND_WEB_PROT": "0", "EVENHAND_WEB_PORT": "0"})]
    ['EVENHAND_WEB_PROT is no setting and has no effect: did you mean EVENHAND_WEB_PORT?']
    >>> [str(variable) for variable in unknown_variables({"EVENHAND_FOO": "0"})]
    ['EVENHAND_FOO is no setting and has no effect: no setting has a name like it']
    """
    known = [name.upper() for name in Settings.model_fields]
    strange = sorted(name for name in environ if name.upper().startswith(PREFIX))
    return [
        UnknownVariable(name, _closest(own, known))
        for name in strange
        if (own := name.upper().removeprefix(PREFIX)) not in known
    ]


def _closest(own: str, known: Sequence[str]) -> str | None:
    # Without the prefix, which they all have: it would make any short name like any other.
    return next((PREFIX + name for name in get_close_matches(own, known, n=1, cutoff=0.75)), None)
