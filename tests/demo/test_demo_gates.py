"""Each pipeline of the demo has a custody.yaml that says what is true of it, one planted mistake aside."""

from __future__ import annotations

from importlib.resources import files

import pytest

from contracts_app.domain.document import load
from portal.cli import main
from portal.demo.pipelines import gating
from portal.gates.domain.manifest import read_manifest

PLANTED = {"build_features"}  # leaves its output out


def manifest(job):
    return read_manifest((gating.checkout(job) / "custody.yaml").read_bytes())


@pytest.mark.parametrize("job", gating.JOBS)
def test_each_pipeline_names_itself_and_files_that_are_there(job):
    found = manifest(job)
    assert found.ok, found.findings
    assert found.job == f"demo/{job}"
    assert bool(found.writes) == (job not in PLANTED)
    for touched in found.writes:
        assert not touched.file or (gating.checkout(job) / touched.file).is_file()


@pytest.mark.parametrize("job", gating.JOBS)
def test_each_passes_the_check_of_its_own_folder(job, monkeypatch, capsys):
    monkeypatch.chdir(gating.checkout(job))
    assert main(["gate", "--offline"]) == 0, capsys.readouterr().out


def test_every_contract_of_the_demo_passes_the_check_without_a_warning_about_people():
    for document in files("portal.demo.build").joinpath("documents").iterdir():
        loaded = load(document.read_bytes())
        assert loaded.ok, (document.name, loaded.findings)
        assert not [one for one in loaded.findings if one.code.startswith("people.")], document.name
