"""The procedure follows the code: one more transition, kind of system or period, and the document says so."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from portal.core.connectors import base as connectors
from portal.core.connectors import registry
from privacy_app.domain import procedure as document
from privacy_app.domain import request
from privacy_app.domain.request import Action, State, words
from privacy_app.domain.verdict import Verdict
from privacy_app.services.procedure import as_markdown, facts


def rows_of(title):
    return next(each.rows for each in document.sections(facts()) if each.title == title)


def test_every_transition_verdict_place_and_kind_of_system_is_in_it():
    text = as_markdown()
    for (state, action), target in request.TRANSITIONS.items():
        assert f"| {words(state)} | {words(action)} | {words(target)} |" in text
    assert {row[1].split(" ")[0] for row in rows_of("Probes and verdicts")} == set(Verdict)
    for kind, connector in registry.kinds().items():
        erases = isinstance(connector, connectors.Erasable | connectors.ByHand)
        assert (f"({kind})" in text) == erases, kind
    for key in facts().keys:
        assert f"| {key} |" in text


def test_a_new_transition_is_in_the_document(monkeypatch):
    line = "| completed | retry | planning |"
    assert line not in as_markdown()
    monkeypatch.setitem(request.TRANSITIONS, (State.COMPLETED, Action.RETRY), State.PLANNING)
    assert line in as_markdown()


def test_a_new_kind_of_system_is_in_the_document_with_its_verb(monkeypatch):
    real = registry.kinds()

    class Masking(type(real["postgresql"])):
        label, verb, is_backup = "Masking store", "anonymise", True

    monkeypatch.setattr(registry, "kinds", lambda: {**real, "masking": Masking()})
    [row] = [row for row in rows_of("Systems") if "masking" in row[0]]
    assert row[:3] == ("Masking store (masking)", "anonymise", "yes")


def test_the_verdict_table_is_what_the_code_judges(monkeypatch):
    monkeypatch.setattr(document, "judge", lambda *_, **__: document.Judgement(Verdict.FAILED, "all wrong"))
    assert {row[1] for row in rows_of("Probes and verdicts")} == {"failed (failed)"}


def test_a_period_that_is_set_is_in_the_document(settings):
    settings.PROOF_RETENTION_YEARS = 7
    assert "| Proof, PDF and bundle | 7 years |" in as_markdown()


def test_the_page_and_the_file_say_the_same_to_everybody_who_may_sign_in(world):
    ana = world.client("ana")
    page, file = ana.get(reverse("privacy:procedure")), ana.get(reverse("privacy:procedure-file"))
    assert 'filename="deletion_proof_flow.md"' in file["Content-Disposition"]
    assert file.content.decode() == as_markdown()
    for chapter in document.sections(facts()):
        assert chapter.title in page.content.decode()


def test_the_command_writes_the_file_and_says_when_it_is_out_of_date(tmp_path):
    file = tmp_path / "privacy" / "deletion_proof_flow.md"
    with pytest.raises(CommandError, match="does not say what the code does"):
        call_command("deletion_proof_flow", str(file), "--check")
    call_command("deletion_proof_flow", str(file), stdout=io.StringIO())
    call_command("deletion_proof_flow", str(file), "--check", stdout=io.StringIO())
    file.write_text(file.read_text().replace("72 hours", "80 hours"))
    with pytest.raises(CommandError):
        call_command("deletion_proof_flow", str(file), "--check")
