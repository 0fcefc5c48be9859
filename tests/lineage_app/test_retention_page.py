"""The page on where events are kept, and who may take an archive away."""

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.urls import reverse

from lineage_app.models import LineageArchive, Run
from lineage_app.services import archive_old, redact, remove_archives
from lineage_app.services.archive_files import path_of
from portal.core.identity.actors import system_actor
from tests.lineage_app.sending import event

NOW = datetime(2026, 11, 23, tzinfo=UTC)
ACTOR = system_actor("tests")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def archived(settings: Any, tmp_path: Any, send: Callable) -> None:
    settings.LINEAGE_ARCHIVES = tmp_path / "archives"
    facets = {"sql": {"query": "select 'ana@example.com'"}}
    send(
        {**event(run=1), "eventTime": "2022-02-01T10:00:00Z"},
        {**event(run=2, job_facets=facets), "eventTime": "2022-03-01T10:00:00Z"},
        event(run=3),
    )
    archive_old(NOW)


def page(world: Any, name: str) -> str:
    return world.client(name).get(reverse("lineage:retention")).content.decode()


def test_it_lists_months_with_their_place_and_digest_and_names_the_horizon(world: Any) -> None:
    text = page(world, "ana")
    for archive in LineageArchive.objects.all():
        assert f"{archive.month:%Y-%m}" in text
        assert archive.digest in text
    assert "Archived" in text
    assert "In the database" in text
    assert "2022-02-01" in text
    remove_archives(date(2022, 3, 1), actor=ACTOR, at=NOW)
    text = page(world, "ana")
    assert "Removed" in text
    assert "2022-03-01" in text


def test_erasures_are_shown_by_reference_to_those_who_may_read_all_evidence_and_to_administrators(world: Any) -> None:
    redact(["ana@example.com"], actor=ACTOR, reference="DEL-2026-11-23-0007")
    for name in ("ada", "aud", "pia", "hal"):
        assert "DEL-2026-11-23-0007" in page(world, name), name
    for name in ("ana", "cleo", "dan"):
        assert "DEL-2026" not in page(world, name), name


def test_an_archive_is_downloaded_as_it_lies_there_by_those_who_may_read_all_evidence(world: Any) -> None:
    archive = LineageArchive.objects.get(month=date(2022, 3, 1))
    url = reverse("lineage:archive", args=[archive.pk])
    assert url in page(world, "aud")
    assert url not in page(world, "ana")
    answer = world.client("aud").get(url)
    data = b"".join(answer.streaming_content)
    assert data == path_of(archive.digest).read_bytes()
    assert b"ana@example.com" in gzip.decompress(data)
    assert "lineage-2022-03-" in answer["Content-Disposition"]
    assert world.client("ana").get(url).status_code == 403
    path_of(archive.digest).unlink()
    assert world.client("aud").get(url).status_code == 404


def test_the_page_of_a_run_says_in_which_archive_its_events_are(world: Any) -> None:
    old, young = Run.objects.get(last_at__year=2022, last_at__month=3), Run.objects.get(last_at__year=2026)
    client = world.client("ana")
    assert "in the archive of" in client.get(old.get_absolute_url()).content.decode()
    assert "in the archive of" not in client.get(young.get_absolute_url()).content.decode()
