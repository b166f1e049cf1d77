"""A page that says which of the given HOST:PORT answer; with --check, whether the page itself does."""

import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import urlopen

PORT = 8001


def answers(address):
    host, port = address.rsplit(":", 1)
    try:
        socket.create_connection((host, int(port)), timeout=2).close()
    except OSError:
        return False
    return True


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        states = {address: answers(address) for address in sys.argv[1:]}
        lines = [f"{'up  ' if up else 'down'}  {address}\n" for address, up in states.items()]
        body = "".join(lines).encode()
        self.send_response(200 if self.path == "/alive" or all(states.values()) else 503)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Silent: the healthcheck asks every few seconds."""


if sys.argv[1:] == ["--check"]:
    urlopen(f"http://127.0.0.1:{PORT}/alive", timeout=5)
else:
    # The first process of a container is not ended by signals that it does not ask for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ThreadingHTTPServer(("", PORT), Page).serve_forever()
