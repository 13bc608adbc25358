"""What was read today, what it costs at most, and whether a limit lets us read on."""

import math
from dataclasses import dataclass
from datetime import date

# Sums of prices such as 0.005 are not exact in binary.
_DECIMALS = 6


@dataclass(frozen=True, slots=True)
class Prices:
    """Dollars that X asks for a post read and for a user read."""

    post: float
    user: float


@dataclass(frozen=True, slots=True)
class DailyLimits:
    """How many posts may be read, and how many dollars spent, in a day of UTC."""

    max_posts: int | None = None
    max_cost: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """The posts and users read on a day of UTC.

    X charges for the same one once a day; here each counts, so that the cost is an upper bound.
    """

    day: date
    posts: int = 0
    users: int = 0

    def add(self, posts: int, users: int) -> "Usage":
        """Return this and what was read besides."""
        return Usage(self.day, self.posts + posts, self.users + users)

    def compute_cost(self, prices: Prices) -> float:
        """Compute the dollars that this costs at most."""
        return round(self.posts * prices.post + self.users * prices.user, _DECIMALS)

    def describe(self, prices: Prices) -> str:
        """Say how much it is, to the next cent above: `1,204 posts today, at most $18.06`."""
        posts = "post" if self.posts == 1 else "posts"
        cents = math.ceil(round(self.compute_cost(prices) * 100, _DECIMALS))
        return f"{self.posts:,} {posts} today, at most ${cents / 100:,.2f}"


def find_limit(usage: Usage, limits: DailyLimits, prices: Prices) -> str | None:
    """Name the limit that the next post, with its author, would pass; `None` if it may come."""
    if limits.max_posts is not None and usage.posts >= limits.max_posts:
        return f"{limits.max_posts:,} posts a day"
    cost = usage.add(1, 1).compute_cost(prices)
    if limits.max_cost is not None and cost > limits.max_cost:
        return f"${limits.max_cost:,.10g} a day"
    return None
