"""Whether something is the address of a server at all, before anybody tries to reach it."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

_HOST = re.compile(r"[\w.:%-]+")


def is_address(url: str, schemes: Collection[str]) -> bool:
    """Say whether it names, by one of these schemes, a host that could exist."""
    # `urlsplit` leaves out some of what it does not like.
    if not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        # Names have labels of 1 to 63 letters.
        host.encode("idna")
        return parts.scheme in schemes and bool(_HOST.fullmatch(host)) and parts.port != 0
    except ValueError:
        return False
