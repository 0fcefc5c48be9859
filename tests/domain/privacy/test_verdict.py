"""The verdict table: each row, and that no probe speaks for another."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy_app.domain.verdict import (
    PROBES,
    STRENGTH,
    Judgement,
    Probe,
    Residual,
    Verdict,
    completes,
    headline,
    judge,
    weakest,
)

CLEAN, STILL, NEVER = Probe(2, 0), Probe(2, 2), Probe(0, 0)
UNPROBED = Probe(None, None, reason="managed database, no file access")
DECEMBER = Residual("write-ahead log", date(2026, 12, 22))
VERSIONS = Residual("old versions", date(2026, 12, 22), hits=1, covers=("decoded", "raw"))


def three(logical=CLEAN, decoded=CLEAN, raw=CLEAN):
    return {"logical": logical, "decoded": decoded, "raw": raw}


@pytest.mark.parametrize(
    ("probes", "residuals", "verdict", "status"),
    [
        (three(logical=STILL), [], Verdict.FAILED, "failed"),
        (three(), [], Verdict.ERASED, "deleted"),
        (three(raw=STILL), [VERSIONS], Verdict.RESIDUAL, "tombstoned"),
        (three(raw=STILL), [DECEMBER], Verdict.FAILED, "failed"),
        (three(decoded=STILL), [VERSIONS], Verdict.RESIDUAL, "tombstoned"),
        (three(), [Residual("server log", None, hits=0)], Verdict.ERASED, "deleted"),
        (three(), [Residual("replica", None)], Verdict.FAILED, "failed"),
        ({"logical": CLEAN}, [], Verdict.NOT_PROBED, "not_probed"),
        (three(), [DECEMBER], Verdict.RESIDUAL, "tombstoned"),
        (three(raw=STILL), [], Verdict.FAILED, "failed"),
        (three(raw=STILL), [Residual("replica", None)], Verdict.FAILED, "failed"),
        (three(NEVER, NEVER, NEVER), [], Verdict.NO_BASELINE, "not_found"),
        (three(NEVER, NEVER, Probe(0, 1)), [], Verdict.FAILED, "failed"),
        (three(raw=UNPROBED), [], Verdict.NOT_PROBED, "not_probed"),
        (three(logical=UNPROBED), [], Verdict.NOT_PROBED, "not_probed"),
        ({}, [], Verdict.NOT_PROBED, "not_probed"),
    ],
)
def test_each_row_of_the_verdict_table(probes, residuals, verdict, status):
    judgement = judge(probes, residuals)
    assert (judgement.verdict, judgement.status) == (verdict, status)


def test_a_residual_says_until_when_and_an_unprobed_system_says_why():
    assert judge(three(raw=STILL), [VERSIONS]).until == date(2026, 12, 22)
    assert "2026-12-22" in judge(three(raw=STILL), [VERSIONS]).sentence
    assert "managed database, no file access" in judge(three(raw=UNPROBED)).sentence


def test_a_log_that_expires_never_excuses_bytes_in_the_live_files():
    assert judge(three(raw=STILL), [DECEMBER]).sentence == "The raw probe still finds the subject."


def test_an_exemption_is_shown_as_one_even_where_data_stays():
    judgement = judge(three(logical=STILL), exemption="tax law, until 2031-12-31")
    assert judgement.status == "exempt"
    assert "tax law" in judgement.sentence


def test_a_request_completes_only_with_what_was_shown_or_accepted():
    assert completes(judge(three()))
    assert completes(judge(three(raw=STILL), [VERSIONS]))
    assert not completes(judge(three(logical=STILL)))
    assert not completes(judge(three(raw=UNPROBED)))
    assert completes(judge(three(raw=UNPROBED)), accepted_unprobed=True)
    assert not completes(judge(three(logical=STILL)), accepted_unprobed=True)


def test_the_headline_claims_no_more_than_the_weakest_system():
    erased, failed = judge(three()), judge(three(logical=STILL))
    assert headline([erased]) == "Deleted, and shown to be gone from every system."
    assert headline([erased, failed]).startswith("Not complete")
    assert "2026-12-22" in headline([erased, judge(three(raw=STILL), [VERSIONS])])
    assert headline([judge(three(NEVER, NEVER, NEVER))]).startswith("Not found")


counts = st.integers(0, 3)
probe = st.builds(Probe, counts, counts) | st.just(UNPROBED)


@given(st.fixed_dictionaries(dict.fromkeys(PROBES, probe)), st.sampled_from([[], [DECEMBER]]))
def test_erased_is_said_only_when_every_probe_ran_and_is_clean(probes, residuals):
    judgement = judge(probes, residuals)
    if judgement.verdict is Verdict.ERASED:
        assert all(each.after == 0 for each in probes.values())
        assert not residuals
    if probes["logical"].after:
        assert judgement.verdict is Verdict.FAILED


@given(st.lists(st.sampled_from(Verdict), min_size=1))
def test_the_weakest_verdict_is_never_stronger_than_any_system(verdicts):
    found = weakest(Judgement(each, "") for each in verdicts)
    assert all(STRENGTH[found] <= STRENGTH[each] for each in verdicts)
