"""Recipients of personal data."""

from django.urls import path

from privacy_app.views import recipients

urlpatterns = [
    path("recipients/", recipients.register, name="recipients"),
    path("recipients/new/", recipients.edit, name="recipient-new"),
    path("recipients/<int:pk>/", recipients.edit, name="recipient"),
    path("requests/<reference:req_id>/told/", recipients.told, name="told"),
    path("requests/<reference:req_id>/told/<int:pk>/", recipients.receipt, name="receipt"),
    path("told/<reference:req_id>/<str:token>/", recipients.acknowledge, name="acknowledge"),
]
