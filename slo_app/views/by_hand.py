"""SLOs set by hand: choose, fill in, see what it measures now, save; change, switch off and on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portal.core.catalog.models import Asset
from portal.core.catalog.selectors import asset_of_key, resolve_asset
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, require
from portal.core.web.idempotency import FIELD, key_of

from .. import selectors
from ..forms.settings import SettingsForm
from ..forms.slo import ChoiceForm, SloForm, defaults_of, values_of
from ..indicators.base import Indicator
from ..indicators.registry import find, kinds
from ..models import Slo
from ..selectors.own import own_assets
from ..services import by_hand as services
from ..services.trying import try_out

UNSENT = {"csrfmiddlewaretoken", FIELD, "do"}


@dataclass(slots=True)
class Draft:
    """What is being set: a new SLO of an asset, or one that exists, with the two forms of its terms."""

    asset: Asset
    kind: str
    indicator: Indicator
    slo: Slo | None
    terms: SloForm
    settings: SettingsForm

    @property
    def valid(self) -> bool:
        """Whether both forms are, and the indicator lacks nothing; every fault is listed at once."""
        if not all([self.terms.is_valid(), self.settings.is_valid()]):
            return False
        lacks = self.indicator.lacks(self.terms.facts["element"], self.settings.settings)
        if lacks:
            self.terms.add_error("element" if "element" in self.terms.fields else None, lacks)
        return not lacks

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of the model."""
        return self.terms.facts | {"settings": self.settings.settings, "incomplete": ""}


@requires(Act.SET_SLO)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Choose an asset and an indicator; then the terms."""
    form = ChoiceForm(request.GET or None, kinds=[(kind, each.label) for kind, each in kinds().items()])
    if not request.GET.get("kind") or not form.is_valid():
        return _choose(request, form)
    key = form.cleaned_data["asset"]
    asset = asset_of_key(key) or resolve_asset(key)
    if asset is None:
        form.add_error("asset", f"There is no asset “{key}”. Write its namespace, a slash and its name.")
        return _choose(request, form)
    require(request.user, Act.SET_SLO, asset)
    return _steps(request, asset, form.cleaned_data["kind"], None)


@requires(Act.SET_SLO)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the terms of an SLO set by hand; of a contract's, say where it is changed."""
    slo = selectors.slo_for(request.user, pk)
    require(request.user, Act.SET_SLO, slo.asset)
    if slo.contract or find(slo.kind) is None:
        return render(request, "slo_app/slo_fixed.html", {"slo": slo}, status=200 if request.method == "GET" else 409)
    return _steps(request, slo.asset, slo.kind, slo)


@requires(Act.SET_SLO)
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then stop measuring, or begin again."""
    slo = selectors.slo_for(request.user, pk)
    require(request.user, Act.SET_SLO, slo.asset)
    if slo.contract:
        return render(request, "slo_app/slo_fixed.html", {"slo": slo}, status=200 if request.method == "GET" else 409)
    if request.method == "GET":
        return render(request, "slo_app/slo_switch.html", {"slo": slo})
    on = request.POST.get("on") == "yes"
    services.switch_slo(user=request.user, slo=slo, on=on)
    messages.success(request, "It is measured again." if on else "It is not measured any more; its history stays.")
    return redirect(slo)


def _choose(request: HttpRequest, form: ChoiceForm) -> HttpResponse:
    """The first page; a chosen asset without an indicator is no mistake yet."""
    asked = bool(request.GET.get("kind"))
    if not asked:
        form = ChoiceForm(
            initial={"asset": request.GET.get("asset", "")},
            kinds=form.fields["kind"].choices,  # type: ignore[attr-defined]
        )
    context = {"form": form, "indicators": kinds(), "assets": own_assets(request.user)}
    return render(request, "slo_app/slo_choose.html", context, status=422 if asked else 200)


def _steps(request: HttpRequest, asset: Asset, kind: str, slo: Slo | None) -> HttpResponse:
    draft = _draft(request, asset, kind, slo)
    if request.method == "GET" or request.POST.get("do") == "edit":
        return _form(request, draft)
    if not draft.valid:
        return _form(request, draft, status=422)
    if request.POST.get("do") != "save":
        return _check(request, draft)
    try:
        saved = _save(request, draft)
    except ValidationError as error:
        draft.terms.add_error(None, error)
        return _form(request, draft, status=422)
    messages.success(request, "It is measured from now on." if slo is None else "It is measured by its new terms.")
    return redirect(saved)


def _save(request: HttpRequest, draft: Draft) -> Slo:
    if draft.slo is not None:
        return services.change_slo(user=request.user, slo=draft.slo, facts=draft.facts)
    return services.create_slo(
        user=request.user, asset=draft.asset, kind=draft.kind, facts=draft.facts, key=key_of(request)
    )


def _draft(request: HttpRequest, asset: Asset, kind: str, slo: Slo | None) -> Draft:
    indicator = kinds()[kind]
    data = request.POST if request.method == "POST" else None
    initial = values_of(slo) if slo else defaults_of(indicator, asset.owner_team)
    settings = SettingsForm(indicator, data, initial=slo.settings if slo else {})
    return Draft(asset, kind, indicator, slo, SloForm(indicator, data, initial=initial), settings)


def _form(request: HttpRequest, draft: Draft, status: int = 200) -> HttpResponse:
    return render(request, "slo_app/slo_form.html", {"draft": draft}, status=status)


def _check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What it would measure now, before anything is kept."""
    sent = [(name, value) for name, values in request.POST.lists() if name not in UNSENT for value in values]
    tried = try_out(user=request.user, asset=draft.asset, kind=draft.kind, facts=draft.facts)
    return render(request, "slo_app/slo_check.html", {"draft": draft, "sent": sent, "tried": tried})
