"""A way to the service on which requests meet with mishaps."""

from __future__ import annotations

import http.client
import socket
import ssl
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, Literal, Mapping, Union
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answered:
    """A proxy's answer instead of the service's."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


#: "cut": the connection breaks before the service has seen the request; "lost": the answer never arrives; "halved": half of its
#: body does.
Mishap = Union[Answered, Literal["cut", "lost", "halved"]]


class UnreliableWay:
    """Passes requests on to the service, keeps connections alive, and lets the next requests meet with mishaps."""

    def __init__(self, target: str, certificate: str | None = None) -> None:
        """``certificate``: of a way over TLS, the file with it and its key."""
        self.seen: list[tuple[str, str | None]] = []
        #: What each request told a proxy of who sends it.
        self.proxy_logins: list[str | None] = []
        #: How many connections were made.
        self.connections = 0
        self._open: set[socket.socket] = set()
        self._changed = Condition()
        self.mishaps: list[Mishap] = []
        way = self
        host = urlsplit(target).netloc

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                with way._changed:
                    way.connections += 1
                    way._open.add(self.connection)

            def finish(self) -> None:
                super().finish()
                with way._changed:
                    way._open.discard(self.connection)
                    way._changed.notify_all()

            def take(self) -> None:
                way.take(self, host)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_CONNECT = take

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if certificate else ''}://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self, *mishaps: Mishap) -> None:
        """What happens to the next requests, one each; forgets what was seen."""
        self.seen.clear()
        self.proxy_logins.clear()
        self.connections = 0
        self.mishaps[:] = mishaps

    @property
    def requests(self) -> list[str]:
        return [request for request, _ in self.seen]

    def hang_up(self) -> None:
        """Ends all connections, as a server does that has waited long enough for another request; after it, none is left."""
        with self._changed:
            for connection in self._open:
                connection.shutdown(socket.SHUT_RDWR)
        self.wait_until_left()

    def wait_until_left(self) -> None:
        """Until all connections have ended."""
        with self._changed:
            if not self._changed.wait_for(lambda: not self._open, timeout=60):
                raise TimeoutError("A connection stays open.")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, handler: BaseHTTPRequestHandler, host: str) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        self.seen.append((f"{handler.command} {handler.path}", handler.headers.get("authorization")))
        self.proxy_logins.append(handler.headers.get("proxy-authorization"))
        mishap = self.mishaps.pop(0) if self.mishaps else None
        if isinstance(mishap, Answered):
            _answer(handler, mishap.status, list(mishap.headers.items()), mishap.body.encode())
            return
        if mishap == "cut":
            handler.close_connection = True
            return
        onward = http.client.HTTPConnection(host)
        onward.request(handler.command, handler.path, body or None, dict(handler.headers.items()))
        answer = onward.getresponse()
        content = answer.read()
        if mishap == "lost":
            handler.close_connection = True
            return
        if mishap == "halved":
            handler.close_connection = True
            handler.send_response_only(answer.status)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content[: len(content) // 2])
            return
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in ("transfer-encoding", "connection")]
        _answer(handler, answer.status, kept, content)
        onward.close()


def _answer(handler: BaseHTTPRequestHandler, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    handler.send_response_only(status)
    for name, value in headers:
        if name.lower() != "content-length":
            handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
