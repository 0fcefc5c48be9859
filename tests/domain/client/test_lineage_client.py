"""The pipelines' client emits what OpenLineage asks for, tries again where that helps, and says where it does not."""

import http.server
import json
import threading

import pytest

from portal.client.lineage import Dataset, EmitFailedError, Emitter, traced


@pytest.fixture
def portal():
    """A real HTTP server that answers as told and keeps what it got."""

    class Handler(http.server.BaseHTTPRequestHandler):
        answers: list[int] = []
        events: list[dict] = []
        tokens: list[str] = []

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            type(self).events.append(json.loads(body))
            type(self).tokens.append(self.headers["Authorization"])
            self.send_response(type(self).answers.pop(0) if type(self).answers else 201)
            self.end_headers()

        def log_message(self, *args):
            """Silent: the suite prints its own."""

    Handler.answers, Handler.events, Handler.tokens = [], [], []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, Handler
    server.shutdown()
    server.server_close()


def _emitter(server) -> Emitter:
    return Emitter(f"http://127.0.0.1:{server.server_port}", "t0ken", "demo", commit="abc123", image="img:1")


def test_a_traced_function_tells_start_and_complete_with_rows_commit_and_image(portal):
    server, seen = portal
    out = Dataset("ns", "out")

    @traced(_emitter(server), job="copy", inputs=[Dataset("ns", "in", {"id": "int"})], outputs=[out])
    def copy(*, day: str) -> Dataset:
        return Dataset("ns", "out", rows=3, column_lineage={"id": [("ns", "in", "id")]})

    copy(day="2026-11-22")
    start, complete = seen.events
    assert [start["eventType"], complete["eventType"]] == ["START", "COMPLETE"]
    assert start["run"]["runId"] == complete["run"]["runId"]
    assert complete["outputs"][0]["outputFacets"]["outputStatistics"]["rowCount"] == 3
    assert complete["outputs"][0]["facets"]["columnLineage"]["fields"]["id"]["inputFields"][0]["field"] == "id"
    assert complete["job"]["facets"]["sourceCodeLocation"]["version"] == "abc123"
    assert complete["run"]["facets"]["environmentVariables"]["environmentVariables"][0]["value"] == "img:1"
    assert complete["run"]["facets"]["executionParameters"]["parameters"][0]["value"] == "2026-11-22"
    assert seen.tokens == ["Bearer t0ken", "Bearer t0ken"]


def test_a_function_that_raises_is_told_as_failed_without_its_message_and_still_raises(portal):
    server, seen = portal

    @traced(_emitter(server), job="copy")
    def copy() -> None:
        raise ValueError("ana@example.com is bad")

    with pytest.raises(ValueError, match="is bad"):
        copy()
    assert seen.events[-1]["eventType"] == "FAIL"
    assert "ana@example.com" not in json.dumps(seen.events)


def test_an_event_is_sent_again_with_the_same_body_after_a_503(portal):
    server, seen = portal
    seen.answers = [503]
    _emitter(server).event("COMPLETE", "copy", "11111111-1111-4111-8111-111111111111")
    assert len(seen.events) == 2
    assert seen.events[0] == seen.events[1]


def test_a_refused_event_is_not_repeated_and_the_answer_is_told(portal):
    server, seen = portal
    seen.answers = [403]
    with pytest.raises(EmitFailedError, match="refused the event \\(403\\)"):
        _emitter(server).event("COMPLETE", "copy", "11111111-1111-4111-8111-111111111111")
    assert len(seen.events) == 1
