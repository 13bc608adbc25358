"""The memory by which a message is known that a server sends again."""

from collections import deque
from hashlib import blake2b

_LIMIT = 200_000


class RecentIdentities:
    """The newest identities, as digests, so that long ones need no more room than short ones."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._digests: set[bytes] = set()
        self._by_age: deque[bytes] = deque()

    def __contains__(self, identity: str) -> bool:
        return bool(identity) and _digest(identity) in self._digests

    def add(self, identity: str) -> None:
        """Remember an identity, and forget the oldest one if there are too many."""
        digest = _digest(identity)
        if not identity or digest in self._digests:
            return
        self._digests.add(digest)
        self._by_age.append(digest)
        if len(self._by_age) > self._limit:
            self._digests.remove(self._by_age.popleft())


def _digest(identity: str) -> bytes:
    return blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=16).digest()
