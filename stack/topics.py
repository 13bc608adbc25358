"""The topic of the tweets as we create it, and the commands for those who have to do it for us."""

from kafka.admin import KafkaAdminClient, NewTopic
from kafka.errors import TopicAlreadyExistsError

from access.kafka.access import KafkaAccess

REPLICATION = 3
RIGHTS = ("DESCRIBE", "READ", "WRITE")


def choose_replication(broker_count: int) -> int:
    """Choose how many replicas a partition gets: 3, or one on each broker if there are fewer."""
    return min(REPLICATION, broker_count)


def choose_settings(replication: int) -> dict[str, str]:
    """Choose the topic's settings: stamped by the broker, writable while one replica is away."""
    return {
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": str(max(1, replication - 1)),
    }


def create_topic(admin: KafkaAdminClient, topic: str, partitions: int, replication: int) -> bool:
    """Create the topic if there is none, and say if it was new; raise `KafkaError` otherwise."""
    if topic in admin.list_topics():
        return False
    settings = choose_settings(replication)
    try:
        admin.create_topics([NewTopic(topic, partitions, replication, topic_configs=settings)])
    except TopicAlreadyExistsError:
        return False
    admin.wait_for_topics([topic])
    return True


def write_create_command(access: KafkaAccess, topic: str, partitions: int, replication: int) -> str:
    """Write the command that creates the topic."""
    settings = choose_settings(replication).items()
    options = "".join(f" --config {name}={value}" for name, value in settings)
    return (
        f"{_write_tool('kafka-topics.sh', access)} --create --topic {topic} "
        f"--partitions {partitions} --replication-factor {replication}{options}"
    )


def write_setting_command(access: KafkaAccess, topic: str, name: str, value: str) -> str:
    """Write the command that changes a setting of the topic."""
    tool = _write_tool("kafka-configs.sh", access)
    return f"{tool} --alter --topic {topic} --add-config {name}={value}"


def write_rights_command(access: KafkaAccess, topic: str) -> str:
    """Write the command that gives us all rights that we need on the topic."""
    operations = "".join(f" --operation {right.capitalize()}" for right in RIGHTS)
    return (
        f"{_write_tool('kafka-acls.sh', access)} --add --allow-principal "
        f"{_name_principal(access)}{operations} --topic {topic}"
    )


def _write_tool(script: str, access: KafkaAccess) -> str:
    as_whom = (
        "" if access.security_protocol == "PLAINTEXT" else " --command-config ADMIN.properties"
    )
    return f"{script} --bootstrap-server {access.bootstrap_servers}{as_whom}"


def _name_principal(access: KafkaAccess) -> str:
    if access.login:
        return f"'User:{access.login.username}'"
    if access.certificates and access.certificates.own:
        return "'User:SUBJECT OF OUR CERTIFICATE'"
    return "User:ANONYMOUS"
