"""A time-stamp authority of our own: `openssl ts` behind real HTTP, with a root and a signer below it."""

import http.server
import subprocess
import threading
from contextlib import contextmanager

CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = Test time
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[signer]
basicConstraints = CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""
REPLY = "openssl ts -reply -config conf -section one -queryfile query -inkey key -signer cert -out reply"
MAKE = (
    "openssl req -x509 -newkey rsa:2048 -nodes -keyout root.key -out root.pem -days 30 -config conf -extensions root",
    "openssl req -newkey rsa:2048 -nodes -keyout key -out csr -config conf",
    "openssl x509 -req -in csr -CA root.pem -CAkey root.key -set_serial 2 -out cert -extfile conf -extensions signer",
)


def sh(command, folder):
    return subprocess.run(["/bin/sh", "-c", command], cwd=folder, capture_output=True, text=True, check=False)


class TimeAuthority:
    """`url`, `root` (its own certificate), `asked` (how often), and `answer` to make it misbehave."""

    def __init__(self, folder):
        self.folder, self.asked, self.answer, self.status = folder, 0, None, 200
        (folder / "conf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        for command in MAKE:
            made = sh(command, folder)
            assert made.returncode == 0, made.stderr
        self.root, self.signer = folder / "root.pem", folder / "cert"

    def reply(self, query):
        """The reply to one query, as `openssl ts` makes it, or as the test wants it."""
        self.asked += 1
        if self.answer is not None:
            return self.answer
        (self.folder / "query").write_bytes(query)
        sh(REPLY, self.folder)
        return (self.folder / "reply").read_bytes()


@contextmanager
def serving(folder):
    """The authority, answering on a port of 127.0.0.1 until the block ends."""
    authority = TimeAuthority(folder)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = authority.reply(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(authority.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words):
            """Quiet."""

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    authority.url = f"http://127.0.0.1:{server.server_port}/"
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
