"""Runbooks as text: what is read, what is refused, and a file that comes out as it went in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_app.domain.runbook_file import Entry, read, write
from slo_app.domain.runbook_text import RunbookError, canonical, differences, inline, parse, written

PROGRAMME = """### D) Alert Runbook (excerpt)

* **Trigger:** Freshness > 20 min
* **Triage:** Check upstream ingest job health → late partition? → provider outage?
* **Fix:** Rerun job with `--from-latest-success` → backfill missing partitions
* **Verify:** Freshness SLI back ≤ 15 min; post-mortem in `#data-postmortems` within 24h
"""


def test_the_programmes_own_excerpt_is_read_as_its_steps():
    [entry] = read(PROGRAMME.replace("### ", "## "))
    steps = [(step.phase, step.text) for step in parse(entry.markdown).steps]
    assert steps == [
        ("Trigger", "Freshness > 20 min"),
        ("Triage", "Check upstream ingest job health"),
        ("Triage", "late partition?"),
        ("Triage", "provider outage?"),
        ("Fix", "Rerun job with `--from-latest-success`"),
        ("Fix", "backfill missing partitions"),
        ("Verify", "Freshness SLI back ≤ 15 min; post-mortem in `#data-postmortems` within 24h"),
    ]
    assert parse(entry.markdown).missing == ("Rollback",)
    assert entry.key == "d-alert-runbook-excerpt"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no step"),
        ("## Fix\n\n", "no step"),
        ("## Fix\n1. x\n## Escalate\n1. y", "Line 3: “Escalate” is no section"),
    ],
)
def test_what_is_no_runbook_is_refused_with_a_sentence(text, said):
    with pytest.raises(RunbookError, match=said):
        parse(text)


def test_a_file_names_the_runbook_that_is_wrong_and_a_key_that_stands_twice():
    with pytest.raises(RunbookError, match="Late: "):
        read("## Late\n\nno section")
    one = "## A\n\n- Key: `same`\n\n### Fix\n\n1. x\n"
    with pytest.raises(RunbookError, match="Two runbooks have the key same"):
        read(one + one.replace("## A", "## B"))


PHASES = st.sampled_from(["Trigger", "Triage", "Fix", "Verify", "Rollback"])
words = st.text(alphabet="abc äß→`*<>&#[]()!|", min_size=1, max_size=30).map(str.strip).filter(lambda text: text)
steps = st.lists(
    st.fixed_dictionaries(
        {"phase": st.sampled_from(["Trigger", "Triage", "Fix", "Verify", "Rollback"]), "text": words}
    ),
    min_size=1,
    max_size=6,
)


@given(st.lists(steps, min_size=1, max_size=4))
def test_export_import_export_is_the_same_file(books):
    entries = [Entry(f"key-{n}", f"Title {n}", written(each), "Data Platform") for n, each in enumerate(books)]
    first = write(entries)
    again = read(first)
    assert write(again) == first
    assert [each.markdown for each in again] == [canonical(each.markdown) for each in entries]


@given(words)
def test_the_parts_of_a_step_hold_all_of_its_text_and_no_address_but_http(text):
    found = list(inline(text))
    assert all(kind in ("text", "code", "strong", "link") for kind, _, _ in found)
    assert all(url.startswith(("http://", "https://")) for kind, _, url in found if kind == "link")
    assert sum(len(part) for _, part, _ in found) <= len(text)


def test_differences_show_what_changed_and_what_did_not():
    assert differences("a\nb\n", "a\nb\n") == []
    assert ("added", "c") in differences("a\n", "a\nc\n")
