"""The change report: what a machine reads, and what a person reads in a merge request."""

import json

from contracts_app.domain.compare import compare_all, compare_loaded
from contracts_app.domain.document import load
from contracts_app.domain.report import Hit, to_json, to_markdown
from portal.cli.commands.diff import main as diff
from tests.domain.contracts.change_rows import BASE


def verdict(*edits, version="1.2.0", before=BASE):
    after = before.replace("version: 1.2.0", f"version: {version}")
    for old, new in edits:
        assert old in after
        after = after.replace(old, new, 1)
    return compare_loaded(load(before), load(after))


def test_the_json_has_the_shape_of_custody_diff_and_more():
    shape = json.loads(to_json(verdict(("365", "730")), hit=[Hit("shop/report", "Sales")]))
    assert list(shape)[:3] == ["required_bump", "declared_bump", "ok"]
    (change,) = shape["changes"]
    assert list(change)[:9] == [
        "path", "kind", "consumer", "subject", "producer", "bump", "gates", "message", "line",
    ]  # fmt: skip
    assert (change["old"], change["new"], change["gates"]) == ("365 days", "730 days", ["PO", "N"])
    assert (shape["gates"], shape["hit"][0]["name"]) == (["N", "PO"], "shop/report")


def test_the_page_says_the_verdict_first_and_the_worst_change_on_top():
    page = to_markdown(verdict(("A note.", "Noted."), ("365", "730")), old="1.2.0", new="1.2.0")
    blocks = page.split("\n\n")
    assert blocks[0] == "# Change report: 1.2.0 to 1.2.0"
    assert blocks[1].startswith("**Fails.** Version 1.2.0 exists with another content")
    rows = [line for line in page.splitlines() if line.startswith("| ")][2:]
    assert [row.split(" | ")[-2] for row in rows] == ["MAJOR", "patch"]
    assert "**PO**: the privacy officer signs." in page


def test_a_large_enough_version_passes_and_the_page_names_the_next_steps():
    page = to_markdown(verdict(("[features/profile, ", "["), version="2.0.0"), old="1.2.0", new="2.0.0", hit=[])
    assert "**Passes.**" in page
    assert "proof that the store holds nothing any more" in page
    assert "Lineage has seen nobody downstream; that is no proof" in page


def test_nothing_changed_says_so_in_one_line():
    assert to_markdown(verdict()).split("\n\n")[1:] == ["**Passes.** Nothing changes for anybody.\n"]


def test_a_value_can_neither_mention_nor_link_nor_break_the_table():
    page = to_markdown(verdict(("[new, paid, sent]", "[new, paid, sent, '@all|[x](http://evil) <b>']")))
    row = next(line for line in page.splitlines() if "may appear now" in line)
    assert row.replace("\\|", "").count("|") == 8
    assert not any(text in row for text in ("@all", "http://", "<b>", "[x]("))


def test_the_message_names_the_version_that_every_version_in_force_allows():
    newest = load(BASE.replace("1.2.0", "2.1.0").replace("[new, paid, sent]", "[new, paid, sent, lost]"))
    grown = BASE.replace("[new, paid, sent]", "[new, paid, sent, lost]").replace("A note.", "Noted.")
    found = compare_all(load(grown.replace("1.2.0", "2.0.5")), active=newest, deprecated=[load(BASE)])
    assert (found.ok, found.needed_version) == (False, "2.1.1")
    assert "2.0.5 is lower than 2.1.0" in found.refusal
    assert (found.required_bump, found.declared_bump) == ("major", "lower")
    assert compare_all(load(grown.replace("1.2.0", "2.1.1")), active=newest, deprecated=[load(BASE)]).ok


def test_what_the_active_version_settled_against_a_deprecated_one_asks_for_no_gate_again():
    grown = BASE.replace("[new, paid, sent]", "[new, paid, sent, lost]")
    active, patch = load(grown.replace("1.2.0", "2.0.0")), load(grown.replace("1.2.0", "2.0.1").replace("A note", "So"))
    found = compare_all(patch, active=active, deprecated=[load(BASE)])
    assert found.ok
    assert ([one.kind for one in found.changes], found.gates) == (["text.changed"], set())
    further = load(grown.replace("1.2.0", "3.0.0").replace("lost]", "lost, torn]"))
    assert compare_all(further, active=active, deprecated=[load(BASE)]).gates == {"N", "W"}


def test_a_contract_without_any_version_in_force_is_held_against_nothing():
    found = compare_all(load(BASE), active=None)
    assert (found.ok, found.changes, found.required_bump, found.needed_version) == (True, [], "none", "")


def test_a_version_below_one_may_break_in_a_minor_step_only_while_it_is_a_draft():
    before, after = (BASE.replace("1.2.0", number) for number in ("0.3.0", "0.4.0"))
    broken = after.replace("target: 15", "target: 30")
    assert compare_loaded(load(before), load(broken), draft=True).ok
    refused = compare_loaded(load(before), load(broken))
    assert (refused.ok, refused.needed_version) == (False, "1.0.0")


def test_custody_diff_writes_the_report_for_a_merge_request(tmp_path, capsys):
    old, new, page = tmp_path / "old.yaml", tmp_path / "new.yaml", tmp_path / "report.md"
    old.write_text(BASE)
    new.write_text(BASE.replace("365", "730").replace("1.2.0", "2.0.0"))
    assert diff([str(old), str(new), "--report", str(page)]) == 0
    assert page.read_text().startswith("# Change report: 1.2.0 to 2.0.0\n\n**Passes.**")
    assert diff([str(old), str(new), "--report", str(tmp_path / "absent" / "report.md")]) == 2
    assert "cannot be written" in capsys.readouterr().err
