"""An HDFS with two NameNodes: what writes and reads goes on when another becomes active."""

from collections.abc import Iterator

import pytest
from commands import run_module, wait_until
from ha_hdfs import SERVICE, HaHdfs
from whole_path import JOB, is_proved, running

from access.hdfs.access import HdfsAccess
from access.stored_files import StorageUnavailable, StoredFiles, open_stored_files


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HaHdfs]:
    service = HaHdfs(tmp_path_factory.mktemp("ha"))
    try:
        service.start()
        yield service
    finally:
        service.stop()


@pytest.fixture
def ha_hdfs(service: HaHdfs) -> HaHdfs:
    """The service with `nn1` active, whatever a test before has made of it."""
    service.make_standby("nn2")
    service.make_active("nn1")
    return service


def open_files(ha_hdfs: HaHdfs, user: str | None = None) -> StoredFiles:
    access = HdfsAccess(tuple(ha_hdfs.webhdfs_url.split(",")), user)
    return open_stored_files(f"hdfs://{SERVICE}/tweets", access)


def test_a_reader_goes_on_when_the_standby_is_made_the_active_one(ha_hdfs):
    files = open_files(ha_hdfs)
    ha_hdfs.open_client("nn1").write("/tweets/a", b"before")
    assert files.read_file("a") == b"before"
    ha_hdfs.make_standby("nn1")
    ha_hdfs.make_active("nn2")
    ha_hdfs.open_client("nn2").write("/tweets/b", b"after")
    assert [entry.name for entry in files.list_folder("")] == ["a", "b"]
    assert files.read_file("b") == b"after"


def test_what_others_may_not_read_is_read_under_the_name_that_may(ha_hdfs):
    client = ha_hdfs.open_client("nn1")
    client.write("/tweets/c", b"ours")
    client.set_owner("/tweets", "tweets")
    client.set_permission("/tweets", "700")
    assert open_files(ha_hdfs, user="tweets").read_file("c") == b"ours"
    with pytest.raises(StorageUnavailable, match="Permission denied: user=somebody"):
        open_files(ha_hdfs, user="somebody").read_file("c")


@pytest.mark.timeout(500)
def test_job_and_proof_go_on_when_the_active_one_dies(stack, topic, ha_hdfs, model_root, tmp_path):
    env = stack.env | {
        "HADOOP_CONF_DIR": str(ha_hdfs.conf_dir),
        "TWEETS_DATA_ROOT": f"hdfs://{SERVICE}/{topic}",
        "TWEETS_MODEL_ROOT": str(model_root),
        "TWEETS_TOPIC": topic,
        "TWEETS_TRIGGER_SECONDS": "0.1",
        "TWEETS_WEBHDFS_URL": ha_hdfs.webhdfs_url,
    }
    client = ha_hdfs.open_client("nn1")
    produce(env)
    with running(JOB, env, tmp_path / "job.log") as job:
        log = (tmp_path / "job.log").read_text
        wait_until(lambda: job.poll() is not None or is_proved(env), 200)
        assert job.poll() is None, log()[-3000:]
        assert client.status(f"/{topic}/_commits")
        ha_hdfs.kill("nn1")
        produce(env)
        ha_hdfs.make_active("nn2")
        wait_until(lambda: job.poll() is not None or is_proved(env), 200)
        assert job.poll() is None, log()[-3000:]


def produce(env: dict[str, str]) -> None:
    run_module("producer", "--rate", "5000", "--count", "1000", env=env)
