"""Which posts are wanted: by language, and by a lot that falls the same way each time."""

from dataclasses import dataclass
from hashlib import blake2b

from producer.sources.jetstream.events import Delete, Post


@dataclass(frozen=True, slots=True)
class Choice:
    """A language such as `en`, or `None` for all, and the share of posts to keep, from 0 to 1."""

    lang: str | None
    sample: float

    def wants(self, event: Post | Delete) -> bool:
        """Say whether to hand it on; a delete shares the lot of its post, and has no language."""
        if isinstance(event, Post) and self.lang and not _is_in(self.lang, event.langs):
            return False
        return _draw_lot(event.id) < self.sample


def _is_in(lang: str, langs: tuple[str, ...]) -> bool:
    wanted = lang.lower()
    return any(each == wanted or each.startswith(f"{wanted}-") for each in map(str.lower, langs))


def _draw_lot(post_id: str) -> float:
    digest = blake2b(post_id.encode(), digest_size=6).digest()
    return int.from_bytes(digest) / 2**48
