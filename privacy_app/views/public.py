"""What the public sees: the questions, the reference, and the subject's own page behind its secret link.

Answers travel in the form itself, so no session and no URL ever holds an identifier. Everybody gets the same answer.
"""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.clock.services import now
from portal.core.evidence.selectors import read_artifact
from portal.core.identity.access import public
from portal.core.identity.actors import system_actor
from portal.core.web.idempotency import key_of
from privacy_app import limits, selectors
from privacy_app.domain.clocks import Law
from privacy_app.domain.notices import best_language
from privacy_app.domain.request import BEFORE_APPROVAL, State, TransitionRefused
from privacy_app.domain.status_words import Because, what_next
from privacy_app.forms.public import QUESTIONS, CodeForm, IntakeForm
from privacy_app.models import Identifier, Pause, Request
from privacy_app.services import identity, intake, lifecycle
from privacy_app.services.notices import remedies_of
from privacy_app.states import REQUEST

SUBJECT = "privacy.subject"
CHECK = len(QUESTIONS)


@public("anybody may ask for the deletion of their data")
@never_cache
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """One question a page, then the answers to check, then the reference."""
    if request.method == "GET":
        return _question(request, 0, QUESTIONS[0](), {})
    step = min(int(step), CHECK) if (step := request.POST.get("step", "")).isdecimal() else 0
    if step == CHECK:
        return _receive(request)
    if "back" in request.POST:
        return _question(request, step, QUESTIONS[step](initial=_answers(request)), _answers(request))
    form = QUESTIONS[step](request.POST)
    if not form.is_valid():
        return _question(request, step, form, _answers(request), status=422)
    if step + 1 == CHECK:
        return _check(request)
    return _question(request, step + 1, QUESTIONS[step + 1](initial=_answers(request)), _answers(request))


def _answers(request: HttpRequest) -> dict[str, str]:
    return {name: request.POST[name] for name in IntakeForm.base_fields if name in request.POST}


def _question(request: HttpRequest, step: int, form: Any, answers: dict[str, str], status: int = 200) -> HttpResponse:
    carried = {name: value for name, value in answers.items() if name not in form.fields}
    context = {"form": form, "step": step, "number": step + 1, "total": CHECK, "carried": carried}
    return render(request, "privacy_app/ask.html", context, status=status)


def _check(request: HttpRequest, status: int = 200) -> HttpResponse:
    form = IntakeForm(request.POST)
    form.is_valid()
    rows = [(index, form[name].label, _shown(form, name), name) for index, name in enumerate(form.fields)]
    context = {"form": form, "rows": rows, "answers": _answers(request), "step": CHECK}
    return render(request, "privacy_app/ask_check.html", context, status=status)


def _shown(form: IntakeForm, name: str) -> str:
    value = form.data.get(name, "")
    return dict(getattr(form.fields[name], "choices", ())).get(value, value) or "Not given"


def _receive(request: HttpRequest) -> HttpResponse:
    form = IntakeForm(request.POST)
    if not form.is_valid():
        return _check(request, status=422)
    if limits.too_often(request, "intake", limits.INTAKES_AN_HOUR):
        return render(request, "privacy_app/too_often.html", status=429)
    given = form.cleaned_data
    made = intake.receive(
        actor=system_actor("privacy.intake"),
        channel=Request.Channel.FORM,
        email=given["email"],
        claims={"customer_id": given["customer_id"]},
        law=Law(given["law"]),
        idempotency_key=f"form:{key_of(request)}",
        origin=intake.Origin(
            language=best_language(request.headers.get("Accept-Language", "")), more_emails=[given["second_email"]]
        ),
    )
    return render(request, "privacy_app/ask_done.html", {"reference": made.req_id})


def _of_link(req_id: str, secret: str) -> Request:
    found = selectors.request_of_secret(req_id, secret)
    if found is None:
        raise Http404("This link is not valid. Use the link of the newest message from us.")
    return found


def _status_page(request: HttpRequest, found: Request, secret: str, form: CodeForm, status: int = 200) -> HttpResponse:
    at, state = now(), State(found.state)
    pause = found.pauses.filter(ended_at=None, cause=Pause.Cause.STAFF).first()
    context = {
        "found": found,
        "secret": secret,
        "drawn": REQUEST[state],
        "next": what_next(state),
        "form": form,
        "slo": found.slo(at),
        "statutory": found.statutory(at),
        "pause": pause,
        "addresses": _addresses(found) if state is State.IDENTITY_PENDING else (),
        "may_go_on": state is State.IDENTITY_PENDING and identity.proved(found),
        "may_withdraw": _may_withdraw(found),
        "remedies": remedies_of(found),
        "older": found.duplicate_of and REQUEST[found.duplicate_of.state],
    }
    response = render(request, "privacy_app/status.html", context, status=status)
    response["Referrer-Policy"] = "same-origin"  # no outsider learns the link, and CSRF still sees the origin
    return response


def _addresses(found: Request) -> list[tuple[str, str]]:
    """The given addresses, masked, and whether each is proved."""
    rows = found.identifiers.filter(kind="email").exclude(standing=Identifier.Standing.REFUSED)
    return [(selectors.hint_of(found, row.kind, row.sealed), row.standing) for row in rows]


def _may_withdraw(found: Request) -> bool:
    state = State(found.state)
    early = state in BEFORE_APPROVAL or state in (State.PAUSED, State.PROPAGATING)
    return early and found.destructive_from is None


@public("the subject's own page: whoever has its secret link")
@never_cache
@require_http_methods(["GET", "POST"])
def status(request: HttpRequest, req_id: str, secret: str) -> HttpResponse:
    """Where the request stands; takes the code."""
    found = _of_link(req_id, secret)
    if request.method == "GET":
        return _status_page(request, found, secret, CodeForm())
    if limits.too_often(request, "code", limits.CODES_AN_HOUR):
        return render(request, "privacy_app/too_often.html", status=429)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            identity.verify_code(request_id=found.pk, code=form.cleaned_data["code"])
        except identity.CodeRefused as refused:
            form.add_error("code", str(refused))
        else:
            messages.success(request, "Thank you. This address is proved to be yours.")
            return redirect("privacy:status", req_id=req_id, secret=secret)
    return _status_page(request, found, secret, form, status=422)


@public("the subject's own page: whoever has its secret link")
@require_POST
def resend(request: HttpRequest, req_id: str, secret: str) -> HttpResponse:
    """Send a fresh code."""
    found = _of_link(req_id, secret)
    try:
        sent = identity.send_code(request_id=found.pk)
    except TransitionRefused:
        sent = False
    text = "We sent a new code." if sent else "No code was sent: three an hour are enough, or none is needed now."
    messages.info(request, text)
    return redirect("privacy:status", req_id=req_id, secret=secret)


@public("the subject's own page: whoever has its secret link")
@require_POST
def go_on(request: HttpRequest, req_id: str, secret: str) -> HttpResponse:
    """Go on with the addresses that are proved so far."""
    found = _of_link(req_id, secret)
    try:
        identity.go_on(request_id=found.pk)
    except lifecycle.RequestRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Thank you. We go on with the addresses that you have proved.")
    return redirect("privacy:status", req_id=req_id, secret=secret)


@public("the subject's own page: whoever has its secret link")
@never_cache
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, req_id: str, secret: str) -> HttpResponse:
    """The subject thinks better of it, before anything was deleted: a page that says what it means, then the act."""
    found = _of_link(req_id, secret)
    if request.method == "GET":
        context = {"found": found, "secret": secret, "may": _may_withdraw(found)}
        response = render(request, "privacy_app/withdraw.html", context)
        response["Referrer-Policy"] = "same-origin"
        return response
    try:
        lifecycle.cancel(
            actor=system_actor(SUBJECT),
            request_id=found.pk,
            reason="Withdrawn by the subject.",
            because=Because.WITHDRAWN,
        )
    except TransitionRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Your request is withdrawn. Nothing was deleted.")
    return redirect("privacy:status", req_id=req_id, secret=secret)


@public("the subject's own page: whoever has its secret link")
@never_cache
@require_GET
def own_proof(_: HttpRequest, req_id: str, secret: str) -> HttpResponse:
    """The bundle, for the subject."""
    found = _of_link(req_id, secret)
    if not found.bundle_digest:
        raise Http404("There is no proof yet. It is made when every system has been checked.")
    response = HttpResponse(read_artifact(found.bundle_digest), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{found.req_id}.zip"'
    return response
