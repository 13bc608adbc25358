"""What the authors of posts call themselves, as far as that can be asked without delay."""

import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import requests
from urllib3.exceptions import HTTPError

from producer.timer import Timer

# As many as the API takes at once.
MOST_AT_ONCE = 25

_PATH = "/xrpc/app.bsky.actor.getProfiles"
_REQUEST_INTERVAL = 0.2
_TIMEOUT_SECONDS = 2.0
_LARGEST_ANSWER = 1_000_000
_LARGEST_PIECE = 64 << 10
_PAUSES = (30.0, 60.0, 120.0, 240.0, 480.0, 600.0)
_KEPT_PROFILES = 100_000
_KEEP_SECONDS = 86_400.0
# What the API says where it could not prove a handle.
_NO_HANDLE = "handle.invalid"


@dataclass(frozen=True, slots=True)
class Profile:
    """The name of an account and its displayed name; of one that is not known, its DID and none."""

    username: str
    name: str = ""


class ProfileCache:
    """Keeps the profiles that were asked for last, each for a day."""

    def __init__(self, timer: Timer, capacity: int = _KEPT_PROFILES) -> None:
        self._timer = timer
        self._capacity = capacity
        self._profiles: OrderedDict[str, tuple[float, Profile]] = OrderedDict()

    def get(self, did: str) -> Profile | None:
        """Get what is known, if it is."""
        until, profile = self._profiles.get(did, (0.0, None))
        if profile is None or until < self._timer.now():
            return None
        self._profiles.move_to_end(did)
        return profile

    def put(self, did: str, profile: Profile) -> None:
        """Keep a profile, instead of the one that was of no use for the longest time."""
        self._profiles[did] = (self._timer.now() + _KEEP_SECONDS, profile)
        self._profiles.move_to_end(did)
        if len(self._profiles) > self._capacity:
            self._profiles.popitem(last=False)


class Profiles:
    """Asks the API of Bluesky, at most five times a second, and remembers the answers.

    When the API is slow, refuses or fails, it is left alone for a while: authors go by their DID.
    """

    def __init__(
        self,
        api_url: str,
        timer: Timer,
        clock: Callable[[], datetime],
        say: Callable[[str], None],
    ) -> None:
        self._api_url = api_url.rstrip("/")
        self._timer = timer
        self._clock = clock
        self._say = say
        self._cache = ProfileCache(timer)
        self._session = requests.Session()
        self._next_request_at = timer.now()
        self._failures = 0

    def get(self, did: str) -> Profile:
        """Tell the profile of an author, as far as it is known."""
        return self._cache.get(did) or Profile(did)

    def is_worth_asking(self, did: str) -> bool:
        """Say whether an author is unknown, and the API not left alone."""
        is_left_alone = self._failures and self._timer.now() < self._next_request_at
        return not is_left_alone and self._cache.get(did) is None

    def look_up(self, dids: Collection[str]) -> None:
        """Ask for up to 25 authors, if the API may be asked now; who has no profile stays so."""
        began_at = self._timer.now()
        if not dids or began_at < self._next_request_at:
            return
        self._next_request_at = began_at + _REQUEST_INTERVAL
        try:
            found = self._request(dids, began_at + _TIMEOUT_SECONDS)
        except _Refused as refused:
            self._leave_alone(refused.reason, refused.seconds)
            return
        for did in dids:
            self._cache.put(did, found.get(did, Profile(did)))
        if self._failures:
            self._failures = 0
            self._say(f"{self._api_url} tells names again.")

    def _request(self, dids: Collection[str], deadline: float) -> dict[str, Profile]:
        try:
            with self._session.get(
                self._api_url + _PATH,
                params=[("actors", did) for did in dids],
                timeout=_TIMEOUT_SECONDS,
                stream=True,
            ) as response:
                if response.status_code != requests.codes.ok:
                    seconds = _read_reset(response.headers, self._clock())
                    raise _Refused(f"HTTP {response.status_code}", seconds)
                return parse_profiles(self._read_answer(response, deadline))
        except (OSError, HTTPError) as error:
            raise _Refused(type(error).__name__, None) from None
        except (ValueError, TypeError, LookupError, RecursionError):
            raise _Refused("its answer makes no sense", None) from None

    def _read_answer(self, response: requests.Response, deadline: float) -> bytes:
        answer = bytearray()
        # The timeout of the request starts anew with each byte.
        while piece := response.raw.read1(_LARGEST_PIECE, decode_content=True):
            answer += piece
            if self._timer.now() > deadline:
                raise _Refused(f"it takes more than {_TIMEOUT_SECONDS:g} s", None)
            if len(answer) > _LARGEST_ANSWER:
                raise _Refused("its answer is too large", None)
        return bytes(answer)

    def _leave_alone(self, reason: str, seconds: float | None) -> None:
        pause = _PAUSES[min(self._failures, len(_PAUSES) - 1)]
        if seconds is not None and seconds > 0:
            pause = min(seconds, _PAUSES[-1])
        self._next_request_at = self._timer.now() + pause
        if not self._failures:
            self._say(
                f"{self._api_url} tells no names ({reason}): authors go by their DID, "
                f"and it is asked again in {pause:.0f} s."
            )
        self._failures += 1


class _Refused(Exception):
    def __init__(self, reason: str, seconds: float | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


def parse_profiles(answer: bytes) -> dict[str, Profile]:
    """Parse an answer of the API, by DID; raises what `json` and subscripts raise if it is none."""
    return {
        str(profile["did"]): Profile(
            str(profile["did"] if profile["handle"] == _NO_HANDLE else profile["handle"]),
            str(profile.get("displayName") or ""),
        )
        for profile in json.loads(answer)["profiles"]
    }


def _read_reset(headers: Mapping[str, str], now: datetime) -> float | None:
    try:
        return float(headers["ratelimit-reset"]) - now.timestamp()
    except (LookupError, ValueError):
        return None
