"""The programme's files of the demo estate: written, taken in and written again, byte for byte the same."""

from __future__ import annotations

from importlib.resources import files
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from contracts_app.domain.document import load
from contracts_app.models import Contract, Version
from portal.core.catalog.selectors import asset_named, resolve_asset
from portal.core.clock.services import now
from portal.core.events.services import consume_all, publish
from portal.core.identity.models import User
from portal.demo.build import catalog, people, runbooks, slos
from portal.pages.programme.importing import import_tree
from portal.pages.programme.registry import Word
from portal.pages.programme.tree import read_tree

pytestmark = pytest.mark.django_db


def in_force(content: bytes) -> None:
    """The document as an active version, with its event."""
    document, ana = load(content).document, User.objects.get(email="ana@demo.example.com")
    assert document is not None
    asset = asset_named(document.asset.namespace, document.asset.name) or resolve_asset(document.name)
    owner = asset.owner_team if asset else None
    contract = Contract.objects.create(name=document.name, asset=asset, owner_team=owner, created_at=now())
    who: dict[str, Any] = {"created_by": ana, "edited_by": ana, "created_at": now(), "edited_at": now()}
    version = Version.objects.create(
        contract=contract, number=document.version, authored=content, state="active", **who
    )
    with transaction.atomic():
        publish("contracts.version.activated", {"version_id": version.pk})


def export(folder: Path) -> dict[str, bytes]:
    call_command("programme_export", folder, stdout=StringIO(), stderr=StringIO())
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_files_of_the_demo_come_back_as_they_went(settings, tmp_path) -> None:
    settings.SYSTEM_PATHS = [Path(settings.VAR_DIR)]
    people.build()
    catalog.build()
    written = {each.name: each.read_bytes() for each in files("portal.demo.build").joinpath("documents").iterdir()}
    for content in written.values():
        in_force(content)
    consume_all()
    slos.build()
    runbooks.build()
    first = export(tmp_path / "a")
    assert {path.removeprefix("data_contracts/"): first[path] for path in first if "data_contracts" in path} == written
    catalog_file = first["observability/slo_catalog.md"].decode()
    for row in ("Freshness", "Completeness", "Accuracy", "Vector sync lag", "drift", "Groundedness"):
        assert row in catalog_file
    assert (
        "```mermaid" in first["lineage/graph.md"].decode() or "No event has named" in first["lineage/graph.md"].decode()
    )
    assert "--from-latest-success" in first["runbooks/alerts.md"].decode()
    report = import_tree(user=User.objects.get(email="ana@demo.example.com"), tree=read_tree(tmp_path / "a"))
    assert report.done
    assert {each.word for each in report.outcomes} == {Word.KEPT, Word.TOLD}, [str(each) for each in report.outcomes]
    assert export(tmp_path / "b") == first
