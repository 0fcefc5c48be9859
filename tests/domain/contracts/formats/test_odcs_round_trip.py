"""ODCS both ways without loss: to ODCS and back gives the same canonical hash, from ODCS and back the same document."""

import json
from functools import cache
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts_app.domain.document import canonical_hash, load
from contracts_app.domain.formats.delta import same
from contracts_app.domain.formats.odcs.lens import export, restore
from contracts_app.domain.formats.odcs.names import VERSIONS
from contracts_app.domain.formats.odcs.untyped import typed
from contracts_app.domain.formats.writing import write
from tests.domain.contracts.formats.house_contracts import contracts

FOLDER = Path(__file__).resolve().parents[3] / "contracts_app" / "data" / "odcs"
DOCUMENTS = sorted(FOLDER.glob("*.yaml"))
EXAMPLE = (FOLDER.parent / "customer_events_v1.yaml").read_bytes()


@cache
def validator():
    """The JSON schema of ODCS 3.2.0 that the package brings."""
    text = resources.files("open_data_contract_standard").joinpath("schema.json").read_text()
    return jsonschema.Draft201909Validator(json.loads(text))


def problems(odcs):
    return [f"{'/'.join(map(str, error.path))}: {error.message:.200}" for error in validator().iter_errors(odcs)]


def test_there_are_twenty_documents_of_different_shapes():
    assert len(DOCUMENTS) >= 20


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_document_comes_back_as_it_was_and_its_contract_keeps_its_hash(path):
    odcs = yaml.safe_load(path.read_text())
    assert problems(odcs) == []
    data, skipped = restore(odcs)
    assert skipped == []
    again = export(data)
    assert same(again, odcs)
    assert canonical_hash(restore(again)[0]) == canonical_hash(data)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_draft_made_of_a_document_reads_back_to_the_same_hash(path):
    data, _ = restore(yaml.safe_load(path.read_text()))
    loaded = load(write(data))
    assert loaded.digest == canonical_hash(data)
    assert [found.message for found in loaded.findings if found.code.startswith("yaml.")] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_an_export_in_the_portals_state_is_accepted_and_keeps_the_hash(path):
    data, _ = restore(yaml.safe_load(path.read_text()))
    odcs = export(data, status="deprecated")
    assert problems(odcs) == []
    assert odcs["status"] == "deprecated"
    assert canonical_hash(restore(odcs)[0]) == canonical_hash(data)


@pytest.mark.parametrize("api", VERSIONS)
def test_the_programmes_example_keeps_its_hash_through_every_version_of_the_standard(api):
    loaded = load(EXAMPLE)
    odcs = export(loaded.source.data, api=api, status="active")
    assert problems(odcs) == []
    assert (odcs["apiVersion"], odcs["status"]) == (api, "active")
    assert canonical_hash(restore(odcs)[0]) == loaded.digest


@settings(max_examples=150)
@given(contracts(), st.sampled_from([None, *VERSIONS]), st.sampled_from([None, "active"]))
def test_any_contract_of_the_house_keeps_its_hash_through_odcs(data, api, status):
    odcs = export(data, api=api, status=status)
    assert problems(odcs) == []
    there, skipped = restore(json.loads(json.dumps(odcs)))
    assert skipped == []
    assert canonical_hash(there) == canonical_hash(data)


def test_what_somebody_edits_in_the_odcs_document_wins_over_what_we_carried():
    odcs = export(load(EXAMPLE).source.data)
    odcs["schema"][0]["properties"][3]["logicalTypeOptions"]["minimum"] = 1
    odcs["slaProperties"][1]["value"] = 98
    odcs["slaProperties"][0]["element"] = "customer_events_v1.customer_id"
    data, skipped = restore(odcs)
    assert data["schema"]["amount_usd"]["min"] == 1
    assert data["slos"]["completeness_pct"]["target"] == 98
    assert data["slos"]["freshness_minutes"]["element"] == "customer_id"
    assert [edit["path"][-1] for edit in skipped] == ["element"]


def test_a_rule_whose_sql_was_edited_is_another_promise_and_is_not_taken_back():
    odcs = export(load(EXAMPLE).source.data)
    odcs["schema"][0]["quality"][0]["query"] = "SELECT 0"
    data, _ = restore(odcs)
    assert data["slos"]["accuracy_rules"] == [{"rule": "event_type in [view, add_to_cart, purchase]"}]
    assert data["extensions"]["odcs"]["table"]["quality"][0]["query"] == "SELECT 0"


def test_a_float_is_a_number_with_its_physical_type():
    odcs = export(load(EXAMPLE).source.data)
    amount = odcs["schema"][0]["properties"][3]
    assert (amount["logicalType"], amount["physicalType"]) == ("number", "float")


def test_the_id_is_minted_once_and_kept():
    data = load(EXAMPLE).source.data
    first, second = export(data), export({**data, "version": "2.0.0"})
    assert first["id"] == second["id"]
    data, _ = restore({**first, "id": "urn:orders"})
    assert export({**data, "version": "3.0.0"})["id"] == "urn:orders"


def test_a_property_that_names_only_its_physical_type_gets_the_logical_one_that_the_schema_wants():
    odcs = {
        "apiVersion": "v3.0.2", "kind": "DataContract", "id": "x", "name": "x", "version": "1.0.0",
        "schema": [{"name": "x", "properties": [{"name": "at", "physicalType": "timestamptz"}, {"name": "any"}]}],
    }  # fmt: skip
    data, _ = restore(odcs)
    assert {name: spec["type"] for name, spec in data["schema"].items()} == {"at": "timestamp", "any": "string"}
    assert problems(export(data)) == []
    assert canonical_hash(restore(export(data))[0]) == canonical_hash(data)


@st.composite
def maimed(draw):
    """One of the documents, or two of them mixed, with a few values cut out, moved or exchanged."""
    odcs = yaml.safe_load(draw(st.sampled_from(DOCUMENTS)).read_text())
    other = yaml.safe_load(draw(st.sampled_from(DOCUMENTS)).read_text())
    for key in draw(st.lists(st.sampled_from(sorted(other)), max_size=4)):
        if key not in ("apiVersion", "kind"):
            odcs[key] = other[key]
    for _ in range(draw(st.integers(0, 4))):
        here = odcs
        while isinstance(here, dict | list) and here:
            key = draw(st.sampled_from(sorted(here) if isinstance(here, dict) else range(len(here))))
            if draw(st.booleans()) and key not in ("apiVersion", "kind", "id", "name"):
                wild = st.sampled_from([None, 7, "text", [], {}, [{"property": "freshness", "value": 3}]])
                if draw(st.booleans()):
                    here[key] = draw(wild)
                elif isinstance(here, list):
                    here.insert(0, here.pop(key))
                else:
                    del here[key]
                break
            here = here[key]
    return odcs


@settings(max_examples=150)
@given(maimed())
def test_any_document_comes_back_as_it_was_however_odd_it_is(odcs):
    data, _ = restore(odcs)
    again = export(data)
    assert same(again, typed(odcs))
    assert canonical_hash(restore(again)[0]) == canonical_hash(data)
