"""What a service answers is hostile input: bounded, strict, never followed elsewhere, never quoted in a message."""

from __future__ import annotations

import http.server
import json
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from portal.core.connectors import registry
from portal.core.connectors.base import ConnectorError, Measurable, SystemConfig, Target


@pytest.fixture
def service(settings):
    """A service that gives each path's answer: (status, headers, body); `seen` are the requests' headers."""

    class Handler(http.server.BaseHTTPRequestHandler):
        answers: dict[str, tuple] = {}
        seen: list = []

        def do_GET(self) -> None:
            Handler.seen.append((self.path, dict(self.headers)))
            status, headers, body = Handler.answers.get(self.path, (404, {}, b""))
            sent = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response_only(status)
            for name, value in {"Content-Length": str(len(sent)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent if self.command == "GET" else b"")

        do_HEAD = do_GET  # noqa: N815 - the library's name

        def log_message(self, *args) -> None:
            """Silent: the suite prints its own."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    Handler.port = server.server_port
    settings.SYSTEM_PRIVATE_HOSTS = [f"127.0.0.1:{server.server_port}"]
    yield Handler
    server.shutdown()
    server.server_close()


def opened(service, path="/rows", also=(), secret=None, limits=None, **placement):
    reached = {"scheme": "http", "host": "127.0.0.1", "port": service.port} | (limits or {})
    config = SystemConfig("orders", "http_json", reached, secret)
    return registry.capable("http_json", Measurable).reader(config, path, settings=placement, also=also)


def one(reader, what):
    return reader.row(f"SELECT {what} AS x FROM {reader.relation}")["x"]


def test_json_gives_its_own_types_and_the_placement_the_others(service):
    rows = [
        {"n": 1, "f": 1.5, "ok": True, "seen": "2026-01-02T03:04:05Z", "in": {"x": 7}},
        {"n": 2, "f": 2, "seen": None},
    ]
    service.answers["/rows"] = (200, {}, rows)
    with opened(service, columns={"seen": "timestamp", "/in/x": "integer"}) as reader:
        kinds = reader.columns()
        assert kinds == {
            "seen": "TIMESTAMP WITH TIME ZONE", "/in/x": "BIGINT", "n": "BIGINT", "f": "DOUBLE", "ok": "BOOLEAN",
            "in": "VARCHAR",
        }  # fmt: skip
        assert one(reader, 'sum(n) + sum(f) + max("/in/x") + count(seen)') == 3 + 3.5 + 7 + 1


def test_one_object_is_one_row(service):
    service.answers["/rows"] = (200, {}, {"health": {"updated_at": "2026-01-02T03:04:05Z"}})
    with opened(service, pointer="/health", columns={"updated_at": "timestamp"}) as reader:
        assert one(reader, "count(*)") == 1


def test_pages_are_followed_to_the_end_by_link_header_too(service):
    service.answers["/rows"] = (200, {"Link": '</rows?page=2>; rel="next"'}, [{"n": 1}])
    service.answers["/rows?page=2"] = (200, {}, [{"n": 2}, {"n": 3}])
    with opened(service) as reader:
        assert one(reader, "sum(n)") == 6


def test_a_page_on_another_host_is_not_followed_and_never_sees_the_secret(service):
    service.answers["/rows"] = (200, {}, {"rows": [], "next": f"http://localhost:{service.port}/rows?page=2"})
    with (
        pytest.raises(ConnectorError, match="another host"),
        opened(service, secret="k", pointer="/rows", next="/next"),
    ):
        pass
    assert [path for path, _ in service.seen] == ["/rows"]


def test_a_redirect_is_not_followed(service):
    service.answers["/rows"] = (302, {"Location": "/other"}, b"")
    service.answers["/other"] = (200, {}, [{"n": 1}])
    with pytest.raises(ConnectorError, match="redirects"), opened(service):
        pass


def test_the_secret_goes_into_the_header_that_is_named_and_into_no_message(service):
    service.answers["/rows"] = (200, {}, [{"n": 1}])
    with opened(service, secret="k3y", limits={"secret_header": "X-Api-Key"}):
        assert service.seen[-1][1]["X-Api-Key"] == "k3y"
    with opened(service, secret="k3y"):
        assert service.seen[-1][1]["Authorization"] == "Bearer k3y"
    service.answers["/rows"] = (401, {}, b"k3y is wrong")
    with pytest.raises(ConnectorError, match="refused the secret") as caught, opened(service, secret="k3y"):
        pass
    assert "k3y" not in str(caught.value)


def test_a_secret_is_not_sent_unencrypted_into_the_world():
    config = SystemConfig("orders", "http_json", {"scheme": "http", "host": "example.com"}, "k3y")
    with pytest.raises(ConnectorError, match="unencrypted"):
        registry.capable("http_json", Measurable).reader(config, "/rows")


def test_a_private_address_is_refused_unless_the_installation_names_it(service, settings):
    settings.SYSTEM_PRIVATE_HOSTS = []
    with pytest.raises(ConnectorError, match="CUSTODY_SYSTEM_PRIVATE_HOSTS"), opened(service):
        pass
    assert not service.seen


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"\xff\xfe", b'[{"n": NaN}]', b'[{"n": Infinity}]', b"[" * 100_000, b'{"a": ' * 50_000,
        b'[{"n": ' + b"9" * 5000 + b"}]", b'[{"n": 1}] trailing',
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused_in_words(service, body):
    service.answers["/rows"] = (200, {}, body)
    with pytest.raises(ConnectorError, match="no JSON, or nested too deeply"), opened(service):
        pass


@pytest.mark.parametrize("body", [1, "text", None, [1, 2], [[{"n": 1}]], [{"n": 1}, None]])
def test_what_is_no_list_of_objects_is_refused_with_what_to_correct(service, body):
    service.answers["/rows"] = (200, {}, body)
    with pytest.raises(ConnectorError, match="correct `pointer`"), opened(service):
        pass


def test_too_many_rows_or_bytes_are_refused_and_never_cut(service):
    service.answers["/rows"] = (200, {}, [{"n": n} for n in range(11)])
    with (
        pytest.raises(ConnectorError, match=r"more than the 10 rows .*raise `max_rows`"),
        opened(service, limits={"max_rows": 10}),
    ):
        pass
    with pytest.raises(ConnectorError, match="longer than 50 bytes"), opened(service, limits={"max_bytes": 50}):
        pass


def test_a_service_that_pages_without_end_is_stopped_by_the_rows_limit(service):
    service.answers["/rows"] = (200, {"Link": '</rows>; rel="next"'}, [{"n": 1}])
    with pytest.raises(ConnectorError, match="more than the 100 rows"), opened(service, limits={"max_rows": 100}):
        pass


def test_a_compressed_answer_is_refused_before_it_can_swell(service):
    service.answers["/rows"] = (200, {"Content-Encoding": "gzip"}, b"\x1f\x8b")
    with pytest.raises(ConnectorError, match="compressed"), opened(service):
        pass


@pytest.mark.parametrize(("status", "retry", "gone"), [(404, False, True), (500, True, False), (429, True, False)])
def test_a_status_says_whether_waiting_helps(service, status, retry, gone):
    service.answers["/rows"] = (status, {}, b"secret details")
    with pytest.raises(ConnectorError, match=str(status)) as caught, opened(service):
        pass
    assert (caught.value.retryable, caught.value.missing) == (retry, gone)
    assert "details" not in str(caught.value)


def test_an_old_copy_from_a_cache_does_not_make_old_rows_look_young(service):
    old = format_datetime(datetime.now(UTC) - timedelta(hours=3), usegmt=True)
    service.answers["/rows"] = (200, {"Date": old}, [{"n": 1}])
    with opened(service) as reader:
        assert abs(one(reader, "extract(epoch FROM max(now()))") - datetime.now(UTC).timestamp()) < 60


def test_names_and_values_of_a_hostile_answer_are_data(service):
    odd = '"; DROP TABLE x; --'
    service.answers["/rows"] = (200, {}, [{odd: "'; SELECT 1; --", "\u0000": 1, "": 2, "n": 1, "N": 2}])
    with opened(service) as reader:
        assert set(reader.columns()) == {odd, "n"}
        assert one(reader, "sum(n)") == 1


@pytest.mark.parametrize("query", ["read_csv('/etc/passwd')", "read_json('http://127.0.0.1/')", "glob('/*')"])
def test_a_session_over_an_answer_reaches_nothing_else(service, query):
    service.answers["/rows"] = (200, {}, [{"n": 1}])
    with opened(service) as reader, pytest.raises(ConnectorError):
        reader.row(f"SELECT count(*) AS n FROM {query}")


def test_two_paths_are_read_beside_each_other(service):
    service.answers["/rows"] = (200, {}, [{"n": 1}, {"n": 2}])
    service.answers["/more"] = (200, {}, [{"n": 2}])
    with opened(service, also=[Target("/more")]) as reader:
        assert one(reader, f"(SELECT count(*) FROM {reader.beside['/more']}) + count(*)") == 3


def test_testing_the_system_says_whether_the_service_takes_the_secret(service):
    config = SystemConfig("orders", "http_json", {"scheme": "http", "host": "127.0.0.1", "port": service.port}, "k")
    registry.get("http_json").ping(config)  # 404 is an answer
    service.answers["/"] = (403, {}, b"")
    with pytest.raises(ConnectorError, match="refused the secret"):
        registry.get("http_json").ping(config)


@pytest.mark.parametrize("path", ["rows", "//example.com/x", "http://example.com/", "/a\r\nX-Other: b"])
def test_a_path_cannot_name_another_host_or_a_header(service, path):
    with pytest.raises(ConnectorError), opened(service, path):
        pass
    assert not any("X-Other" in headers for _, headers in service.seen)
