import json

from jobs.ledger import (
    Commit,
    Ledger,
    name_commit,
    name_entry,
    read_commit,
    select_last,
    write_commit,
)


def commit(until: dict[int, int]) -> Commit:
    return Commit("a", "tweets", "t", dict.fromkeys(until, 0), until, 1, 1, 0, "v1", 0.5, 1.5)


def test_an_entry_is_read_as_it_was_written():
    entry = commit({0: 7, 12: 1})
    assert read_commit(write_commit(entry)) == entry


def test_an_entry_from_before_there_were_deletions_has_none():
    fields = json.loads(write_commit(commit({0: 7})))
    del fields["deletion_count"]
    assert read_commit(json.dumps(fields).encode()) == commit({0: 7})


def test_the_last_batch_of_each_run_is_selected():
    runs = {"aaaaaaaa": (0, 1, 2), "bbbbbbbb": (9, 10)}
    paths = [
        f"_commits/{name_commit(run_id, batch_id)}.json"
        for run_id, batch_ids in runs.items()
        for batch_id in reversed(batch_ids)
    ]
    assert select_last(paths) == [
        "_commits/aaaaaaaa0000000002.json",
        "_commits/bbbbbbbb0000000010.json",
    ]


def test_a_batch_to_be_published_has_the_name_of_its_entry():
    path = f"_commits/{name_commit('aaaaaaaa', 7)}"
    assert name_entry(path) == name_entry(name_entry(path)) == f"{path}.json"


def test_the_ledger_ends_at_the_highest_offset_of_each_partition():
    ledger = Ledger()
    ledger.add([commit({0: 7, 1: 3}), commit({0: 5, 1: 4, 2: 1})])
    assert ledger.next_offsets == {0: 7, 1: 4, 2: 1}
    assert ledger.topic_id == "t"
