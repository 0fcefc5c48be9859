"""The request's own data and its end."""

from django.urls import path

from privacy_app.views import records

urlpatterns = [
    path("requests/<reference:req_id>/record/", records.record, name="record"),
    path("requests/<reference:req_id>/record/extend/", records.extend, name="record-extend"),
    path("requests/<reference:req_id>/record/end/", records.end_extension, name="record-end"),
]
