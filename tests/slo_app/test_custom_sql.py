"""The programme's own statement as an SLO: its form, a look at real data, and refusals where people see them."""

from decimal import Decimal

import pytest

from slo_app.domain.measurement import Result
from slo_app.forms.settings import SettingsForm
from slo_app.indicators.registry import find
from slo_app.models import Slo
from slo_app.probing import look
from tests.slo_app.estate import asset_on, freshness_of

pytestmark = pytest.mark.django_db
PROGRAMME = """
SELECT SUM(CASE WHEN amount < 0 THEN 1 ELSE 0 END) AS neg_amount_rows, COUNT(*) AS total_rows
FROM events WHERE event_ts >= DATEADD('hour', -1, CURRENT_TIMESTAMP);
"""
SHARE = {"sql": PROGRAMME, "bad": "neg_amount_rows", "total": "total_rows"}


def form(**given: str) -> SettingsForm:
    return SettingsForm(find("custom_sql"), {f"setting-{name}": value for name, value in given.items()})


def looked(asset, settings):
    slo = freshness_of(asset, kind="custom_sql", name="amounts", element="", settings=settings)
    return look(Slo.objects.get(pk=slo.pk)).reading


def test_the_form_takes_the_programmes_statement_and_keeps_it_as_it_is():
    filled = form(**SHARE, dialect="snowflake")
    assert filled.is_valid(), filled.errors
    assert filled.settings == {**SHARE, "sql": PROGRAMME.strip(), "dialect": "snowflake"}


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"sql": "SELECT pg_read_file('x') AS v FROM {asset}", "value": "v"}, "sql", "is not allowed"),
        ({"sql": "DROP TABLE events", "value": "v"}, "sql", "exactly one SELECT"),
        ({"sql": PROGRAMME, "value": "nope"}, "value", "has no column “nope”"),
        ({"sql": PROGRAMME, "total": "total_rows"}, "total", "one of good and bad"),
        ({"sql": PROGRAMME, "value": "a", "total": "total_rows"}, "value", "either the value"),
    ],
)
def test_the_form_refuses_at_the_field_what_could_not_be_measured(given, field, said):
    filled = form(**given, dialect="snowflake")
    assert not filled.is_valid()
    assert said in str(filled.errors[field])


def test_a_look_measures_it_on_real_data(planted, world, monkeypatch, event):
    planted.fill(event(1, 5), event(2, 10, amount=-1), event(3, 20), event(4, 30), event(5, 600, amount=-1))
    reading = looked(asset_on(planted, world, monkeypatch), SHARE)
    assert (reading.value, reading.good, reading.total) == (Decimal(75), 3, 4), reading


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT count(*) AS v FROM pg_catalog.pg_authid", "not this SLO's asset"),
        ("SELECT max(nope) AS v FROM events", "no column “nope”"),
        ("SELECT kind AS v FROM events", "rows where exactly one is wanted"),
    ],
)
def test_what_cannot_run_is_a_failed_probe_with_a_sentence_and_never_green(
    planted, world, monkeypatch, event, sql, said
):
    planted.fill(event(1), event(2))
    reading = looked(asset_on(planted, world, monkeypatch), {"sql": sql, "value": "v"})
    assert (reading.result, reading.value) == (Result.PROBE_ERROR, None)
    assert said in reading.reason
