"""The memory by which a message is known that a server sends again."""

from hashlib import blake2b

_LIMIT = 200_000


class RecentIdentities:
    """The newest identities, as digests, so that long ones need no more room than short ones."""

    def __init__(self, limit: int = _LIMIT) -> None:
        self._limit = limit
        self._digests: dict[bytes, None] = {}

    def __contains__(self, identity: str) -> bool:
        return bool(identity) and _digest(identity) in self._digests

    def add(self, identity: str) -> None:
        """Remember an identity, and forget the oldest one if there are too many."""
        if not identity:
            return
        self._digests[_digest(identity)] = None
        if len(self._digests) > self._limit:
            del self._digests[next(iter(self._digests))]


def _digest(identity: str) -> bytes:
    return blake2b(identity.encode("utf-8", "surrogatepass"), digest_size=16).digest()
