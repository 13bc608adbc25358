"""What is known of the local stack between two commands: its folders and the state kept there."""

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError
from stack.ports import HOST, Ports
from stack.process import ServiceProcess

FOR_OTHERS = (
    *("KAFKA_USERNAME", "KAFKA_PASSWORD", "KAFKA_PASSWORD_FILE", "KAFKA_TOKEN_URL"),
    *("KAFKA_TOKEN_SCOPE", "KAFKA_CA_FILE", "KAFKA_CERTIFICATE_FILE"),
    *("HDFS_USER", "KERBEROS_PRINCIPAL", "KERBEROS_KEYTAB", "EVENT_LOG", "HISTORY_URL"),
)
"""Settings that only make sense with the Kafka, HDFS and Spark of others."""


@dataclass(frozen=True, slots=True)
class StackFolders:
    """The folders of one stack, all below one."""

    root: Path

    @property
    def kafka(self) -> Path:
        """Messages of the brokers, one folder each."""
        return self.root / "kafka"

    @property
    def hdfs(self) -> Path:
        """Names and blocks of HDFS, one folder per NameNode and DataNode."""
        return self.root / "hdfs"

    @property
    def configuration(self) -> Path:
        """Configuration of the daemons, written anew at each start."""
        return self.root / "conf"

    @property
    def hadoop_conf(self) -> Path:
        """Configuration of the clients of HDFS: what HADOOP_CONF_DIR wants to name."""
        return self.root / "hadoop-conf"

    @property
    def logs(self) -> Path:
        """Logs of the daemons."""
        return self.root / "logs"

    @property
    def temporary(self) -> Path:
        """What the daemons unpack while they run, and leave behind if they are killed."""
        return self.root / "tmp"

    @property
    def state(self) -> Path:
        """The state, as JSON."""
        return self.root / "state.json"


@dataclass(frozen=True, slots=True)
class StackState:
    """A stack that was started: its addresses and processes, which may have ended since."""

    ports: Ports
    free_ports: bool
    topic: str
    hadoop_conf_dir: Path
    services: list[ServiceProcess]

    @property
    def bootstrap_servers(self) -> str:
        """Brokers, `host:port`, separated by commas."""
        return ",".join(f"{HOST}:{port}" for port in self.ports.brokers)

    @property
    def hdfs_url(self) -> str:
        """Address of the NameNode for Hadoop clients, without a path."""
        return f"hdfs://{HOST}:{self.ports.namenode}"

    @property
    def webhdfs_url(self) -> str:
        """Address of the NameNode over HTTP: WebHDFS and the HDFS page."""
        return f"http://{HOST}:{self.ports.webhdfs}"

    @property
    def spark_master(self) -> str | None:
        """Address of the Spark master for `--master`, or None in a stack without Spark."""
        return f"spark://{HOST}:{self.ports.spark[0][0]}" if self.ports.spark else None

    @property
    def spark_url(self) -> str | None:
        """Address of the page of the Spark master, or None in a stack without Spark."""
        return f"http://{HOST}:{self.ports.spark[0][1]}" if self.ports.spark else None


def lead_to_stack(state: StackState, data_folder: str) -> dict[str, str]:
    """Write the environment that leads our commands to a stack, whatever `.env` says of others."""
    return {
        "HADOOP_CONF_DIR": str(state.hadoop_conf_dir),
        "TWEETS_BOOTSTRAP_SERVERS": state.bootstrap_servers,
        "TWEETS_DATA_ROOT": f"{state.hdfs_url}{data_folder}",
        "TWEETS_WEBHDFS_URL": state.webhdfs_url,
        "TWEETS_KAFKA_SECURITY_PROTOCOL": "PLAINTEXT",
        **{f"TWEETS_{name}": "" for name in FOR_OTHERS},
    }


def locate_folders(local_dir: Path) -> StackFolders:
    """Name the folders of the stack of a local directory."""
    return StackFolders(local_dir.absolute() / "stack")


def read_state(local_dir: Path) -> StackState | None:
    """Read the state of the stack of a local directory, or None if none was ever started there.

    Raises `StackError` if the state cannot be understood.
    """
    path = locate_folders(local_dir).state
    try:
        kept = json.loads(path.read_text())
        return StackState(
            ports=Ports(**kept["ports"]),
            free_ports=kept["free_ports"],
            topic=kept["topic"],
            hadoop_conf_dir=Path(kept["hadoop_conf_dir"]),
            services=[
                ServiceProcess(one["name"], one["pid"], one["port"], Path(one["log"]))
                for one in kept["services"]
            ],
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise StackError(
            f"{path} cannot be understood ({error}): end what may still run of the stack, the java "
            f"processes with {path.parent} on their command line, and delete this file; the data "
            "beside it stays good."
        ) from None


def write_state(folders: StackFolders, state: StackState) -> None:
    """Write the state so that a reader sees the old or the new one, never a half."""
    fresh = folders.state.with_suffix(f".{os.getpid()}")
    fresh.write_text(json.dumps(dataclasses.asdict(state), indent=2, default=str))
    fresh.replace(folders.state)
