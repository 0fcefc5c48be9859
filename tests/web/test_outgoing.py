"""The client that calls out: whom it refuses, and what a hostile server can do to it (nothing but answer)."""

import socket
import threading
import time

import pytest

from portal.core.web.outgoing import AddressRefused, CallFailed, call, checked_address


@pytest.fixture
def server():
    """A server that plays one script: bytes to send, or seconds to wait; says what it was asked."""
    listening = socket.create_server(("127.0.0.1", 0))
    asked: list[bytes] = []

    def play(*script):
        def serve() -> None:
            peer, _ = listening.accept()
            with peer:
                asked.append(peer.recv(65536))
                for step in script:
                    try:
                        time.sleep(step) if isinstance(step, float) else peer.sendall(step)
                    except OSError:
                        return

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/rows?x=1"

    play.asked = asked
    yield play
    listening.close()


def ask(url, **limits):
    return call(url, method="GET", allowed_private=[url.split("/")[2]], **limits)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/x", "http://localhost/x", "http://[::1]/x", "http://[::ffff:127.0.0.1]/x", "http://10.0.0.7/x",
        "http://169.254.169.254/latest", "http://100.64.0.1/", "http://0.0.0.0/", "http://[fd00::1]/", "http://[fe80::1]/",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://224.0.0.1/", "http://2130706433/",
        "http://0x7f000001/", "http://127.1/", "file:///etc/passwd", "gopher://example.com/", "http://", "//x", "http://[",
        "http://example.com:99999/",
    ],
)  # fmt: skip
def test_private_odd_and_malformed_addresses_are_refused(url):
    with pytest.raises(AddressRefused):
        checked_address(url)


def test_a_private_address_is_allowed_by_host_and_port_only():
    assert checked_address("http://127.0.0.1:81/x", ["127.0.0.1:81"]) == ("127.0.0.1", 81, "127.0.0.1")
    with pytest.raises(AddressRefused, match="private network"):
        checked_address("http://127.0.0.1:82/x", ["127.0.0.1:81"])


def test_an_answer_comes_back_with_status_headers_and_body(server):
    answer = ask(server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n\r\nhi"), headers={"X-Key": "k"})
    assert (answer.status, answer.headers["x-a"], answer.body) == (200, "b", b"hi")
    assert server.asked[0].startswith(b"GET /rows?x=1 HTTP/1.1\r\n")
    assert b"X-Key: k" in server.asked[0]


def test_a_redirect_is_an_answer_and_is_not_followed(server):
    answer = ask(server(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"))
    assert answer.status == 302
    assert len(server.asked) == 1


def test_an_answer_without_end_is_cut_at_its_size(server):
    with pytest.raises(CallFailed, match="longer than 1,000 bytes"):
        ask(server(b"HTTP/1.1 200 OK\r\n\r\n", *[b"x" * 1000] * 50), max_bytes=1000)


def test_a_server_that_drips_its_body_or_its_headers_is_cut_off_in_time(server):
    for first in (b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\n"):
        started = time.monotonic()
        with pytest.raises(CallFailed, match=r"within 0\.5 seconds"):
            ask(server(first, *[b"X: y\r\n", 0.2] * 20), timeout_s=0.5)
        assert time.monotonic() - started < 2


def test_an_answer_that_breaks_off_is_not_half_an_answer(server):
    with pytest.raises(CallFailed, match="broke off"):
        ask(server(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"))


@pytest.mark.parametrize("said", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 nine\r\n\r\n", b"\x00" * 100])
def test_what_is_no_http_is_a_failed_call_in_words(server, said):
    with pytest.raises(CallFailed):
        ask(server(said))


def test_a_header_with_a_line_break_is_never_sent(server):
    url = server(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    with pytest.raises(CallFailed):
        ask(url, headers={"X-Key": "a\r\nX-Other: b"})
    assert not any(b"X-Other" in each for each in server.asked)


def test_proxies_of_the_environment_are_not_asked(server, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    assert ask(server(b"HTTP/1.1 204 No Content\r\n\r\n")).status == 204
