"""Approving many plans at once, and the head of data's signature over those of high risk."""

from django.urls import path

from privacy_app.views import approvals

urlpatterns = [
    path("approve/", approvals.waiting, name="to-approve"),
    path("approve/check/", approvals.check, name="bulk-approve"),
    path("requests/<reference:req_id>/approve-high-risk/", approvals.high_risk_page, name="approve-high-risk"),
    path("requests/<reference:req_id>/refuse-high-risk/", approvals.refuse_high_risk, name="refuse-high-risk"),
]
