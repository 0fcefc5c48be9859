"""Slack, by an incoming webhook with Block Kit blocks (api.slack.com/reference/block-kit/blocks)."""

from typing import Any

from portal.core.notify.base import Asks, Channel, Letter
from portal.core.notify.outgoing import post_json, secret_of
from portal.core.notify.registry import channel

HEADER, SECTION, FIELD, FIELDS = 150, 3000, 300, 10
"""Slack's limits in characters; a field may have 2,000, but all of a message only about 13,200 (bolt-js #2509)."""
ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
WORDS = {"trigger": "Open", "acknowledge": "Acknowledged", "resolve": "Resolved", "info": "For information"}


@channel("slack", "Slack")
class Slack(Channel):
    """POST of {text, blocks}; the webhook's address is itself the secret, so the address here is a reference to it."""

    asks = Asks.REFERENCE
    secret_help = "Reference to the address of an incoming webhook."  # noqa: S105 - a sentence

    def deliver(self, letter: Letter) -> None:
        post_json(secret_of(letter.address), message(letter))


def message(letter: Letter) -> dict[str, Any]:
    """The message: a header, the words, the facts as fields, and buttons that lead to the incident and its runbook."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": fitted(letter.subject, HEADER)}},
        {"type": "section", "text": {"type": "mrkdwn", "text": fitted(letter.body or letter.subject, SECTION)}},
    ]
    if fields := _fields(letter):
        blocks.append({"type": "section", "fields": fields})
    if buttons := _buttons(letter):
        blocks.append({"type": "actions", "elements": buttons})
    return {"text": fitted(letter.subject, SECTION), "blocks": blocks}


def fitted(text: str, most: int) -> str:
    """The text with & < > escaped, cut between characters to at most `most`.

    >>> fitted("a<!channel>", 40), fitted("a & b", 6), fitted("1234567", 5)
    ('a&lt;!channel&gt;', 'a …', '1234…')
    """
    escaped = [ENTITIES.get(char, char) for char in text]
    if sum(map(len, escaped)) <= most:
        return "".join(escaped)
    kept, size = [], 0
    for each in escaped:
        if size + len(each) > most - 1:
            break
        kept.append(each)
        size += len(each)
    return "".join(kept) + "…"


def _fields(letter: Letter) -> list[dict[str, str]]:
    facts = letter.details
    named = {"State": WORDS.get(letter.action), "Severity": facts.get("severity"), "Team": facts.get("team")}
    named |= {"Since": facts.get("started_at"), "Until": facts.get("ended_at")} | dict(facts.get("labels") or {})
    shown = [(name, str(value)) for name, value in named.items() if value] if facts else []
    return [
        {"type": "mrkdwn", "text": f"*{fitted(name, 60)}*\n{fitted(value, FIELD - 70)}"}
        for name, value in shown[:FIELDS]
    ]


def _buttons(letter: Letter) -> list[dict[str, Any]]:
    found = (("Open", letter.details.get("url")), ("Runbook", letter.details.get("runbook_url")))
    return [
        {"type": "button", "text": {"type": "plain_text", "text": text}, "url": url}
        for text, url in found
        if url and str(url).startswith(("https://", "http://")) and len(str(url)) <= SECTION
    ]
