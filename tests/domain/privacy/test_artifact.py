"""The proof's JSON: the programme's keys, the published hash vectors, canonical bytes."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
import rfc8785

from privacy_app.domain import artifact
from privacy_app.domain.artifact import SystemResult, Verb, Verification, build, verification_hash, without_run
from privacy_app.domain.plan import Place
from privacy_app.domain.verdict import STATUS, Judgement, Probe, Verdict, judge

AT = datetime(2026, 9, 6, 18, 22, 10, tzinfo=UTC)
PUBLISHED = Path(artifact.__file__).parents[1] / "schema"
VECTORS = json.loads((PUBLISHED / "verification_hash.json").read_text())
SCHEMA = json.loads((PUBLISHED / "deletion_proof.schema.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["hash"][:15])
def test_the_verification_hash_follows_the_published_vectors(vector):
    queries = [Verification(name, count, datetime.fromisoformat(at)) for name, count, at in vector["queries"]]
    assert verification_hash(queries) == vector["hash"]
    assert verification_hash(reversed(queries)) == vector["hash"]
    assert hashlib.sha256(vector["canonical"].encode()).hexdigest() == vector["hash"].removeprefix("sha256:")


def proof(action=Verb.DELETE, judgement=None, **more):
    probes = {name: Probe(3, 0) for name in ("logical", "decoded", "raw")}
    system = SystemResult(
        name="oltp_customers",
        dataset="public.customers",
        kind="postgresql",
        judgement=judgement or judge(probes),
        action=action,
        amounts={"rows": 3},
        done_at=AT,
        purged_at=AT,
        probes=probes,
        residuals=(),
        attempts=1,
    )
    return build(
        req_id="DEL-2026-09-06-0183",
        tokens=[("email", "hmac-sha256:aa")],
        hints=[("email", "u•••@e•••.com")],
        submitted_at=AT,
        completed_at=AT,
        systems=[system],
        queries=[Verification("oltp_customers", 0, AT)],
        more=more,
    )


def test_the_keys_that_the_programme_fixed_are_all_there_and_mean_the_same():
    made = proof()
    assert set(made) >= {
        "req_id",
        "subject_ids",
        "submitted_at",
        "completed_at",
        "systems",
        "verification_hash",
        "retention_policy",
    }
    assert made["systems"][0]["name"] == "oltp_customers"
    assert made["systems"][0]["rows"] == 3
    assert made["systems"][0]["ts"] == "2026-09-06T18:22:10Z"
    assert made["systems"][0]["status"] == "deleted"
    assert made["retention_policy"] == "artifact retained 3 years"


def test_the_artifact_is_canonical_json_without_floats():
    assert rfc8785.dumps(proof()) == rfc8785.dumps(json.loads(rfc8785.dumps(proof())))
    with pytest.raises(ValueError, match=r"artifact\.clocks\.hours is a float"):
        proof(clocks={"hours": 1.5})


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="needs its zone"):
        verification_hash([Verification("t", 0, datetime(2026, 9, 6))])  # noqa: DTZ001 the refusal is the point


@pytest.mark.parametrize(
    ("action", "verdict", "status"),
    [
        (Verb.DELETE, Verdict.ERASED, "deleted"),
        (Verb.SHRED, Verdict.ERASED, "key_shredded"),
        (Verb.ANONYMISE, Verdict.ERASED, "anonymised"),
        (Verb.REDACT, Verdict.ERASED, "redacted"),
        (Verb.ATTEST, Verdict.NOT_PROBED, "attested"),
        (Verb.ANONYMISE, Verdict.FAILED, "failed"),
        (Verb.ANONYMISE, Verdict.RESIDUAL, "tombstoned"),
    ],
)
def test_masking_and_attesting_are_never_called_deleting(action, verdict, status):
    (system,) = proof(action=action, judgement=Judgement(verdict, "As it is."))["systems"]
    assert (system["action"], system["status"]) == (action.value, status)
    assert (system["status"] == "deleted") == (action is Verb.DELETE)


def test_two_runs_of_the_same_work_differ_in_times_and_attempts_only():
    first, second = proof(), proof()
    second["systems"][0] |= {"attempts": 4, "ts": "2026-09-07T01:00:00Z"}
    assert without_run(first) == without_run(second)
    second["systems"][0]["rows"] = 2
    assert without_run(first) != without_run(second)


def test_the_schema_is_one_and_lists_every_status_verdict_and_action_that_the_code_has():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    system = SCHEMA["$defs"]["system"]["properties"]
    assert set(system["verdict"]["enum"]) == set(Verdict)
    assert set(system["action"]["enum"]) == set(Verb)
    assert set(system["status"]["enum"]) == {*STATUS.values(), *artifact.STATUS_OF.values()}
    assert set(system["place"]["enum"]) == {place.name.lower() for place in Place}
