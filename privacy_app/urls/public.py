"""The subject's own pages: asking, and following the request by a secret link."""

from django.urls import path

from privacy_app.views import public

urlpatterns = [
    path("ask/", public.ask, name="intake"),
    path("status/<reference:req_id>/<str:secret>/", public.status, name="status"),
    path("status/<reference:req_id>/<str:secret>/code/", public.resend, name="status-code"),
    path("status/<reference:req_id>/<str:secret>/go-on/", public.go_on, name="status-go-on"),
    path("status/<reference:req_id>/<str:secret>/withdraw/", public.withdraw, name="status-withdraw"),
    path("status/<reference:req_id>/<str:secret>/proof.zip", public.own_proof, name="status-proof"),
]
