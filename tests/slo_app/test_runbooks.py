"""Runbooks as documents: written, followed, copied at firing, exported and read again."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from portal.core.evidence.models import Entry
from portal.demo.build import runbooks
from slo_app.domain.runbook_text import RunbookError
from slo_app.models import Runbook, RunbookVersion
from slo_app.selectors.runbooks import alerts_file, followed_by, without_runbook
from slo_app.services.runbooks import choose_runbook, import_runbooks, write_runbook
from tests.slo_app.throttled import accuracy_of, an_asset, measured

pytestmark = pytest.mark.django_db
TEXT = "## Trigger\n\n1. Too low.\n\n## Fix\n\n1. Run `make fix` → look again.\n"


@pytest.fixture
def slo(world):
    return accuracy_of(an_asset(world), runbook=[])


def book(world, key="low", text=TEXT, user=None, **facts):
    wish = {"title": f"Runbook {key}", "owner_team": world.platform, "markdown": text} | facts
    return write_runbook(user=user or world.ana, key=key, **wish)


def texts(followed):
    return [step["text"] for step in followed.steps]


def test_a_change_is_a_new_version_and_the_same_text_is_none(world):
    first, again = book(world), book(world, text=TEXT.replace("\n", "  \r\n"))
    second = book(world, text=TEXT + "\n## Rollback\n\n1. Undo.\n")
    assert (first.number, again.number, second.number) == (1, 1, 2)
    assert first.steps == [
        {"phase": "Trigger", "text": "Too low."},
        {"phase": "Fix", "text": "Run `make fix` → look again."},
    ]
    kinds = Entry.objects.filter(kind="slo:runbook:written").order_by("pk")
    assert [(entry.payload["version"], entry.payload["digest"]) for entry in kinds] == [
        (1, first.digest),
        (2, second.digest),
    ]


def test_only_its_team_writes_it_and_only_an_administrator_makes_it_everybodys_default(world):
    with pytest.raises(PermissionDenied):
        book(world, user=world.otto)
    with pytest.raises(RunbookError, match="administrator"):
        book(world, scope="all")
    book(world)
    with pytest.raises(PermissionDenied):
        book(world, user=world.otto, owner_team=world.logistics)


def test_its_own_goes_before_the_contract_then_the_teams_and_the_kinds_default(world, slo):
    assert without_runbook([slo]) == {slo.pk}
    book(world, "team", "## Fix\n- team", scope="team")
    assert (texts(followed_by(slo)), followed_by(slo).source) == (["team"], "its team's default")
    book(world, "kind", "## Fix\n- kind", scope="team", kind="accuracy")
    assert texts(followed_by(slo)) == ["kind"]
    slo.runbook = [{"phase": "Runbook", "text": "contract"}]
    slo.save()
    assert (texts(followed_by(slo)), followed_by(slo).source) == (["contract"], "its own text")
    own = book(world, "own", "## Fix\n- own")
    choose_runbook(user=world.dan, slo=slo, runbook=own.runbook)
    assert texts(followed_by(slo)) == ["own"]
    assert without_runbook([slo]) == set()
    choose_runbook(user=world.dan, slo=slo, runbook=None)
    assert texts(followed_by(slo)) == ["contract"]


def test_two_defaults_of_one_team_for_one_indicator_are_refused(world):
    book(world, "one", scope="team", kind="accuracy")
    with pytest.raises(RunbookError, match="default for these SLOs already"):
        book(world, "two", scope="team", kind="accuracy")


def test_an_incident_copies_the_steps_at_firing_and_names_the_version(world, slo, clock):
    version = book(world)
    choose_runbook(user=world.ana, slo=slo, runbook=version.runbook)
    measured(clock, slo, "99.6", "99.6")
    book(world, text="## Fix\n\n1. Something else.\n")
    incident = slo.incidents.get()
    assert (incident.runbook, incident.runbook_version) == (version.steps, version)
    page = world.client("dan").get(incident.get_absolute_url()).content.decode()
    assert "Runbook low version 1" in page
    assert "Run <code" in page
    assert "Something else" not in page


def test_export_import_export_gives_the_same_file_and_no_new_version(world, slo):
    book(world, scope="team", kind="accuracy")
    book(world, "other", "Intro with ## inside.\n\n## Fix\n\n- one\n  and more\n- two\n")
    exported = alerts_file()
    assert "Accuracy of orders" in exported
    assert "on call of Data Platform" in exported
    import_runbooks(user=world.ana, text=exported, owner_team=world.platform)
    assert alerts_file() == exported
    assert RunbookVersion.objects.count() == 2
    RunbookVersion.objects.all().delete()
    Runbook.objects.all().delete()
    import_runbooks(user=world.ana, text=exported, owner_team=world.platform)
    assert without_links(alerts_file()) == without_links(exported), "written anew, it has another entry in the ledger"


def without_links(text):
    return [line for line in text.split("\n") if not line.startswith("- Evidence: ")]


def test_a_file_with_one_wrong_runbook_is_not_read_at_all(world):
    good = "## Good\n\n### Fix\n\n1. x\n\n"
    with pytest.raises(RunbookError, match="Bad"):
        import_runbooks(user=world.ana, text=good + "## Bad\n\n### Nonsense\n\n1. y\n", owner_team=world.platform)
    assert not Runbook.objects.exists()


def test_it_is_written_with_a_preview_changed_with_its_differences_and_read_back_on_pages(world):
    browser, url = world.client("dan"), reverse("slos:runbook-new")
    wish = {"title": "Late", "key": "late", "owner_team": "platform", "scope": "team", "kind": "", "markdown": TEXT}
    assert "Too low." in browser.post(url, wish | {"look": "yes"}).content.decode()
    assert not Runbook.objects.exists()
    assert browser.post(url, wish | {"markdown": "nothing", "save": "yes"}).status_code == 422
    assert browser.post(url, wish | {"save": "yes"}).status_code == 302

    edit = reverse("slos:runbook-edit", args=["late"])
    changed = wish | {"markdown": TEXT + "\n## Verify\n\n1. <script>alert(1)</script> [x](javascript:alert(1))\n"}
    assert "+ Added" in browser.post(edit, changed | {"look": "yes"}).content.decode()
    assert browser.post(edit, changed | {"save": "yes"}).status_code == 302
    page = browser.get(reverse("slos:runbook", args=["late"])).content.decode()
    assert "What this version changed" in page
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    listed = browser.get(reverse("slos:runbooks")).content.decode()
    assert "Every SLO of Data Platform" in listed
    answer = browser.get(reverse("slos:runbooks-export"))
    assert answer["Content-Type"].startswith("text/markdown")
    assert answer.content.decode() == alerts_file()


def test_a_file_is_looked_at_and_then_imported_on_the_page(world):
    browser, url = world.client("ana"), reverse("slos:runbook-import")
    wish = {"owner_team": "platform", "text": "## Late data\n\n* **Fix:** Rerun → backfill\n"}
    assert "backfill" in browser.post(url, wish | {"look": "yes"}).content.decode()
    assert not Runbook.objects.exists()
    assert browser.post(url, wish | {"save": "yes"}).status_code == 302
    assert Runbook.objects.get().key == "late-data"
    assert browser.post(url, wish | {"text": "nothing", "save": "yes"}).status_code == 422


def test_an_slo_chooses_its_runbook_on_its_page(world, slo):
    version = book(world)
    browser = world.client("dan")
    page = browser.get(slo.get_absolute_url()).content.decode()
    assert "until then this SLO is incomplete" in page
    assert browser.post(reverse("slos:runbook-choose", args=[slo.pk]), {"runbook": "low"}).status_code == 302
    slo.refresh_from_db()
    assert slo.runbook_document == version.runbook
    assert "From its own runbook" in browser.get(slo.get_absolute_url()).content.decode()


def test_the_demos_runbook_is_the_programmes_example_and_its_teams_default_for_freshness(world):
    world.platform.slug = "data-platform"
    world.platform.save()
    for _ in range(2):
        runbooks.build()
    version = RunbookVersion.objects.get()
    assert version.steps[0] == {"phase": "Trigger", "text": "Freshness > 20 min"}
    assert {"phase": "Fix", "text": "backfill missing partitions"} in version.steps
    asset = an_asset(world)
    assert followed_by(accuracy_of(asset, kind="freshness", runbook=[])).version == version
    assert followed_by(accuracy_of(asset, runbook=[])).version is None
