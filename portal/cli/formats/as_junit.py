"""JUnit XML: a suite a command, a case a judged thing; a failure fails, an error could not be decided.

There is no standard; the elements are those that Jenkins' and GitLab's readers share.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET  # it writes only

from portal.cli.report import Case, Level, Outcome, Problem, Report, one_line


def render(report: Report) -> str:
    """The document with its declaration."""
    failures = sum(case.outcome is Outcome.FAIL for case in report.cases)
    errors = sum(case.outcome is Outcome.UNDECIDED for case in report.cases)
    counts = {"tests": str(len(report.cases)), "failures": str(failures), "errors": str(errors)}
    suites = ET.Element("testsuites", counts)
    suite = ET.SubElement(suites, "testsuite", {"name": _clean(report.command), "skipped": "0", **counts})
    for case in report.cases:
        _case(suite, case, report)
    for note in report.notes:
        ET.SubElement(suite, "system-out").text = _clean(note)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _case(suite: ET.Element, case: Case, report: Report) -> None:
    file = next((problem.file for problem in case.problems if problem.file), "")
    attributes = {"classname": _clean(report.command).replace(" ", "."), "name": _clean(case.name), "time": "0"}
    element = ET.SubElement(suite, "testcase", attributes | ({"file": _clean(file)} if file else {}))
    bad = [each for each in case.problems if each.level in (Level.ERROR, Level.UNKNOWN)]
    if case.outcome is not Outcome.PASS:
        tag = "failure" if case.outcome is Outcome.FAIL else "error"
        said = _clean(bad[0].message if bad else case.said or "It could not be decided.")
        lines = [_told(each) for each in bad] + [f"Run again: {report.again}"]
        told = ET.SubElement(element, tag, {"message": said, "type": _clean(bad[0].rule) if bad else "undecided"})
        told.text = "\n".join(_clean(line) for line in lines)
    rest = [_told(each) for each in case.problems if each not in bad]
    if rest:
        ET.SubElement(element, "system-out").text = "\n".join(_clean(line) for line in rest)


def _told(problem: Problem) -> str:
    more = (("To do", problem.todo), ("who can unblock it", problem.who), ("waiver", problem.waiver))
    tail = "".join(f" {word}: {text}" for word, text in more if text)
    return f"{problem.place}: {problem.level}: {problem.message} ({problem.rule}){tail}".removeprefix(": ")


def _clean(text: str) -> str:
    """XML 1.0 cannot carry most control characters, nor half of a character, not even escaped."""
    return one_line(text)
