"""docs/security.md claims no test that is not there; and what it says of cookies holds."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))


def test_the_page_names_many_tests() -> None:
    assert len(NAMED) > 80
    assert PAGE.count(".py::") == len(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)), "a name is written otherwise"


def test_every_test_that_the_page_names_exists() -> None:
    missing = [
        f"{path}::{name}"
        for path, name in NAMED
        if not re.search(rf"^def {name}\(", (ROOT / path).read_text(), re.MULTILINE)
    ]
    assert missing == [], "docs/security.md names what is not there"


@pytest.mark.parametrize("room", ["deletion requests", "evidence"])
def test_every_attack_of_the_page_is_carried_out_by_a_test(room: str) -> None:
    section = PAGE.split(f"## Attacks on {room}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 15
    assert [row for row in rows if not re.search(r"\| `tests/[^|]+` \|$", row)] == []


@pytest.mark.django_db
def test_answers_say_that_their_type_is_not_to_be_guessed(world) -> None:
    for address in ("/", "/evidence/keys/verify.py", "/api/v1/contracts/none/active", "/nowhere"):
        assert world.client("ana").get(address)["X-Content-Type-Options"] == "nosniff", address


@pytest.mark.django_db
def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(world) -> None:
    client = Client()
    client.post("/accounts/login/", {"login": "ana@example.org", "password": world.password})
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"], "it ends with the browser"
