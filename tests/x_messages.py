"""What X sends, as it is published."""

import json
from typing import Any

TOO_MANY_CONNECTIONS = {
    "title": "ConnectionException",
    "detail": "This stream is currently at the maximum allowed connection limit.",
    "connection_issue": "TooManyConnections",
    "type": "https://api.twitter.com/2/problems/streaming-connection",
}
OPERATIONAL_DISCONNECT = {
    "errors": [
        {
            "title": "operational-disconnect",
            "disconnect_type": "UpstreamOperationalDisconnect",
            "detail": "This stream has been disconnected upstream for operational reasons.",
            "type": "https://api.twitter.com/2/problems/operational-disconnect",
        }
    ]
}


def write_post(post_id: str, text: str = "rain", **fields: Any) -> bytes:
    """Write a post as X does, with its author and with fields that nobody has asked for."""
    author = fields.pop("username", "ann")
    data = {
        "edit_history_tweet_ids": [post_id],
        "lang": "en",
        "text": text,
        "author_id": f"u-{author}",
        "created_at": "2026-11-27T00:00:00.000Z",
        "id": post_id,
        **fields,
    }
    users = [{"username": author, "id": f"u-{author}", "name": author.title()}]
    rules = [{"id": "1", "tag": "weather"}]
    return json.dumps(
        {"data": data, "includes": {"users": users}, "matching_rules": rules}
    ).encode()
