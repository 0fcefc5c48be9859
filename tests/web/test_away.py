"""A server of the portal's own that is away is a 503 that asks to come again; every other fault stays a fault."""

import psycopg
import pytest
from django.db import DataError, OperationalError
from django.test import RequestFactory
from redis.exceptions import ConnectionError as CacheAway
from redis.exceptions import DataError as CacheMisused

from portal.core.web.away import answer_to
from portal.core.web.problems import MEDIA_TYPE


def lost(state):
    error = OperationalError("server closed the connection; value ana@example.com")
    cause = psycopg.OperationalError()
    cause.sqlstate = state
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("error", [CacheAway("refused"), lost(None), lost("57P01"), lost("08006"), lost("53300")])
def test_people_get_a_page_and_programs_a_problem_and_both_are_told_when_to_come_again(error):
    page = answer_to(RequestFactory().post("/privacy/ask/"), error)
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert "A part of the portal is away" in page.content.decode()
    told = answer_to(RequestFactory().post("/api/v1/privacy/requests"), error)
    assert (told.status_code, told["Content-Type"], told["Retry-After"]) == (503, MEDIA_TYPE, "5")
    assert b"ana@example.com" not in page.content + told.content


@pytest.mark.parametrize("error", [ValueError("x"), DataError("x"), CacheMisused("x"), lost("57014"), lost("40P01")])
def test_another_fault_is_not_taken_for_it(error):
    assert answer_to(RequestFactory().get("/"), error) is None
