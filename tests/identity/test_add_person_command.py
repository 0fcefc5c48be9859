"""The command that makes the first account of an installation."""

import io

import pytest
from django.core.management import CommandError, call_command

from portal.core.evidence.models import Entry
from portal.core.identity.models import User
from portal.core.identity.policies import Act, may


def add(monkeypatch, *arguments: str, password: str = "a quite long passphrase") -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    call_command("add_person", "root@example.org", "Rita Root", *arguments, stdout=io.StringIO())


def test_the_first_administrator_can_sign_in_and_administer_and_is_in_the_ledger(db, monkeypatch) -> None:
    add(monkeypatch)

    rita = User.objects.get(email="root@example.org")
    assert rita.check_password("a quite long passphrase")
    assert may(rita, Act.ADMINISTER)
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert kinds == {"identity:person:added", "identity:role:given"}


@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        ([], "short", "too short"),
        (["--role", "owner"], "a quite long passphrase", "Choose the team"),
        (["--role", "owner", "--team", "nowhere"], "a quite long passphrase", "No team has the short name nowhere"),
    ],
)
def test_what_is_wrong_is_said_and_nobody_is_added(db, monkeypatch, arguments, password, sentence) -> None:
    with pytest.raises(CommandError, match=sentence):
        add(monkeypatch, *arguments, password=password)
    assert not User.objects.exists()


def test_an_address_is_added_once(db, monkeypatch) -> None:
    add(monkeypatch)
    with pytest.raises(CommandError, match="already"):
        add(monkeypatch)
