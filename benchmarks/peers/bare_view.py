"""The peer of benchmarks.ingest: Django with no middleware, one view, one INSERT."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import environment

settings.configure(
    ROOT_URLCONF=__name__,
    SECRET_KEY="only for this benchmark",
    ALLOWED_HOSTS=["127.0.0.1"],
    MIDDLEWARE=[],
    DATABASES={"default": environment.database(os.environ["DATABASE_URL"]) | {"CONN_MAX_AGE": 60}},
)
django.setup()


def view(request: HttpRequest) -> HttpResponse:
    """Keep the body."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bare (body) VALUES (%s)", [request.body.decode()])
    return HttpResponse(status=201)


urlpatterns = [path("", view)]
application = WSGIHandler()
