"""What was read today, what it costs at most, and whether a limit lets us read on."""

import math
from dataclasses import dataclass
from datetime import date

# Sums of prices such as 0.005 are not exact in binary.
_DECIMALS = 6


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


@dataclass(frozen=True, slots=True)
class Budget:
    """Dollars that X asks for a post and for a user read, and how much may be read in a day."""

    post_price: float
    user_price: float
    max_posts: int | None = None
    max_cost: float | None = None

    def compute_cost(self, usage: Usage) -> float:
        """Compute the dollars that this costs at most."""
        dollars = usage.posts * self.post_price + usage.users * self.user_price
        return round(dollars, _DECIMALS)

    def describe(self, usage: Usage) -> str:
        """Say how much it is, to the next cent above: `1,204 posts today, at most $18.06`."""
        posts = "post" if usage.posts == 1 else "posts"
        cents = math.ceil(round(self.compute_cost(usage) * 100, _DECIMALS))
        return f"{usage.posts:,} {posts} today, at most ${cents / 100:,.2f}"

    def find_limit(self, usage: Usage) -> str | None:
        """Name the limit that the next post, with its author, would pass; `None` if it may come."""
        if self.max_posts is not None and usage.posts >= self.max_posts:
            return f"{self.max_posts:,} posts a day"
        if self.max_cost is not None and self.compute_cost(usage.add(1, 1)) > self.max_cost:
            return f"${self.max_cost:,.10g} a day"
        return None
