"""A person's browser and a program, by hand over HTTP, against a portal whose web process dies under them."""

import http.client
import re
import threading
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass
class Answer:
    """What came back, names of headers in small letters; status 0 where the server went away before it answered."""

    status: int = 0
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Visitor:
    """Cookies and one request after another; `session` is somebody's who has signed in."""

    port: int
    session: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Open a page, and keep its cookies."""
        return self.ask("GET", path, None, {})

    def hidden(self, path: str) -> dict[str, str]:
        """The hidden fields of the forms on a page (the last form's where two have the same)."""
        page = self.get(path)
        assert page.status == 200, (path, page.status, page.body[-500:])
        return dict(HIDDEN.findall(page.body))

    def send(self, path: str, fields: dict[str, str]) -> Answer:
        """Post a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(fields).encode(), kind)

    def upload(self, path: str, fields: dict[str, str], document: bytes) -> Answer:
        """Post a form with a file in the field `document`."""
        body, kind = multipart(fields, document)
        return self.ask("POST", path, body, {"Content-Type": kind})

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        """One request on a connection of its own."""
        sent = self.cookies | ({"sessionid": self.session} if self.session else {})
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in sent.items())} if sent else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers | cookie)
            answer = connection.getresponse()
            text = answer.read().decode(errors="replace")
        except (OSError, http.client.HTTPException):
            return Answer()  # it went with the server: nobody was told anything
        finally:
            connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return Answer(answer.status, text, {name.lower(): value for name, value in answer.getheaders()})


class Meanwhile(threading.Thread):
    """Something that is sent while the test does something else; `answer` once it has ended."""

    def __init__(self, call, *given) -> None:
        super().__init__(daemon=True)
        self.call, self.given = call, given
        self.answer = Answer()
        self.start()

    def run(self) -> None:
        self.answer = self.call(*self.given)

    def ended(self) -> Answer:
        """Wait for it."""
        self.join(90)
        assert not self.is_alive(), "the server neither answered nor went away"
        return self.answer


def multipart(fields: dict[str, str], document: bytes) -> tuple[bytes, str]:
    """The body of a form with a file, and its content type (RFC 7578)."""
    border = uuid.uuid4().hex
    parts = [f'--{border}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    file = 'Content-Disposition: form-data; name="document"; filename="shown.pdf"\r\nContent-Type: application/pdf'
    body = "".join(parts).encode() + f"--{border}\r\n{file}\r\n\r\n".encode() + document
    return body + f"\r\n--{border}--\r\n".encode(), f"multipart/form-data; boundary={border}"
