"""A changed contract file is let through only where its version has met its conditions."""

from __future__ import annotations

import pytest

from contracts_app.models import Version
from tests.contracts_app import life
from tests.gates.asking import FIRST, finding, found, question, verdict

pytestmark = pytest.mark.django_db


def test_a_breaking_file_whose_version_is_too_small_fails_with_the_version_that_is_needed(ready):
    body = question(ready.version)
    body["writes"][0]["content"] = FIRST.decode().replace("target: 15", "target: 30")
    answer = verdict(ready, body)
    assert "2.0.0" in finding(answer, "schema.bump")["message"]
    assert {"schema.bump", "schema.not-proposed", "contract.hash"} <= set(found(answer, "fail"))
    assert answer["reports"][0]["required_bump"] == "major"


def test_a_proposed_change_fails_by_each_unmet_condition_of_the_version(ready):
    text = FIRST.decode().replace("target: 15", "target: 30").replace("1.2.0", "2.0.0")
    version = life.propose(ready, text.encode())
    answer = verdict(ready, question(version))
    said = [one["message"] for gate in answer["gates"] for one in gate["findings"] if one["rule"] == "schema.condition"]
    from contracts_app import selectors

    unmet = selectors.unmet_conditions(Version.objects.get(pk=version.pk))
    assert len(said) == len(unmet) > 0
    assert all(any(one.text in message for message in said) for one in unmet)
    assert "schema.bump" in found(answer, "pass")


def test_a_file_that_is_no_valid_contract_fails_with_its_line(ready):
    body = question(ready.version)
    body["writes"][0]["content"] = FIRST.decode().replace("us-only", "NO")
    answer = verdict(ready, body)
    lint = [one for gate in answer["gates"] for one in gate["findings"] if one["rule"].startswith("lint.")]
    assert any(one["line"] == 6 for one in lint)
