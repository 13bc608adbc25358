"""Every knob of the project, once: its name, its default and what it is for.

Each setting is read from the environment variable ``TWEETS_<NAME>`` or from a ``.env`` file.
Only a ``main()`` reads them; everything else gets arguments.
"""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """A setting that cannot be used; the message names it, its value and what to do."""


# Compose files pass a variable that nobody has set as an empty one.
_OptionalIfEmpty = BeforeValidator(lambda value: value or None)
OptionalFile = Annotated[Path | None, _OptionalIfEmpty]
OptionalText = Annotated[str | None, _OptionalIfEmpty]
OptionalSecret = Annotated[SecretStr | None, _OptionalIfEmpty]
_WEB_ADDRESS = re.compile(r"https?://(\[[0-9a-fA-F:.]+\]|[^\s/@:]+)(:[0-9]{1,5})?(/[^\s@]*)?")


def _check_token_url(url: str | None) -> str | None:
    if url is None or _WEB_ADDRESS.fullmatch(url):
        return url
    raise SettingsError(
        "TWEETS_KAFKA_TOKEN_URL is no address of a web server (what it is may hold a secret, so it "
        "is not shown): write https://host/path."
    )


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(
        env_prefix="TWEETS_", env_file=".env", extra="ignore", frozen=True, protected_namespaces=()
    )

    bootstrap_servers: str = Field(
        "127.0.0.1:9092", description="Kafka brokers, `host:port`, separated by commas."
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How Kafka is spoken to: SSL encrypts, SASL proves who we are."
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512", "OAUTHBEARER"] = Field(
        "SCRAM-SHA-512", description="How SASL proves it."
    )
    kafka_username: OptionalText = Field(
        None, description="Name of our account with Kafka; with OAUTHBEARER, the client id."
    )
    kafka_password: OptionalSecret = Field(
        None, description="Its password, or the client secret; better kept in a file."
    )
    kafka_password_file: OptionalFile = Field(
        None, description="File that holds that password and that nobody else may read."
    )
    kafka_token_url: Annotated[OptionalText, AfterValidator(_check_token_url)] = Field(
        None, description="Where OAUTHBEARER gets a token for the client id and secret."
    )
    kafka_token_scope: OptionalText = Field(None, description="Scope to ask for there.")
    kafka_ca_file: OptionalFile = Field(
        None, description="PEM file of the authorities that sign Kafka's certificates, with SSL."
    )
    kafka_certificate_file: OptionalFile = Field(
        None, description="PEM file of our own certificate and its key, where Kafka wants one."
    )
    topic: str = Field("tweets", description="Kafka topic of the tweets.")
    topic_partitions: int = Field(
        3, ge=1, description="Partitions of the topic, where we create it."
    )
    data_root: str = Field(
        "hdfs://127.0.0.1:8020/tweets",
        description="Folder of the stored datasets: any Hadoop path, `hdfs://…` or `file:…`.",
    )
    webhdfs_url: str = Field(
        "http://127.0.0.1:9870",
        description="WebHDFS address of the NameNode, or of each, separated by commas.",
    )
    hdfs_user: OptionalText = Field(
        None, description="Name by which HDFS knows us without Kerberos; unset, our account's."
    )
    kerberos_principal: OptionalText = Field(
        None, description="Principal by which HDFS knows us, with Kerberos; unset, no Kerberos."
    )
    kerberos_keytab: OptionalFile = Field(None, description="File of that principal's keys.")
    event_log: OptionalText = Field(
        None, description="Folder for what a Spark history server shows of the job."
    )
    history_url: OptionalText = Field(
        None, description="Address of that history server, for the doctor."
    )
    categories: OptionalFile = Field(
        None,
        description="TOML file of the categories and keywords; empty or unset, the ten in English.",
    )
    model_root: Path = Field(
        Path(".data/models"), description="Folder of the model versions and of `current`."
    )
    local_dir: Path = Field(
        Path(".data"), description="Folder of all that the local services and `make demo` write."
    )
    spool_megabytes: int = Field(
        256, ge=32, description="Disk for messages of a live source that Kafka does not have yet."
    )
    x_api_url: str = Field("https://api.x.com", description="Address of the API of X.")
    x_bearer_token: OptionalSecret = Field(
        None, description="Bearer token of your app on X; better kept in a file."
    )
    x_bearer_token_file: OptionalFile = Field(
        None, description="File that holds that token and that nobody else may read."
    )
    x_post_price: float = Field(
        0.005, ge=0, allow_inf_nan=False, description="Dollars that X asks for a post read."
    )
    x_user_price: float = Field(
        0.01, ge=0, allow_inf_nan=False, description="Dollars that X asks for a user read."
    )
    jetstream_urls: str = Field(
        "wss://jetstream1.us-east.bsky.network,wss://jetstream2.us-east.bsky.network,"
        "wss://jetstream1.us-west.bsky.network,wss://jetstream2.us-west.bsky.network",
        description="Jetstream servers to try in turn, separated by commas.",
    )
    bluesky_api_url: str = Field(
        "https://public.api.bsky.app", description="Where Bluesky tells the names of its users."
    )
    trigger_seconds: float = Field(
        2.0, gt=0, description="Seconds between two micro-batches of the streaming query."
    )
    max_offsets_per_trigger: int = Field(
        200_000, ge=1, description="Messages that one micro-batch reads at most."
    )
    max_age_days: float = Field(
        30, gt=0, description="A tweet created longer before its receipt than this is rejected."
    )
    max_ahead_minutes: float = Field(
        5, ge=0, description="A tweet created later after its receipt than this is rejected."
    )
    lease_seconds: float = Field(
        15, ge=1, description="A writer that has not renewed its lease for this long has lost it."
    )
    give_up_seconds: float = Field(
        300, gt=0, description="How long a service may be away before the process ends."
    )
    dashboard_host: str = Field("127.0.0.1", description="Address the dashboard listens on.")
    dashboard_port: int = Field(8050, ge=1, le=65535, description="Port of the dashboard.")


def load_settings() -> Settings:
    """Read this process's settings; raise `SettingsError` with a sentence if one is unusable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "TWEETS_" + str(first["loc"][0]).upper()
        message = f"{name} is {first['input']!r}: {first['msg'][0].lower()}{first['msg'][1:]}."
        raise SettingsError(f"{message} Correct it in the environment or in .env.") from None
