"""Storing one micro-batch exactly once: stage, commit by one rename, publish.

Before the commit the batch never happened; after it, it will become visible, whatever crashes.
"""

from jobs.hadoop_files import HadoopFiles
from jobs.lease import Lease
from jobs.ledger import COMMIT_FILE, name_entry
from jobs.staging import Batch, StoredBatch, stage_batch
from models.datasets import CATEGORY_COUNTS, CHECKPOINT, COMMITS, STAGING


def store_batch(files: HadoopFiles, lease: Lease, batch: Batch) -> StoredBatch:
    """Store a batch; on return it is visible to every reader, after an exception it may become so.

    Raises `LeaseLost` if another writer has taken over: then nothing of the batch was stored.
    """
    staged = stage_batch(files, batch)
    lease.check()
    files.rename(f"{STAGING}/{batch.commit}", f"{COMMITS}/{batch.commit}")
    publish_commit(files, batch.commit)
    return staged


def recover(files: HadoopFiles) -> set[str]:
    """Bring the data root to rest before a new run: nothing staged, every commit published.

    What was staged goes first, so that a late commit of a writer that lost its lease fails.
    Returns the entries of the ledger: to list them again would take long where there are many.
    """
    files.delete(STAGING)
    files.delete(CHECKPOINT)
    paths = [entry.path for entry in files.list_folder(COMMITS)]
    for path in paths:
        if path != name_entry(path):
            publish_commit(files, path.removeprefix(f"{COMMITS}/"))
    return {name_entry(path) for path in paths}


def publish_commit(files: HadoopFiles, commit: str) -> None:
    """Make a committed batch visible: move its files to their hours, then enter it in the ledger.

    May be repeated, from wherever an earlier try has ended.
    """
    folder = f"{COMMITS}/{commit}"
    # Sorted, so that deletions stand before the tweets that they hide.
    paths = [path.removeprefix(f"{folder}/") for path in files.walk_files(folder)]
    is_entered = COMMIT_FILE not in paths
    for path in paths:
        if path != COMMIT_FILE:
            files.rename(f"{folder}/{path}", path, overwrite=path.startswith(CATEGORY_COUNTS))
    if not is_entered:
        files.rename(f"{folder}/{COMMIT_FILE}", name_entry(folder))
    files.delete(folder)
