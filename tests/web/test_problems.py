"""Whatever goes wrong under /api/ is told to programs as a problem document, never as a page."""

import json

import pytest
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.test import RequestFactory

from portal.core.web.problems import MEDIA_TYPE, ProblemsMiddleware


@pytest.mark.parametrize(
    ("address", "method", "status"),
    [
        ("/api/v1/no-such-operation", "get", 404),
        ("/api/v1/schema", "post", 405),
        ("/api/v1/throttle/a%00b", "get", 400),
    ],
)
def test_an_unknown_address_a_wrong_method_and_a_broken_address_are_problems(client, db, address, method, status):
    answer = getattr(client, method)(address)
    assert (answer.status_code, answer["Content-Type"]) == (status, MEDIA_TYPE)
    assert answer.json()["status"] == status
    assert answer.json()["detail"].endswith(".")
    assert answer.json()["request_id"] == answer["X-Request-ID"]


def test_a_page_of_errors_stays_a_page_elsewhere(client, db):
    answer = client.get("/no-such-page/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/html; charset=utf-8")


def through(answer, path="/api/v1/x"):
    return ProblemsMiddleware(lambda _: answer)(RequestFactory().get(path))


def test_what_the_answer_said_in_its_headers_is_kept():
    assert through(HttpResponseNotAllowed(["GET", "HEAD"]))["Allow"] == "GET, HEAD"
    busy = through(HttpResponse("<h1>busy</h1>", status=503, headers={"Retry-After": "7"}))
    assert (busy["Retry-After"], json.loads(busy.content)["title"]) == ("7", "Service Unavailable")


def test_json_and_good_answers_pass_untouched():
    assert through(JsonResponse({"own": "words"}, status=422)).content == b'{"own": "words"}'
    assert through(HttpResponse("<p>fine</p>")).content == b"<p>fine</p>"


def test_a_fault_of_ours_says_so_and_names_nothing_of_it():
    answer = through(HttpResponse("<h1>Traceback</h1>", status=500))
    assert json.loads(answer.content)["title"] == "Our fault"
    assert b"Traceback" not in answer.content
