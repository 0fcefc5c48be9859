"""Who is held back, by what, and what a consumer asks."""

from django.urls import path

from ..api import throttle as api
from ..views import consumers, throttle

urlpatterns = [
    path("throttle/", throttle.throttled, name="throttle"),
    path("throttle/assets/<int:pk>/", throttle.asset, name="throttle-asset"),
    path("throttle/assets/<int:pk>/override/", throttle.new_override, name="throttle-override"),
    path("throttle/assets/<int:pk>/way/", throttle.way, name="throttle-way"),
    path("throttle/overrides/<int:pk>/end/", throttle.end, name="throttle-end"),
    path("throttle/consumers/", consumers.listing, name="consumers"),
    path("throttle/consumers/set/", consumers.put, name="consumer-set"),
    path("throttle/classes/<slug:key>/", consumers.edit_class, name="consumer-class"),
    path("<int:pk>/throttle/", throttle.preview, name="throttle-preview"),
]
api_urlpatterns = [
    path("throttle/<path:asset>", api.throttle, name="throttle"),
]
