"""How names join: the rewrite rules with their preview, and the merges that people said."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from lineage_app.domain.rewrites import RuleRefused
from lineage_app.forms.names import RuleForm
from lineage_app.models import RewriteRule
from lineage_app.selectors import merges, rewrites
from lineage_app.services.rewrites import add_rule, remove_rule
from portal.core.identity.access import requires
from portal.core.identity.policies import Act, may
from portal.core.web.idempotency import key_of

SHOWN = 50


@requires(Act.READ)
@require_GET
def names(request: HttpRequest) -> HttpResponse:
    """Show the rules in force, what is being projected anew, and the merges."""
    context = {
        "rules": rewrites.rows_in_force(),
        "removed": rewrites.removed_rules()[:SHOWN],
        "merges": merges.merges_in_force()[:SHOWN],
        "merge_count": merges.merges_in_force().count(),
        "undone": merges.undone_merges()[:SHOWN],
        "work": rewrites.redoings_at_work(),
        "may_write": may(request.user, Act.ADMINISTER),
        "may_undo": may(request.user, Act.ADMINISTER) or may(request.user, Act.SIGN_PRODUCER),
    }
    return render(request, "lineage_app/names.html", context)


@requires(Act.ADMINISTER)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Ask for a rule, show what it would do, and put it in force when that is sent."""
    asked = request.POST or request.GET
    form = RuleForm(asked if "pattern" in asked else None, initial={"position": rewrites.rows_in_force().count() + 1})
    valid = form.is_bound and form.is_valid()
    if request.method == "POST" and valid:
        wanted = form.cleaned_data
        try:
            row = add_rule(user=request.user, rule=wanted["rule"], position=wanted["position"], key=key_of(request))
        except RuleRefused as refused:  # another rule came between the preview and this
            form.add_error("pattern", str(refused))
        else:
            messages.success(request, "The rule is in force. What it touches is being projected anew.")
            return redirect(row)
    shown = None
    if valid and not form.errors:
        shown = rewrites.preview(form.cleaned_data["rule"], form.cleaned_data["position"])
    context = {"form": form, "preview": shown, "most": SHOWN}
    return render(request, "lineage_app/names_rule_add.html", context, status=422 if form.errors else 200)


@requires(Act.READ)
@require_GET
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one rule, who put it in force, and how far its projecting anew has come."""
    row = _rule_or_404(pk)
    work, writes = rewrites.redoing_of(row), may(request.user, Act.ADMINISTER)
    at_rest = row.removed_at is None and (work is None or work.finished_at is not None)
    context = {
        "rule": row,
        "work": work,
        "touched": rewrites.count_subjects(rewrites.touched_by(row.rule, adding=False)) if writes and at_rest else None,
        "may_write": writes,
    }
    return render(request, "lineage_app/names_rule.html", context)


@requires(Act.ADMINISTER)
@require_http_methods(["POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a rule back."""
    row = remove_rule(user=request.user, row=_rule_or_404(pk))
    messages.success(request, "The rule is taken back. What it may have named is being projected anew.")
    return redirect(row)


def _rule_or_404(pk: int) -> RewriteRule:
    row = rewrites.rule_row(pk)
    if row is None:
        raise Http404("No rewrite rule has this number: see the list of names.")
    return row
