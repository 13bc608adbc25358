"""Read from a server until a post has come; print by how many MB memory grew, and how many came."""

import resource
import sys
from contextlib import closing

from jetstream_reading import START, make_source


def measure_peak() -> int:
    """Measure the most memory that this process has used so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(url: str, last_id: str) -> None:
    """Read, and print."""
    hashes = set()
    with closing(make_source(url).read(str(START))) as stream:
        hashes.add(hash(next(stream).identity))
        before = measure_peak()
        for received in stream:
            hashes.add(hash(received.identity))
            if received.key.decode() == last_id:
                break
    print(measure_peak() - before, len(hashes))


if __name__ == "__main__":
    main(*sys.argv[1:])
