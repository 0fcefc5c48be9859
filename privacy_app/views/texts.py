"""The letters to the subject, which staff edit, preview with sample values, and put back to the built-in texts."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portal.core.identity.access import requires
from portal.core.identity.policies import Act
from privacy_app import selectors
from privacy_app.domain.letters import BUILT_IN, SAMPLE
from privacy_app.domain.notices import DEFAULT_LANGUAGE, LANGUAGES, Notice, Text, fill
from privacy_app.forms.texts import NoticeForm
from privacy_app.services import texts as services
from privacy_app.services.notices import text_of


@requires(Act.READ_REQUESTS)
@require_GET
def texts(request: HttpRequest) -> HttpResponse:
    """The letters to the subject, in one language."""
    language = _language(request)
    own = selectors.notice_texts(language)
    rows = [(kind, own.get(kind)) for kind in Notice]
    return render(request, "privacy_app/texts.html", {"rows": rows, **_choice(language)})


@requires(Act.READ_REQUESTS)
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, kind: str) -> HttpResponse:
    """One letter's text: *Preview* shows it with sample values and keeps nothing, *Save* keeps it."""
    notice, language = _notice(kind), _language(request)
    present = text_of(notice, language)
    form = NoticeForm(notice, request.POST or None, initial=present._asdict())
    shown = present
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if "preview" not in request.POST:
            services.change_text(user=request.user, kind=notice, language=language, **given)
            messages.success(request, "The text is changed. Letters already sent stay as they were.")
            return redirect(f"{request.path}?language={language}")
        shown = Text(given["subject"], given["body"])
    context = {"form": form, **_page(notice, language, shown)}
    return render(request, "privacy_app/text.html", context, status=422 if form.is_bound and form.errors else 200)


@requires(Act.READ_REQUESTS)
@require_POST
def restore(request: HttpRequest, kind: str) -> HttpResponse:
    """Back to the built-in text."""
    notice, language = _notice(kind), _language(request)
    if services.restore_text(user=request.user, kind=notice, language=language):
        messages.success(request, "The built-in text is used again.")
    else:
        messages.info(request, "The built-in text was in use already.")
    return redirect("privacy:text", kind=kind)


def _notice(kind: str) -> Notice:
    if kind not in list(Notice):
        raise Http404("There is no such letter.")
    return Notice(kind)


def _language(request: HttpRequest) -> str:
    asked = request.POST.get("language") or request.GET.get("language", DEFAULT_LANGUAGE)
    return asked if asked in LANGUAGES else DEFAULT_LANGUAGE


def _choice(language: str) -> dict[str, Any]:
    return {"language": language, "language_name": LANGUAGES[language], "languages": LANGUAGES.items()}


def _page(notice: Notice, language: str, shown: Text) -> dict[str, Any]:
    return {
        "kind": notice,
        "built_in": BUILT_IN[notice],
        "preview": Text(fill(shown.subject, SAMPLE), fill(shown.body, SAMPLE)),
        "own": selectors.notice_texts(language).get(notice),
        "history": selectors.text_history(notice, language)[:20],
        **_choice(language),
    }
