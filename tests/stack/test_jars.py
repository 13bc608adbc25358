import hashlib
import shutil
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import pytest

from stack.errors import StackError
from stack.jars import Download, Jar, Say, build_ivy_file, fetch_jars, read_jars

CONTENTS = {"kafka": b"a broker", "spark": b"a connector"}


def make_jar(group: str, revision: str = "1.0") -> Jar:
    return Jar(group, "org.example", group, revision, hashlib.sha256(CONTENTS[group]).hexdigest())


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """A local folder that has every jar."""
    folder = tmp_path / "index"
    for group, content in CONTENTS.items():
        for revision in ("1.0", "2.0"):
            path = make_jar(group, revision).path_in(folder)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return folder


@pytest.fixture
def downloaded() -> list[str]:
    return []


@pytest.fixture
def download(index: Path, downloaded: list[str]) -> Download:
    def copy(jars: Sequence[Jar], target: Path, say: Say) -> None:
        for jar in jars:
            downloaded.append(jar.file_name)
            jar.path_in(target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(jar.path_in(index), jar.path_in(target))

    return copy


def list_files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.jar"))


def test_missing_jars_are_fetched_once(
    tmp_path: Path, download: Download, downloaded: list[str]
) -> None:
    jars = [make_jar("kafka"), make_jar("spark")]
    folder = tmp_path / "jars"
    assert fetch_jars(jars, folder, download, print) == 2
    assert fetch_jars(jars, folder, download, print) == 0
    assert downloaded == ["kafka-1.0.jar", "spark-1.0.jar"]
    assert list_files(folder) == ["kafka/kafka-1.0.jar", "spark/spark-1.0.jar"]


def test_one_group_leaves_the_jars_of_another(tmp_path: Path, download: Download) -> None:
    folder = tmp_path / "jars"
    fetch_jars([make_jar("kafka"), make_jar("spark")], folder, download, print)
    fetch_jars([make_jar("spark", "2.0")], folder, download, print)
    assert list_files(folder) == ["kafka/kafka-1.0.jar", "spark/spark-2.0.jar"]


def test_a_damaged_jar_is_fetched_again(
    tmp_path: Path, download: Download, downloaded: list[str]
) -> None:
    jars = [make_jar("kafka"), make_jar("spark")]
    folder = tmp_path / "jars"
    fetch_jars(jars, folder, download, print)
    jars[1].path_in(folder).write_bytes(b"half")
    assert fetch_jars(jars, folder, download, print) == 1
    assert jars[1].path_in(folder).read_bytes() == CONTENTS["spark"]


def test_a_jar_with_a_wrong_hash_is_not_kept(
    tmp_path: Path, download: Download, index: Path
) -> None:
    jars = [make_jar("kafka"), make_jar("spark")]
    jars[1].path_in(index).write_bytes(b"tampered with")
    folder = tmp_path / "jars"
    with pytest.raises(StackError, match=r"org.example:spark:1.0 came with sha256 .* not kept"):
        fetch_jars(jars, folder, download, print)
    assert list_files(folder) == []


def test_the_jars_of_an_earlier_list_go(tmp_path: Path, download: Download) -> None:
    folder = tmp_path / "jars"
    fetch_jars([make_jar("kafka", "1.0")], folder, download, print)
    fetch_jars([make_jar("kafka", "2.0")], folder, download, print)
    assert list_files(folder) == ["kafka/kafka-2.0.jar"]


def test_the_connector_has_the_version_of_pyspark() -> None:
    [connector] = [jar for jar in read_jars() if jar.artifact == "spark-sql-kafka-0-10_2.13"]
    assert connector.revision == version("pyspark")
    assert connector.file_name == f"spark-sql-kafka-0-10_2.13-{version('pyspark')}.jar"


def test_ivy_is_asked_for_each_jar_alone_in_its_group() -> None:
    module = ElementTree.fromstring(build_ivy_file([make_jar("kafka"), make_jar("spark")]))
    asked = [dependency.attrib for dependency in module.iter("dependency")]
    assert asked == [
        {"org": "org.example", "name": "kafka", "rev": "1.0", "conf": "kafka->master"},
        {"org": "org.example", "name": "spark", "rev": "1.0", "conf": "spark->master"},
    ]
