"""Reads the tweets that may be shown: the newest ones, without those that were deleted."""

from datetime import datetime

from dashboard.deletions_reader import DeletionsReader
from dashboard.tweets import StoredTweet
from dashboard.tweets_reader import NewestTweets, TweetsReader


class ShownTweetsReader:
    """Keeps the newest tweets that are not deleted.

    A tweet joins those shown only once every deletion that may concern it has been read. While
    these are more than one read opens, no further tweets are read, and those shown stay, except
    for what is found to be deleted.
    """

    def __init__(self, tweets_reader: TweetsReader, deletions_reader: DeletionsReader) -> None:
        self._tweets_reader = tweets_reader
        self._deletions_reader = deletions_reader
        self._newest = tweets_reader.newest
        self.shown = NewestTweets()

    @property
    def problems(self) -> list[str]:
        """What could not be read, a sentence each."""
        return self._tweets_reader.folders.problems + self._deletions_reader.problems

    @property
    def is_behind(self) -> bool:
        """Say whether there is more to read at once."""
        return self._tweets_reader.is_behind or self._deletions_reader.is_behind

    def read(self, now: datetime) -> NewestTweets:
        """Read what has come since the last time; the same object if nothing has."""
        if not self._deletions_reader.is_behind:
            self._newest = self._tweets_reader.read(now)
        # After the tweets: a deletion that was stored with its tweet is there before the tweet is.
        if self._newest.tweets:
            self._deletions_reader.read(self._newest.tweets[-1].created_at, now)
        candidates = self.shown if self._deletions_reader.is_behind else self._newest
        shown = NewestTweets(
            self._leave_out_deleted(candidates.tweets), self._newest.newest_received_at
        )
        if shown != self.shown:
            self.shown = shown
        return self.shown

    def _leave_out_deleted(self, tweets: tuple[StoredTweet, ...]) -> tuple[StoredTweet, ...]:
        deleted = self._deletions_reader.find_deleted(tweets)
        return tuple(tweet for tweet in tweets if tweet.key not in deleted)
