"""Legal holds and exemptions."""

from django.urls import path

from privacy_app.views import holds

urlpatterns = [
    path("holds/", holds.listing, name="holds"),
    path("holds/new/", holds.new, name="hold-new"),
    path("holds/<int:pk>/", holds.detail, name="hold"),
    path("holds/<int:pk>/review/", holds.review, name="hold-review"),
    path("holds/<int:pk>/release/", holds.release, name="hold-release"),
    path("requests/<reference:req_id>/erase-kept/", holds.erase_kept, name="erase-kept"),
]
