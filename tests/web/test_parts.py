"""The template tags and the parts behind them: what stands on the page."""

import json
import logging

import pytest
from django import forms
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.template import Context, Template
from django.test import RequestFactory
from rest_framework import exceptions

from portal.core.web import csp, icons, idempotency, logs, problems, request_ids
from portal.core.web.middleware import RequestIdMiddleware, SecurityHeadersMiddleware
from portal.core.web.states import KINDS


def render(source: str, **context: object) -> str:
    return Template("{% load custody %}" + source).render(Context(context))


@pytest.mark.parametrize("kind", KINDS)
def test_a_state_is_a_word_an_icon_and_a_colour(kind: str) -> None:
    drawn = render("{% state word kind %}", word="Signed & sealed", kind=kind)
    assert "Signed &amp; sealed" in drawn
    assert f"state--{kind}" in drawn
    assert f"icon--{kind}" in drawn


def test_an_unknown_kind_of_state_is_refused_instead_of_shown_as_harmless() -> None:
    with pytest.raises(ValueError, match="not 'green'"):
        render('{% state "Fine" "green" %}')


def test_every_icon_of_the_sprite_is_drawn_without_style_or_script() -> None:
    for name in icons.drawings():
        drawn = icons.icon(name)
        assert 'aria-hidden="true"' in drawn
        assert "style=" not in drawn
        assert "<script" not in drawn


def test_a_sparkline_says_its_range_in_words_and_leaves_a_gap_for_a_missing_value() -> None:
    drawn = render("{% sparkline values %}", values=[1, None, 3, 4])
    assert "3 values from 1 to 4, last 4" in drawn
    assert drawn.count("M") == 2
    assert "style=" not in drawn


def test_charts_without_values_say_so() -> None:
    assert "No values yet" in render("{% sparkline values %}{% bars values %}", values=[])


def test_a_digest_is_short_on_the_page_and_whole_in_its_title() -> None:
    drawn = render("{% digest value %}", value="sha256:" + "ab" * 32)
    assert ">abababababab</code>" in drawn
    assert 'title="sha256:' + "ab" * 32 in drawn


def test_a_time_is_absolute_with_its_zone_and_relative_to_the_portals_clock(db: None, clock) -> None:
    moment = clock.now()
    clock.move(hours=-3)
    drawn = render("{% when moment %}", moment=moment)
    assert "UTC" in drawn
    assert "in 3 h" in drawn or "in 2 h 59 min" in drawn


def test_a_time_that_never_came_is_said_in_words() -> None:
    assert "Not probed" in render('{% when None "Not probed" %}')


class Wish(forms.Form):
    days = forms.IntegerField(label="Days", min_value=1, help_text="Whole days.")
    colour = forms.ChoiceField(label="Colour", choices=[("r", "Red")], widget=forms.RadioSelect)
    secret = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        raise forms.ValidationError("The two do not go together.")


def test_the_error_summary_names_every_fault_and_leads_to_its_control() -> None:
    form = Wish({"days": "0"})
    drawn = render("{% errors form %}{% field form.days %}{% field form.colour %}", form=form)
    assert "There is a problem" in drawn
    assert "The two do not go together." in drawn
    assert "Secret: This field is required." in drawn
    for target in ("id_days", "id_colour_0"):
        assert f'href="#{target}"' in drawn
        assert f'id="{target}"' in drawn


def test_a_field_ties_its_hint_and_its_error_to_the_control() -> None:
    drawn = render("{% field form.days %}", form=Wish({"days": "0"}))
    assert 'aria-describedby="id_days-hint id_days-error"' in drawn
    assert 'aria-invalid="true"' in drawn
    assert 'id="id_days-hint"' in drawn


def test_no_error_summary_is_drawn_for_a_form_without_faults() -> None:
    assert "There is a problem" not in render("{% errors form %}", form=Wish())


def test_a_key_drawn_on_a_page_is_read_back_from_its_post() -> None:
    drawn = render("{% idempotency_key %}")
    key = drawn.split('value="')[1].split('"')[0]
    assert str(idempotency.key_of(RequestFactory().post("/", {"idempotency_key": key}))) == key
    assert str(idempotency.key_of(RequestFactory().post("/", headers={"Idempotency-Key": key}))) == key


def test_a_post_without_its_key_is_refused() -> None:
    with pytest.raises(BadRequest, match="without its key"):
        idempotency.key_of(RequestFactory().post("/", {"idempotency_key": "7"}))


def test_answers_carry_the_security_headers_unless_they_set_their_own() -> None:
    own = csp.header(style_src="'self' 'unsafe-inline'")
    plain = SecurityHeadersMiddleware(lambda request: HttpResponse("x"))(RequestFactory().get("/"))
    frame = csp.csp(style_src="'self' 'unsafe-inline'")(lambda request: HttpResponse("x"))
    framed = SecurityHeadersMiddleware(frame)(RequestFactory().get("/"))
    assert "style-src 'self';" in plain["Content-Security-Policy"]
    assert "unsafe" not in plain["Content-Security-Policy"]
    assert plain["Cache-Control"] == "no-store"
    assert framed["Content-Security-Policy"] == own


def test_a_rule_that_the_policy_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="object-src"):
        csp.header(object_src="'self'")


def test_the_request_id_is_taken_over_where_it_is_harmless_and_joins_log_and_answer() -> None:
    lines: list[str] = []

    def answer(request: object) -> HttpResponse:
        record = logging.LogRecord("x", logging.INFO, "f", 1, "hello %s", ("you",), None)
        logs.RequestIdFilter().filter(record)
        lines.append(logs.JsonFormatter().format(record))
        return HttpResponse("x")

    taken = RequestIdMiddleware(answer)(RequestFactory().get("/", headers={"X-Request-ID": "build-7-step-12"}))
    assert taken["X-Request-ID"] == "build-7-step-12"
    assert json.loads(lines[0])["request_id"] == "build-7-step-12"
    assert json.loads(lines[0])["message"] == "hello you"
    fresh = RequestIdMiddleware(answer)(RequestFactory().get("/", headers={"X-Request-ID": "<script>"}))
    assert "script" not in fresh["X-Request-ID"]
    assert request_ids.request_id.get() == ""


def test_a_logged_exception_keeps_its_trace_on_the_same_line() -> None:
    error = RuntimeError("no")
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "failed", (), (RuntimeError, error, None))
    line = logs.JsonFormatter().format(record)
    assert "\n" not in line
    assert "RuntimeError: no" in json.loads(line)["exception"]


def test_a_problem_document_has_the_members_of_rfc_9457_and_extras() -> None:
    answer = problems.problem(409, "Conflict", "Version 1.2.0 exists.", version="1.2.0")
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content) == {
        "type": "about:blank",
        "title": "Conflict",
        "status": 409,
        "detail": "Version 1.2.0 exists.",
        "version": "1.2.0",
    }


@pytest.mark.parametrize(
    ("error", "status", "word"),
    [
        (Http404(), 404, "Nothing is at this address."),
        (exceptions.ValidationError({"name": ["Too long."]}), 400, "errors"),
        (exceptions.Throttled(wait=3), 429, "throttled"),
        (exceptions.ParseError("Line 3 is not JSON."), 400, "Line 3 is not JSON."),
    ],
)
def test_exceptions_of_the_api_become_problem_documents(error: Exception, status: int, word: str) -> None:
    answer = problems.as_problem(error, {})
    assert answer is not None
    assert answer.status_code == status
    assert word in answer.content.decode()


def test_a_fault_of_ours_stays_a_fault() -> None:
    assert problems.as_problem(RuntimeError("x"), {}) is None
