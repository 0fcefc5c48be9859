"""The programme's files: written from live data, taken in again, and the same when written once more."""

from __future__ import annotations

import os
import zipfile
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Value
from django.db.models.functions import Concat
from django.urls import reverse

from contracts_app.models import Contract, Version
from portal.core.catalog.models import Asset, Flow
from portal.core.catalog.services import adopt_asset, declare_flow
from portal.core.evidence.models import Entry
from portal.core.evidence.selectors import checked_path
from portal.core.identity.actors import system_actor
from portal.core.identity.models import Membership
from portal.core.identity.roles import Role
from portal.core.making.leases import waiting
from portal.pages.programme import making
from portal.pages.programme.importing import import_tree
from portal.pages.programme.models import ProgrammeZip
from portal.pages.programme.registry import Word
from portal.pages.programme.tree import TreeRefused, read_tree
from slo_app.models import Runbook, RunbookVersion, Slo
from slo_app.services.runbooks import write_runbook
from tests.contracts_app.life import CONSUMED, EXAMPLE, register_names, signed
from tests.slo_app.throttled import accuracy_of, an_asset

pytestmark = pytest.mark.django_db
ACTOR = system_actor("tests")
NASTY = "a|b `x` ``` </details> \u202ertl <b>*_[l](u)_* # ~~ & www.x.y"
FILES = {
    "README.md", "lineage/graph.md", "observability/slo_catalog.md", "privacy/deletion_proof_flow.md",
    "runbooks/alerts.md",
}  # fmt: skip


@pytest.fixture
def estate(world: Any) -> Any:
    """A contract in three states, a flow, runbooks and SLOs, with names that try to break out of Markdown."""
    world.platform.name = f"Platform {NASTY}"
    world.platform.save()
    for key in ("ana", "bob"):
        Membership.objects.create(user=world.people[key], role=Role.ADMINISTRATOR.value)
    register_names(world)
    signed(world)
    draft = EXAMPLE.replace(b"name: customer_events_v1", b"name: other_v1") + f"# {NASTY}\n".encode()
    Contract.objects.create(name="broken", owner_team=world.platform, created_at=world.ana.date_joined)
    from contracts_app.services.drafts import import_yaml

    import_yaml(user=world.ana, content=draft)
    assets = [
        adopt_asset(actor=ACTOR, namespace=f"ns {NASTY}", name=f"{each} {NASTY}", kind=kind, owner_team=world.platform)
        for each, kind in (("first", "table"), ("last", "product"))
    ]
    declare_flow(actor=ACTOR, name=f"Flow {NASTY}", owner_team=world.platform, assets=assets)
    text = "- Owner: nobody\n\n## Trigger\n\n1. `a|b` </details>\n\n###### Fix\n\n1. ```x\n"
    for key, scope in (("one", "named"), ("two", "team")):
        write_runbook(
            user=world.ana, key=key, title=f"{key} {NASTY}", owner_team=world.platform, markdown=text, scope=scope
        )
    accuracy_of(an_asset(world), name=f"rule {NASTY}")
    return world


def export(folder: Path) -> dict[str, bytes]:
    call_command("programme_export", folder, stdout=StringIO(), stderr=StringIO())
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def take(user: Any, folder: Path, **how: Any) -> Any:
    return import_tree(user=user, tree=read_tree(folder), **how)


def words(report: Any) -> set[str]:
    return {each.word for each in report.outcomes}


def test_export_import_export_is_byte_for_byte_the_same_and_the_import_changes_nothing(estate, tmp_path) -> None:
    broken = Concat("name", Value("\n## Definitions\n```"))  # as an earlier release may have let it in
    Asset.objects.filter(namespace__startswith="ns ").update(name=broken)
    first = export(tmp_path / "a")
    assert set(first) == FILES | {"data_contracts/customer_events_v1.yaml", "data_contracts/other_v1.yaml"}
    assert first["data_contracts/customer_events_v1.yaml"] == CONSUMED
    before = Entry.objects.count()
    report = take(estate.ana, tmp_path / "a")
    assert report.done
    assert words(report) == {Word.KEPT, Word.TOLD}, [str(each) for each in report.outcomes]
    assert {each.path for each in report.outcomes if each.word is Word.TOLD} == {"README.md"}
    assert Entry.objects.count() == before, "an import that changes nothing leaves no trace"
    assert export(tmp_path / "b") == first
    assert export(tmp_path / "a") == first, "over itself, too"


def test_a_portal_that_starts_with_the_tree_writes_the_same_definitions(estate, tmp_path) -> None:
    first = export(tmp_path / "a")
    Slo.objects.all().delete()
    Flow.objects.all().delete()
    Runbook.objects.all().delete()
    report = take(estate.ana, tmp_path / "a")
    assert report.done, [str(each) for each in report.outcomes]
    assert Slo.objects.count() == Flow.objects.count() == 1
    assert RunbookVersion.objects.count() == 2
    second = export(tmp_path / "b")
    assert set(second) == set(first)
    for path in first:
        if path.startswith("data_contracts/"):
            assert second[path] == first[path]
        if path in ("lineage/graph.md", "observability/slo_catalog.md"):
            assert second[path].split(b"## Definitions")[1] == first[path].split(b"## Definitions")[1]
    told = Entry.objects.get(kind="programme:tree:imported")
    assert told.payload["created"] == 4
    assert words(take(estate.ana, tmp_path / "b")) == {Word.KEPT, Word.TOLD}, "a second time nothing is left to do"


def test_imported_contracts_are_drafts_and_never_signed(estate, tmp_path) -> None:
    (tmp_path / "data_contracts").mkdir()
    new = CONSUMED.replace(b"version: 1.2.0", b"version: 1.3.0")
    (tmp_path / "data_contracts/customer_events_v1.yaml").write_bytes(new)
    report = take(estate.bob, tmp_path)
    [outcome] = report.outcomes
    assert outcome.word is Word.CREATED
    assert "is a draft now" in outcome.sentence
    version = Version.objects.get(number="1.3.0")
    assert (version.state, bytes(version.authored)) == ("draft", new)
    assert not version.signatures.exists()
    [again] = take(estate.bob, tmp_path).outcomes
    assert (again.word, again.sentence) == (Word.KEPT, "customer_events_v1 1.3.0 is draft here.")


def test_what_a_person_may_not_write_is_refused_and_then_nothing_is_kept(estate, tmp_path) -> None:
    export(tmp_path / "a")
    Flow.objects.all().delete()
    Runbook.objects.all().delete()
    before = Entry.objects.count()
    report = take(estate.otto, tmp_path / "a")
    assert not report.done
    refused = [each for each in report.outcomes if each.word is Word.REFUSED]
    assert {each.path for each in refused} == {"lineage/graph.md", "runbooks/alerts.md"}
    assert all(each.line and "You may not" in each.sentence for each in refused)
    assert not Flow.objects.exists()
    assert Entry.objects.count() == before


def test_a_dry_run_says_the_same_and_keeps_nothing(estate, tmp_path) -> None:
    export(tmp_path / "a")
    Flow.objects.all().delete()
    dry = take(estate.ana, tmp_path / "a", dry_run=True)
    assert not Flow.objects.exists()
    real = take(estate.ana, tmp_path / "a")
    assert [str(each) for each in dry.outcomes] == [str(each) for each in real.outcomes]
    assert Flow.objects.count() == 1


HOSTILE = {
    "bomb": (b"a: &a [x]\nb: *a\n", 1, "anchor"),
    "deep": (b"a: " + b"[" * 60 + b"]" * 60, 1, ""),
    "tag": (b"a: !!python/object:os.system x\n", 1, "tag"),
    "binary": (b"\xff\xfe\x00name", 1, "UTF-8"),
    "empty": (b"", 1, "empty"),
    "named": (b"name: something_else\nversion: 1.0.0\n", 0, "something_else.yaml"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_contract_is_refused_with_its_line(world, tmp_path, name) -> None:
    content, line, said = HOSTILE[name]
    (tmp_path / "data_contracts").mkdir()
    (tmp_path / f"data_contracts/{name}.yaml").write_bytes(content)
    report = take(world.ana, tmp_path)
    assert words(report) == {Word.REFUSED}
    assert report.outcomes[0].line == line
    assert said in report.outcomes[0].sentence
    assert not Contract.objects.exists()


def test_a_contract_that_the_check_finds_faults_in_is_a_draft_that_says_so(world, tmp_path) -> None:
    (tmp_path / "data_contracts").mkdir()
    (tmp_path / "data_contracts/twice.yaml").write_bytes(b"name: twice\nname: twice\n")
    [outcome] = take(world.ana, tmp_path).outcomes
    assert (outcome.word, outcome.line) == (Word.CREATED, 1)
    assert "The check finds" in outcome.sentence


def test_paths_that_are_not_of_the_tree_are_named_and_refused(world, tmp_path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("name: stolen\n")
    tree = tmp_path / "tree"
    (tree / "data_contracts").mkdir(parents=True)
    (tree / "data_contracts/link.yaml").symlink_to(secret)
    (tree / "runbooks").symlink_to(tmp_path)
    (tree / "passwd").write_text("x")
    (tree / "data_contracts/.hidden.yaml").write_text("x")
    (tree / "data_contracts/sub").mkdir()
    (tree / "data_contracts/sub/x.yaml").write_text("x")
    os.mkfifo(tree / "data_contracts/pipe.yaml")
    (tree / "line\nbreak").write_text("x")
    found = read_tree(tree)
    assert found.files == {}
    assert sorted(each.path for each in found.refused) == [
        "data_contracts/.hidden.yaml", "data_contracts/link.yaml", "data_contracts/pipe.yaml",
        "data_contracts/sub/x.yaml", "line?break", "passwd", "runbooks",
    ]  # fmt: skip
    assert not import_tree(user=world.ana, tree=found).done


def test_a_zip_is_read_as_a_folder_is_and_its_tricks_are_refused(estate, tmp_path) -> None:
    export(tmp_path / "a")
    made = tmp_path / "a.zip"
    with zipfile.ZipFile(made, "w") as archive:
        for name in (
            "../data_contracts/up.yaml",
            "/etc/passwd",
            "data_contracts/../../x.yaml",
            "data_contracts\\x.yaml",
        ):
            archive.writestr(name, "x")
        link = zipfile.ZipInfo("data_contracts/link.yaml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.write(tmp_path / "a/README.md", "README.md")
    found = read_tree(made)
    assert set(found.files) == {"README.md"}
    assert len(found.refused) == 5
    made.write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(TreeRefused, match="no ZIP"):
        read_tree(made)


def test_a_tree_that_is_too_large_is_refused_before_it_is_taken(tmp_path, monkeypatch, world) -> None:
    (tmp_path / "data_contracts").mkdir()
    for name in ("a", "b"):
        (tmp_path / f"data_contracts/{name}.yaml").write_bytes(b"x" * 50)
    monkeypatch.setattr("portal.pages.programme.tree.MAX_FILE", 40)
    assert len(read_tree(tmp_path).refused) == 2
    monkeypatch.setattr("portal.pages.programme.tree.MAX_FILE", 400)
    monkeypatch.setattr("portal.pages.programme.tree.MAX_TREE", 60)
    with pytest.raises(TreeRefused, match="too large"):
        read_tree(tmp_path)


def test_hostile_definitions_are_refused_each_by_itself(estate, tmp_path) -> None:
    (tmp_path / "lineage").mkdir()
    lines = [
        '{"asset": "x", "namespace": "demo", "kind": "spaceship", "owner": "platform"}',
        '{"asset": "x", "namespace": "demo", "tier": true, "owner": "platform"}',
        '{"asset": "x\\u0000y", "namespace": "demo", "owner": "platform"}',
        '{"flow": "F", "owner": "platform", "way": [["demo", "nowhere"], ["demo", "else"]]}',
        '{"flow": "F", "owner": "nobody here", "way": []}',
        '{"flow": {"a": 1}, "owner": "platform", "way": []}',
        '{"something": "else"}',
    ]
    text = "## Definitions\n\n```json\n" + "\n".join(lines) + "\n```\n"
    (tmp_path / "lineage/graph.md").write_text(text)
    report = take(estate.ana, tmp_path, skip_refused=True)
    assert [(each.word, each.line) for each in report.outcomes] == [(Word.REFUSED, 4 + n) for n in range(len(lines))]
    assert not Asset.objects.filter(name="x").exists()


def test_the_commands_say_what_they_did_and_end_badly_where_nothing_was_kept(estate, tmp_path) -> None:
    out = StringIO()
    call_command("programme_export", tmp_path / "a", stdout=out)
    assert "written  lineage/graph.md" in out.getvalue()
    said = StringIO()
    call_command("programme_import", tmp_path / "a", email=estate.ana.email, stdout=said)
    assert "kept       data_contracts/customer_events_v1.yaml  customer_events_v1 1.2.0 is" in said.getvalue()
    (tmp_path / "a/stray").write_text("x")
    with pytest.raises(CommandError, match="Nothing was kept"):
        call_command("programme_import", tmp_path / "a", email=estate.ana.email, stdout=StringIO())
    with pytest.raises(CommandError, match="Nobody"):
        call_command("programme_import", tmp_path / "a", email="x@example.org", stdout=StringIO())
    (tmp_path / "b").mkdir()
    (tmp_path / "b/lineage").symlink_to(tmp_path)
    with pytest.raises(CommandError, match="is a link"):
        call_command("programme_export", tmp_path / "b", stdout=StringIO())


def test_the_zip_is_made_by_a_worker_with_progress_and_holds_the_same_files(estate, tmp_path) -> None:
    tree = export(tmp_path / "a")
    client = estate.client("cleo")
    answer = client.post(reverse("programme:index"), {"idempotency_key": str(uuid4())})
    [row] = ProgrammeZip.objects.all()
    assert answer["Location"] == row.get_absolute_url()
    assert "Waits for a worker" in client.get(row.get_absolute_url()).content.decode()
    assert client.get(reverse("programme:download", args=[row.pk])).status_code == 404
    assert waiting(ProgrammeZip) == [row.pk]
    made = making.make(row.pk)
    assert made is not None
    assert making.make(row.pk) is None, "once"
    done, total = making.progress_of(row.pk)
    assert done == total > 5
    with zipfile.ZipFile(checked_path(made.digest)) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == tree
    assert b"".join(client.get(reverse("programme:download", args=[row.pk])).streaming_content)[:2] == b"PK"
    assert made.entry.payload == {"tree": made.tree, "files": len(tree)}
    assert take(estate.ana, checked_path(made.digest)).done, "the ZIP is taken in as it is"
