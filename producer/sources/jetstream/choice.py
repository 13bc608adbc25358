"""Which posts are wanted: by language, and by a lot that falls the same way each time."""

from hashlib import blake2b

from producer.sources.jetstream.events import Delete, Post


def is_chosen(event: Post | Delete, lang: str | None, sample: float) -> bool:
    """Say whether to hand it on, by a language such as `en`, or all, and a share from 0 to 1.

    A delete shares the lot of its post, and has no language.
    """
    if isinstance(event, Post) and lang and not _is_in(lang.lower(), event.langs):
        return False
    digest = blake2b(event.id.encode(), digest_size=6).digest()
    return int.from_bytes(digest) / 2**48 < sample


def _is_in(wanted: str, langs: tuple[str, ...]) -> bool:
    return any(each == wanted or each.startswith(f"{wanted}-") for each in map(str.lower, langs))
