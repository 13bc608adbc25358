"""The rules of an account of X, as `stub_x` keeps them."""

import json
from itertools import count
from typing import Any

PROBLEMS = "https://api.twitter.com/2/problems"

Answer = tuple[int, bytes]


class StubRules:
    """The rules of one account; values in `invalid` are refused, and more rules than `most`."""

    def __init__(self) -> None:
        self.rules: list[dict[str, str]] = []
        self.changes: list[dict[str, Any]] = []
        self.invalid: set[str] = set()
        self.most = 1000
        self.page_size = 1000
        self.refusals: list[Answer] = []
        self._numbers = count(9001)

    def add(self, value: str, tag: str | None = None) -> str:
        """Add a rule, as an earlier run or somebody else did; return its id."""
        rule_id = str(next(self._numbers))
        self.rules.append({"value": value, "id": rule_id} | ({"tag": tag} if tag else {}))
        return rule_id

    def answer_get(self, query: dict[str, list[str]]) -> Answer:
        """Answer with a page of the rules; an account without any has no `data`."""
        if self.refusals:
            return self.refusals.pop()
        start = int(query.get("pagination_token", ["0"])[0])
        page = self.rules[start : start + self.page_size]
        end = start + len(page)
        meta = {"sent": "2026-11-27T00:00:00.000Z", "result_count": len(page)}
        meta |= {"next_token": str(end)} if end < len(self.rules) else {}
        return 200, json.dumps({"meta": meta} | ({"data": page} if page else {})).encode()

    def answer_post(self, change: dict[str, Any]) -> Answer:
        """Delete or add; what cannot be added is named among the errors."""
        self.changes.append(change)
        if "delete" in change:
            ids = set(change["delete"]["ids"])
            self.rules = [rule for rule in self.rules if rule["id"] not in ids]
            return 200, json.dumps({"meta": {"summary": {"deleted": len(ids)}}}).encode()
        errors = [error for rule in change["add"] if (error := self._add_or_refuse(rule))]
        answer = {"meta": {"summary": {"not_created": len(errors)}}, "errors": errors}
        return 201, json.dumps(answer if errors else {"meta": answer["meta"]}).encode()

    def _add_or_refuse(self, rule: dict[str, str]) -> dict[str, Any] | None:
        value = rule["value"]
        for other in self.rules:
            if other["value"] == value:
                kind = f"{PROBLEMS}/duplicate-rules"
                return {"value": value, "id": other["id"], "title": "DuplicateRule", "type": kind}
        if value in self.invalid:
            details = ["Reference to invalid operator 'sample'."]
            kind = f"{PROBLEMS}/invalid-rules"
            return {"value": value, "details": details, "title": "Invalid Rule", "type": kind}
        if len(self.rules) >= self.most:
            detail = "You have reached the maximum number of rules."
            return {"title": "RulesCap", "detail": detail, "type": f"{PROBLEMS}/rule-cap"}
        self.add(value, rule["tag"])
        return None
