"""Every output format over the same report: read back by a real reader, and proof against hostile text."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cli import formats
from portal.cli.formats.as_github import in_message, in_property
from portal.cli.report import Case, Level, Outcome, Problem, Report

SARIF = json.loads((Path(__file__).parent / "sarif_subset.json").read_text())
PROBLEM = Problem(
    rule="contract.hash",
    message="The file is not the signed one: 100 % sure.",
    file="contracts/orders v1.yaml",
    line=3,
    column=7,
    who="an owner of Data Platform",
    todo="custody push contracts/orders_v1.yaml",
)
WAIVED = Problem("slo.budget-spent", "The budget is spent.", Level.WAIVED, "custody.yaml", 1, waiver="the fix ships")
UNKNOWN = Problem("slo.stale", "Not measured since yesterday.", Level.UNKNOWN, "custody.yaml", 2)
CASES = [
    Case("No contract, no prod", Outcome.FAIL, "", [PROBLEM]),
    Case("SLOs of the inputs", Outcome.UNDECIDED, "", [UNKNOWN, WAIVED]),
    Case("contracts/orders_v1.yaml", Outcome.PASS, "sha256:00"),
]
AGAIN = "custody gate --file 'my pipeline/custody.yaml'"


def report(cases: list[Case] = CASES) -> Report:
    return Report("custody gate", cases, {"verdict": "fail"}, AGAIN, ["A last word."])


def hostile(text: str) -> Report:
    problem = Problem("a.rule", text, Level.ERROR, text, 1, 1, text, text, text)
    return Report(f"custody {text}", [Case(text, Outcome.FAIL, text, [problem])], {"said": text}, text, [text])


def parsed(name: str, document: str) -> object:
    """What a reader of the format makes of it."""
    if name == "junit":
        return ET.fromstring(document)
    return json.loads(document) if name in ("json", "sarif") else document.splitlines()


def test_there_is_one_module_a_format_and_text_comes_first():
    assert formats.names() == ["text", "github", "json", "junit", "sarif"]


def test_text_names_rule_place_who_and_the_command_to_run_again():
    lines = formats.render("text", report()).splitlines()
    assert lines[0] == (
        "contracts/orders v1.yaml:3:7: error: The file is not the signed one: 100 % sure. (contract.hash)"
    )
    assert "    who: an owner of Data Platform" in lines
    assert "    do: custody push contracts/orders_v1.yaml" in lines
    assert "No contract, no prod: fails" in lines
    assert "SLOs of the inputs: not yet known" in lines
    assert lines[-1] == f"Run again: {AGAIN}"


def test_text_of_a_pass_needs_no_command_to_run_again():
    assert "Run again" not in formats.render("text", report(CASES[2:]))


def test_junit_counts_failures_and_what_could_not_be_decided_apart():
    root = ET.fromstring(formats.render("junit", report()))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "1", "1")
    cases = {case.get("name"): case for case in root.iter("testcase")}
    failure = cases["No contract, no prod"].find("failure")
    assert failure.get("type") == "contract.hash"
    assert AGAIN in failure.text
    assert "an owner of Data Platform" in failure.text
    assert cases["SLOs of the inputs"].find("error").get("message") == "Not measured since yesterday."
    assert "the fix ships" in cases["SLOs of the inputs"].find("system-out").text
    assert list(cases["contracts/orders_v1.yaml"]) == []


def test_sarif_fits_the_standard_and_shows_unknown_as_open_and_waived_as_suppressed():
    document = json.loads(formats.render("sarif", report()))
    jsonschema.Draft202012Validator(SARIF).validate(document)
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    by_rule = {result["ruleId"]: result for result in run["results"]}
    assert by_rule["slo.stale"]["kind"] == "open"
    assert by_rule["slo.budget-spent"]["suppressions"][0]["status"] == "accepted"
    place = by_rule["contract.hash"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "contracts/orders%20v1.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 7}
    assert run["invocations"][0]["exitCode"] == 1


def test_github_annotations_name_file_line_and_column_and_escape_what_the_runner_unescapes():
    first, *_ = formats.render("github", report()).splitlines()
    assert first.startswith("::error file=contracts/orders v1.yaml,line=3,col=7,title=contract.hash::")
    assert "100 %25 sure" in first
    assert "Who can unblock it: an owner of Data Platform" in first
    kinds = re.findall(r"^::(\w+) ", formats.render("github", report()), re.MULTILINE)
    assert kinds == ["error", "warning", "notice"]


def _unescaped(text: str) -> str:
    """As actions/runner reads a property."""
    for escaped, plain in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, plain)
    return text


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"])))
def test_what_github_reads_back_from_a_property_is_what_was_written(text):
    kept = "".join(char if char.isprintable() else " " for char in text)
    assert _unescaped(in_property(text)) == kept


@given(st.text())
def test_an_annotation_never_leaves_its_line(text):
    assert len(in_message(text).splitlines()) <= 1


HOSTILE = [
    "\n::error::you were told so",
    "]]></failure><testcase name='x'/>",
    "\x1b]0;title\x07",
    "\x00\x01",
    '"; rm -rf /',
    "%0A::warning::",
    "\u2028line",
    "<script>alert(1)</script>",
    "##[error]x",
]


@pytest.mark.parametrize("name", formats.names())
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_in_every_format(name, text):
    document = formats.render(name, hostile(text))
    assert parsed(name, document) is not None
    if name in ("text", "github"):
        starts = [line for line in document.splitlines() if line.startswith("::")]
        assert len(starts) == (1 if name == "github" else 0)
        assert "\x1b" not in document
    if name == "junit":
        assert len(list(ET.fromstring(document).iter("testcase"))) == 1
    if name == "sarif":
        jsonschema.Draft202012Validator(SARIF).validate(json.loads(document))


@given(st.lists(st.sampled_from(list(Outcome)), max_size=6))
def test_one_failure_fails_and_without_one_the_undecided_leaves_it_open(outcomes):
    found = Report("c", [Case(str(n), one) for n, one in enumerate(outcomes)], {}, "c").outcome
    expected = Outcome.FAIL if Outcome.FAIL in outcomes else Outcome.UNDECIDED
    assert found is (expected if expected in outcomes else Outcome.PASS)
