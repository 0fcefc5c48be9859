"""Markdown: every promise is there, and no text of the author becomes markup."""

from pathlib import Path

from contracts_app.domain.document import load
from contracts_app.domain.formats.markdown import to_markdown

EXAMPLE = Path(__file__).resolve().parents[3] / "contracts_app" / "data" / "customer_events_v1.yaml"


def test_every_promise_of_the_example_is_said():
    loaded = load(EXAMPLE.read_bytes())
    said = to_markdown(loaded.document, loaded.digest, state="active")
    for words in (
        "# customer_events_v1 1.2.0", "| State | active |", "data-platform@company.com", "\\#data-oncall", "pii low",
        "us", "365 days", "at rest, in transit",
        "| event_type | enum | yes | one of view, add_to_cart, purchase |  |  |",
        "| amount_usd | float | no | at least 0 |", "| freshness | \\<= 15 min | \\> 20 min | 5 min | event_ts |",
        "| completeness | \\>= 99.5 % | \\< 99 % |", "- amount_usd \\>= 0", "14 days", "30 days",
        "product-analytics@company.com", "features/customer_profile", "audit.deletion", loaded.digest,
    ):  # fmt: skip
        assert words in said, words


def test_no_text_of_the_author_becomes_markup_or_breaks_a_table():
    text = """
name: evil
version: 1.0.0
description: "# Big | <script>alert(1)</script> ![x](http://evil.example/p.png) `code`"
schema:
  "a|b": {type: string, description: "one | two\\nthree <img src=x>"}
"""
    loaded = load(text)
    said = to_markdown(loaded.document, loaded.digest)
    assert "<script>" not in said.replace("\\<", "")
    assert "<img" not in said.replace("\\<", "")
    assert "![x]" not in said
    rows = [line for line in said.splitlines() if line.startswith("| a\\|b")]
    assert len(rows) == 1
    assert rows[0].replace("\\|", "").count("|") == 7
