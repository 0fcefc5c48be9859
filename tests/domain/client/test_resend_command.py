"""`custody resend` empties a spool folder, and its exit code says what is left."""

import json

import pytest

from portal.cli import main
from portal.client.lineage.spool import Spool


@pytest.fixture
def folder(tmp_path, portal, monkeypatch):
    for number in range(2):
        Spool(tmp_path).keep(json.dumps({"n": number}).encode())
    monkeypatch.setenv("CUSTODY_SPOOL", str(tmp_path))
    monkeypatch.setenv("CUSTODY_URL", portal.url)
    monkeypatch.setenv("CUSTODY_TOKEN", "t0ken")
    return tmp_path


def test_what_waits_is_sent_and_the_folder_is_empty(folder, portal, capsys):
    assert main(["resend"]) == 0
    assert [event["n"] for event in portal.events] == [0, 1]
    assert "2 sent, 0 refused, 0 still waiting" in capsys.readouterr().out
    assert not list(folder.glob("*.json"))


def test_a_refused_event_fails_and_says_where_it_lies(folder, portal, capsys):
    portal.answers = [400]
    assert main(["resend"]) == 1
    assert f"1 events were refused; see {folder / 'refused'}." in capsys.readouterr().out


def test_a_token_that_does_not_fit_leaves_everything_where_it_is(folder, portal, capsys):
    portal.answers = [401]
    assert main(["resend", "--format", "json"]) == 2
    assert json.loads(capsys.readouterr().out)["waiting"] == 2


def test_without_a_folder_nothing_is_decided(folder, capsys, monkeypatch):
    assert main(["resend", str(folder / "no")]) == 2
    monkeypatch.delenv("CUSTODY_SPOOL")
    assert main(["resend"]) == 2
    assert "No spool folder is named. Give DIR or set CUSTODY_SPOOL." in capsys.readouterr().err
