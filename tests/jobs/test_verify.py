import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jobs.batches import store_batch
from jobs.hadoop_files import HadoopFiles

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def stored(spark, build_batch, tmp_path_factory) -> Path:
    """A data root with two batches, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("stored") / "data"

    class HeldLease:
        def check(self):
            pass

    offsets = {0: 0, 1: 7}
    for batch_id in range(2):
        batch = build_batch("aaaaaaaa", batch_id, offsets)
        store_batch(HadoopFiles(spark, f"file:{folder}"), HeldLease(), batch)
        offsets = batch.until_offsets
    return folder


@pytest.fixture
def data(stored, tmp_path) -> Path:
    return Path(shutil.copytree(stored, tmp_path / "data"))


def run_verify(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "jobs.verify", *arguments],
        cwd=ROOT,
        env={"TWEETS_DATA_ROOT": f"file:{data}"},
        capture_output=True,
        text=True,
        check=False,
    )


def rewrite(path: Path, change) -> None:
    path.with_name(f".{path.name}.crc").unlink(missing_ok=True)
    pq.write_table(change(pq.read_table(pa.BufferReader(path.read_bytes()))), path)


def first_file(data: Path, dataset: str) -> Path:
    return min((data / dataset).rglob("*.parquet"))


def test_a_whole_data_root_is_proved(data):
    result = run_verify(data)
    assert result.returncode == 0
    assert result.stdout == (
        "2 batches read 24 messages; each is stored exactly once: 16 tweets, 4 rejected, "
        "4 deletions. The counts are those of the tweets.\n"
    )


def test_a_lost_row_is_found(data):
    rewrite(first_file(data, "tweets"), lambda table: table.slice(1))
    result = run_verify(data)
    assert result.returncode == 1
    assert "but only 11 are stored" in result.stdout


@pytest.mark.parametrize("dataset", ["tweets", "rejected", "deletions"])
def test_a_doubled_row_is_found(data, dataset):
    rewrite(first_file(data, dataset), lambda table: pa.concat_tables([table, table.slice(0, 1)]))
    result = run_verify(data)
    assert result.returncode == 1
    assert "stored more than once" in result.stdout


def test_a_miscounted_row_is_found(data):
    def add_one(table: pa.Table) -> pa.Table:
        counts = [count + (row == 0) for row, count in enumerate(table["tweet_count"].to_pylist())]
        return table.set_column(2, "tweet_count", pa.array(counts, pa.int64()))

    rewrite(first_file(data, "category_counts"), add_one)
    result = run_verify(data)
    assert result.returncode == 1
    assert "category_counts has" in result.stdout


def test_a_doubled_row_of_counts_is_found(data):
    rewrite(first_file(data, "category_counts"), lambda table: pa.concat_tables([table, table]))
    result = run_verify(data)
    assert result.returncode == 1
    assert "category_counts has" in result.stdout


def test_a_half_file_is_found(data):
    path = first_file(data, "tweets")
    path.write_bytes(path.read_bytes()[:-100])
    result = run_verify(data)
    assert result.returncode == 1
    assert f"{path.name} is damaged" in result.stdout


@pytest.mark.parametrize("dataset", ["tweets", "rejected", "deletions"])
def test_a_lost_file_is_found(data, dataset):
    first_file(data, dataset).unlink()
    result = run_verify(data)
    assert result.returncode == 1
    assert "missing" in result.stdout


def test_an_empty_data_root_is_a_sentence(tmp_path):
    result = run_verify(tmp_path)
    assert result.returncode == 2
    assert result.stderr == f"Nothing is stored below file:{tmp_path} yet: start the job.\n"
