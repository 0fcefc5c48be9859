"""Where the pages and the API of contracts lie."""

from django.urls import path

from contracts_app import api, api_checks, api_formats, api_git, api_life
from contracts_app.views import (
    answers,
    author,
    checks,
    comparing,
    coverage,
    evidence,
    exports,
    imports,
    listing,
    pages,
    patches,
    proposing,
    queue,
    steps,
    subscriptions,
    waivers,
)

app_name = "contracts"
urlpatterns = [
    path("", listing.contract_list, name="list"),
    path("new/", author.new_contract, name="new"),
    path("import/", imports.import_contract, name="import"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage.csv", coverage.coverage_csv, name="coverage-csv"),
    path("queue/", queue.approval_queue, name="queue"),
    path("subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/<int:pk>/end/", subscriptions.unfollow, name="unfollow"),
    path("<int:pk>/follow/", subscriptions.follow, name="follow"),
    path("<int:pk>/", pages.contract_page, name="page"),
    path("<int:pk>/edit/", author.edit_contract, name="edit"),
    path("<int:pk>/compare/", comparing.compare_versions, name="compare"),
    path("versions/<int:pk>/patch/", patches.patch, name="patch"),
    path("versions/<int:pk>/export/<slug:key>/", exports.download, name="export"),
    path("versions/<int:pk>/export/<slug:key>/make/", exports.make, name="export-make"),
    path("versions/<int:pk>/propose/", proposing.propose, name="propose"),
    path("versions/<int:pk>/withdraw/", steps.withdraw, name="withdraw"),
    path("versions/<int:pk>/sign/", steps.sign, name="sign"),
    path("versions/<int:pk>/test/", checks.test, name="test"),
    path("versions/<int:pk>/readiness/", checks.readiness, name="readiness"),
    path("waivers/", waivers.waiver_list, name="waivers"),
    path("waivers/new/", waivers.new_waiver, name="new_waiver"),
    path("waivers/<int:pk>/", waivers.waiver_page, name="waiver"),
    path("waivers/<int:pk>/sign/", waivers.sign_waiver, name="sign_waiver"),
    path("waivers/<int:pk>/revoke/", waivers.revoke_waiver, name="revoke_waiver"),
    path("tests/<int:pk>/", checks.run, name="test-run"),
    path("versions/<int:pk>/evidence/", evidence.bundle, name="evidence"),
    path("versions/<int:pk>/answer/", answers.answer, name="answer"),
    path("versions/<int:pk>/overrule/<int:team>/", answers.overrule, name="overrule"),
    path("versions/<int:pk>/grounds/", answers.grounds, name="grounds"),
]
api_urlpatterns = [
    path("contracts", api_git.active_list, name="contracts-list"),
    path("contracts/push", api_git.push, name="contracts-push"),
    path("contracts/lint", api.lint, name="contracts-lint"),
    path("contracts/import/<slug:key>", api_formats.convert, name="contracts-import"),
    path("contracts/<str:name>/export/<slug:key>", api_formats.export, name="contracts-export"),
    path("contracts/<str:name>/active", api.active, name="contracts-active"),
    path("contracts/<str:name>/conditions", api_life.conditions, name="contracts-conditions"),
    path("contracts/<str:name>/test", api_checks.test, name="contracts-test"),
    path("contracts/<str:name>/tests/latest", api_checks.latest, name="contracts-test-latest"),
    path("contracts/<str:name>/tests/<int:number>", api_checks.run, name="contracts-test-run"),
]
