"""Which outputs may be registered: opaque ids, with what made them, and nobody's address."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.pages.provenance.domain.output_ids import BadOutput, registered

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
GOOD = {"namespace": "demo", "output_id": "answer-7731", "run_id": "r-1"}


def test_an_output_without_a_time_was_made_when_it_was_registered() -> None:
    kept = registered(GOOD, now=NOW)
    assert (kept.key, kept.run_id, kept.made_at) == (("demo", "answer-7731"), "r-1", NOW)


def test_a_model_and_its_version_stand_for_the_run() -> None:
    kept = registered({**GOOD, "run_id": None, "model": "demo/churn", "model_version": "3"}, now=NOW)
    assert (kept.model, kept.model_version, kept.run_id) == ("demo/churn", "3", "")


@pytest.mark.parametrize(
    "output_id",
    ["ana@example.com", "answers/ana%40example.com", "mail:ana@example", "00491701234567", "+491701234567"],
)
def test_an_id_that_looks_like_a_persons_address_or_number_is_refused_and_not_repeated(output_id) -> None:
    with pytest.raises(BadOutput) as refused:
        registered({**GOOD, "output_id": output_id}, now=NOW)
    assert output_id not in str(refused.value)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "answer",
        {**GOOD, "output_id": ""},
        {**GOOD, "output_id": "a" * 201},
        {**GOOD, "output_id": "a b"},
        {**GOOD, "output_id": "a\x00"},
        {**GOOD, "output_id": 7},
        {**GOOD, "output_id": {"a": 1}},
        {**GOOD, "namespace": ""},
        {**GOOD, "run_id": ""},
        {**GOOD, "run_id": "of ana@example.com"},
        {**GOOD, "model": "demo/churn"},
        {**GOOD, "model_version": "3"},
        {**GOOD, "digest": "sha256:short"},
        {**GOOD, "digest": "md5:" + "0" * 32},
        {**GOOD, "made_at": "yesterday"},
        {**GOOD, "made_at": "2026-03-01"},
        {**GOOD, "made_at": 7},
        {**GOOD, "made_at": (NOW + timedelta(hours=1)).isoformat()},
        {**GOOD, "subject": "ana"},
    ],
)
def test_what_is_badly_formed_is_refused_with_a_sentence(sent) -> None:
    with pytest.raises(BadOutput, match=r"\.$"):
        registered(sent, now=NOW)
