"""The proof's JSON: the programme's keys, the published hash vectors, canonical bytes."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import rfc8785

from privacy_app.domain.artifact import SystemResult, Verification, build, verification_hash
from privacy_app.domain.verdict import Probe, judge

AT = datetime(2026, 9, 6, 18, 22, 10, tzinfo=UTC)
VECTORS = json.loads((Path(__file__).parent / "verification_hash.json").read_text())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["hash"][:15])
def test_the_verification_hash_follows_the_published_vectors(vector):
    queries = [Verification(name, count, datetime.fromisoformat(at)) for name, count, at in vector["queries"]]
    assert verification_hash(queries) == vector["hash"]
    assert verification_hash(reversed(queries)) == vector["hash"]
    assert hashlib.sha256(vector["canonical"].encode()).hexdigest() == vector["hash"].removeprefix("sha256:")


def proof(**more):
    probes = {name: Probe(3, 0) for name in ("logical", "decoded", "raw")}
    system = SystemResult(
        name="oltp_customers",
        dataset="public.customers",
        kind="postgresql",
        judgement=judge(probes),
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
