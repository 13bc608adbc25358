"""What a run of the demo has produced and stored, as its parts report it line by line."""

import re
from collections import Counter
from dataclasses import dataclass, field

_DELIVERED = re.compile(r"delivered (\d+), failed (\d+)")
_BATCH = re.compile(r"batch \d+: (\d+) tweets \((.*)\), (\d+) rejected, (\d+) deleted")
_CATEGORY = re.compile(r"(\w+) (\d+)")


@dataclass
class Tally:
    """Counts of one run."""

    delivered: int = 0
    failed: int = 0
    stored: int = 0
    rejected: int = 0
    deleted: int = 0
    categories: Counter[str] = field(default_factory=Counter)

    def read_producer(self, line: str) -> None:
        """Take the counts from a line of the producer; each line holds the totals so far."""
        if match := _DELIVERED.match(line):
            self.delivered, self.failed = map(int, match.groups())

    def read_job(self, line: str) -> bool:
        """Add the counts in a line of the streaming job; say whether it reports a batch."""
        match = _BATCH.search(line)
        if not match:
            return False
        self.stored += int(match[1])
        self.rejected += int(match[3])
        self.deleted += int(match[4])
        for name, count in _CATEGORY.findall(match[2]):
            self.categories[name] += int(count)
        return True

    @property
    def is_complete(self) -> bool:
        """Say whether messages were produced, none failed, and no fewer were stored."""
        return self.delivered > 0 and self.waiting <= 0 and self.failed == 0

    @property
    def waiting(self) -> int:
        """Tell how many of the messages that were produced are not stored yet."""
        return self.delivered - self.stored - self.rejected - self.deleted

    def summarize(self, first_tweet_seconds: float | None) -> str:
        """Write the summary for people."""
        first = "never" if first_tweet_seconds is None else f"after {first_tweet_seconds:.0f} s"
        categories = (f"  {name:<12}{count:>8,}" for name, count in self.categories.most_common())
        return "\n".join(
            [
                "",
                f"produced      {self.delivered:>8,}",
                f"stored        {self.stored:>8,}",
                *categories,
                f"rejected      {self.rejected:>8,}",
                *([f"deletes       {self.deleted:>8,}"] if self.deleted else []),
                f"first tweet on the page {first}",
                *(
                    [f"{self.waiting:,} wait in Kafka for the next time"]
                    if self.waiting > 0
                    else []
                ),
            ]
        )
