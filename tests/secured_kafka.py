"""A broker that demands certificates and accounts, and grants rights, for tests."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psutil
from certificates import Authority
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    KafkaAdminClient,
    NewTopic,
    ResourcePattern,
    ResourceType,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from stub_oauth import TokenKey

from stack.jars import locate_group
from stack.java import find_java
from stack.kafka import BROKER, JAVA_OPTIONS, STARTED, STORAGE_TOOL
from stack.ports import pick_free_ports
from stack.process import (
    Daemon,
    build_java_command,
    run_once,
    start_daemon,
    stop_services,
    wait_ready,
)

HOST = "127.0.0.1"
ALLOWED_URLS = "org.apache.kafka.sasl.oauthbearer.allowed.urls"
MARK = "S3cret"
PASSWORD = f'a "b" \\ c; d=e, f\'g #h ${{i}} é {MARK}'
"""Holds all that means something to those who pass it on; the mark is found in any disguise."""
_MODULES = "org.apache.kafka.common.security"
_SCRAM = f"{_MODULES}.scram.ScramLoginModule required;"


class SecuredKafka:
    """The addresses of its listeners; a super user comes in by `open`, in the clear.

    `sasl` takes passwords and tokens by SSL, `clear` SCRAM without it, `mutual` certificates.
    """

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder, "authority")
        self.token_key = TokenKey(folder)
        self.log = folder / "secured-kafka.log"
        self._folder = folder
        ports = pick_free_ports(brokers=4)
        self.open, self.sasl, self.clear, self.mutual = (f"{HOST}:{port}" for port in ports.brokers)
        self._controller = f"{HOST}:{ports.controllers[0]}"
        self.process: psutil.Process | None = None

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Hold the broker still."""
        assert self.process
        self.process.suspend()
        try:
            yield
        finally:
            self.process.resume()

    def add_users(self, password: str, *names: str) -> None:
        """Give accounts for SCRAM a password."""
        with KafkaAdminClient(bootstrap_servers=self.open) as admin:
            for mechanism in ScramMechanism.SCRAM_SHA_256, ScramMechanism.SCRAM_SHA_512:
                upsertions = [
                    UserScramCredentialUpsertion(name, mechanism, password, iterations=4096)
                    for name in names
                ]
                failures = admin.alter_user_scram_credentials(upsertions)
                assert not any(failures.values()), failures

    def allow(self, name: str, topic: str, *operations: str) -> None:
        """Allow an account to do something with a topic."""
        pattern = ResourcePattern(ResourceType.TOPIC, topic)
        acls = [
            ACL(f"User:{name}", "*", ACLOperation[operation], ACLPermissionType.ALLOW, pattern)
            for operation in operations
        ]
        with KafkaAdminClient(bootstrap_servers=self.open) as admin:
            assert not admin.create_acls(acls)["failed"]

    def create_topic(self) -> str:
        """Create a topic of three partitions, stamped by the broker."""
        name = f"tweets-{uuid4().hex[:8]}"
        configs = {"message.timestamp.type": "LogAppendTime"}
        with KafkaAdminClient(bootstrap_servers=self.open) as admin:
            admin.create_topics([NewTopic(name, 3, 1, topic_configs=configs)])
            admin.wait_for_topics([name])
        return name

    def build_properties(self) -> dict[str, object]:
        """Build the broker's configuration, and make its certificate."""
        sasl, clear = "listener.name.sasl", "listener.name.clear"
        return {
            "process.roles": "broker,controller",
            "node.id": 1,
            "controller.quorum.voters": f"1@{self._controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"OPEN://{self.open},SASL://{self.sasl},CLEAR://{self.clear},"
            f"MUTUAL://{self.mutual},CONTROLLER://{self._controller}",
            "listener.security.protocol.map": "OPEN:PLAINTEXT,SASL:SASL_SSL,CLEAR:SASL_PLAINTEXT,"
            "MUTUAL:SSL,CONTROLLER:PLAINTEXT",
            "inter.broker.listener.name": "OPEN",
            "log.dirs": self._folder / "broker",
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": 1,
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:ANONYMOUS",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": self.authority.sign("broker"),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": self.authority.file,
            "listener.name.mutual.ssl.client.auth": "required",
            f"{sasl}.sasl.enabled.mechanisms": "SCRAM-SHA-256,SCRAM-SHA-512,PLAIN,OAUTHBEARER",
            f"{sasl}.scram-sha-256.sasl.jaas.config": _SCRAM,
            f"{sasl}.scram-sha-512.sasl.jaas.config": _SCRAM,
            f"{sasl}.plain.sasl.jaas.config": f"{_MODULES}.plain.PlainLoginModule required "
            f"user_tweets={_quote(PASSWORD)};",
            f"{sasl}.oauthbearer.sasl.jaas.config": f"{_MODULES}.oauthbearer."
            'OAuthBearerLoginModule required unsecuredLoginStringClaim_sub="broker";',
            f"{sasl}.oauthbearer.sasl.server.callback.handler.class": f"{_MODULES}.oauthbearer."
            "OAuthBearerValidatorCallbackHandler",
            f"{sasl}.oauthbearer.sasl.oauthbearer.jwks.endpoint.url": self.token_key.jwks.as_uri(),
            f"{clear}.sasl.enabled.mechanisms": "SCRAM-SHA-512",
            f"{clear}.scram-sha-512.sasl.jaas.config": _SCRAM,
            "log.cleaner.dedupe.buffer.size": 16 << 20,
        }


@contextmanager
def run_secured_kafka(folder: Path) -> Iterator[SecuredKafka]:
    """Run a broker on free ports, and stop it at the end."""
    kafka = SecuredKafka(folder)
    properties = folder / "server.properties"
    properties.write_text(
        "".join(
            f"{name}={_escape(str(value))}\n" for name, value in kafka.build_properties().items()
        )
    )
    java, jars = find_java(), locate_group("kafka")
    format_command = build_java_command(java, kafka.log, JAVA_OPTIONS, jars, STORAGE_TOOL)
    cluster_id = base64.urlsafe_b64encode(uuid4().bytes).decode().strip("=").replace("-", "_")
    format_command += ["format", "-t", cluster_id, "-c", str(properties)]
    run_once(format_command, "Formatting the folder of the secured broker")
    allowed = f"-D{ALLOWED_URLS}={kafka.token_key.jwks.as_uri()}"
    command = build_java_command(java, kafka.log, (*JAVA_OPTIONS, allowed), jars, BROKER)
    daemon = Daemon(
        "secured-kafka",
        [*command, str(properties)],
        int(kafka.open.rpartition(":")[2]),
        kafka.log,
        lambda: kafka.log.exists() and STARTED in kafka.log.read_bytes(),
    )
    started = {daemon: start_daemon(daemon)}
    try:
        wait_ready(started, 120, print)
        kafka.process = psutil.Process(started[daemon].pid)
        yield kafka
    finally:
        stop_services(list(started.values()), 3)


def _quote(value: str) -> str:
    return '"{}"'.format(value.replace("\\", "\\\\").replace('"', '\\"'))


def _escape(value: str) -> str:
    escaped = value.replace("\\", "\\\\")
    return "".join(each if each.isascii() else f"\\u{ord(each):04x}" for each in escaped)
