"""Make what a Kafka and an HDFS of others need for us: ``python -m stack prepare``."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from kafka.errors import AuthorizationError, KafkaError

from access.hdfs.access import HdfsAccess, split_root
from access.kafka.access import KafkaAccess, KafkaAccessError
from access.kafka.admin import open_admin
from access.kafka.tokens import TokenUnreachable
from settings import Settings
from stack.doctor.findings import OTHERS, Finding
from stack.doctor.folders import describe_folder, write_folder_command, write_owner_command
from stack.doctor.namenodes import find_active
from stack.namenode import NameNode
from stack.topics import (
    choose_replication,
    choose_settings,
    create_topic,
    write_create_command,
    write_rights_command,
)

PRIVATE = "750"
SHARED = "755"
HAND_ON = "hand this to whoever may"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who a folder shall belong to; without a group, that stays as it is."""

    user: str
    group: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Owner":
        """Read `USER` or `USER:GROUP`."""
        user, _, group = text.partition(":")
        return cls(user, group or None)

    def __str__(self) -> str:
        return f"{self.user}:{self.group}" if self.group else self.user


def prepare(settings: Settings, owner: Owner | None) -> Iterator[Finding]:
    """Make the topic and the folder of the data root where they are missing, and give the folder
    to an owner.

    What is there already is left as it is. Where we may not, the remedy is the command to hand on.
    """
    try:
        access = KafkaAccess.read(settings)
    except KafkaAccessError as error:
        yield Finding.quote("Kafka", error)
    else:
        yield prepare_topic(access, settings.topic, settings.topic_partitions)
    root = split_root(settings.data_root)
    if root.scheme == "hdfs":
        yield from _prepare_hdfs(HdfsAccess.read(settings), root.path, owner)
    else:
        yield Finding("HDFS", f"not used: the job makes {settings.data_root} itself")


def prepare_topic(access: KafkaAccess, topic: str, partitions: int) -> Finding:
    """Create the topic if it is missing."""
    what = f"topic {topic}"
    try:
        with open_admin(access) as admin:
            replication = choose_replication(len(admin.describe_cluster()["brokers"]))
            try:
                is_new = create_topic(admin, topic, partitions, replication)
            except AuthorizationError:
                create = write_create_command(access, topic, partitions, replication)
                rights = write_rights_command(access, topic)
                remedy = f"{HAND_ON}, unless it is there: {create}; and {rights}"
                return Finding(what, "is not seen by us, and may not be created", remedy)
            [described] = admin.describe_topics([topic])
    except (KafkaAccessError, TokenUnreachable) as error:
        return Finding.quote(what, error)
    except (KafkaError, OSError) as error:
        return Finding(what, f"cannot be created: {error}", "ask those who run Kafka")
    partition_count = len(described["partitions"])
    if not is_new:
        return Finding(what, f"is there already, with {partition_count} partitions")
    chosen = ", ".join(f"{name}={value}" for name, value in choose_settings(replication).items())
    return Finding(
        what, f"created with {partition_count} partitions, replication {replication}, {chosen}"
    )


def _prepare_hdfs(access: HdfsAccess, path: str, owner: Owner | None) -> Iterator[Finding]:
    namenode: NameNode | None = None

    def search() -> Iterator[Finding]:
        nonlocal namenode
        namenode = yield from find_active(access, OTHERS)

    findings = list(search())
    # Where one serves us, the others do not matter.
    if namenode is None:
        yield from findings
        return
    yield prepare_folder(namenode, path.rstrip("/") or "/", access.name, owner)


def prepare_folder(namenode: NameNode, path: str, name: str, owner: Owner | None) -> Finding:
    """Make a folder for its owner and their group alone, by our name unless another is to have it.

    One that is there is given away too, but keeps its mode.
    """
    what, asked = f"folder {path}", str(owner or name)
    try:
        status = namenode.get_status(path)
        if status is None:
            _make_parents(namenode, path)
            namenode.make_folder(path, PRIVATE)
    except OSError as error:
        command = write_folder_command(path, asked)
        return Finding(what, f"may not be made by us: {error}", f"{HAND_ON}: {command}")
    done = "is there already" if status else "made"
    try:
        status = namenode.get_status(path) or {}
        if owner and not is_of(status, owner):
            namenode.set_owner(path, owner.user, owner.group)
            status = namenode.get_status(path) or {}
    except OSError as error:
        command = write_owner_command(path, asked)
        return Finding(what, f"{done}, but not given away: {error}", f"{HAND_ON}: {command}")
    return Finding(what, f"{done}, {describe_folder(status)}")


def is_of(status: dict[str, str], owner: Owner) -> bool:
    """Say whether a folder belongs to an owner already."""
    return status["owner"] == owner.user and owner.group in (None, status["group"])


def _make_parents(namenode: NameNode, path: str) -> None:
    """Make the folders above one, so that its owner gets through them."""
    for parent in reversed(PurePosixPath(path).parents):
        if namenode.get_status(str(parent)) is None:
            namenode.make_folder(str(parent), SHARED)
