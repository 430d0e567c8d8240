"""A way to the service on which requests meet with mishaps."""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Literal, Mapping, Union
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answered:
    """A proxy's answer instead of the service's."""

    status: int
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)


#: "cut": the connection breaks before the service has seen the request; "lost": the answer never arrives.
Mishap = Union[Answered, Literal["cut", "lost"]]


class UnreliableWay:
    """Passes requests on to the service, and lets the next ones meet with mishaps."""

    def __init__(self, target: str) -> None:
        self.seen: list[tuple[str, str | None]] = []
        self.mishaps: list[Mishap] = []
        way = self
        host = urlsplit(target).netloc

        class Handler(BaseHTTPRequestHandler):
            def take(self) -> None:
                way.take(self, host)

            do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = take

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def next(self, *mishaps: Mishap) -> None:
        """What happens to the next requests, one each; forgets what was seen."""
        self.seen.clear()
        self.mishaps[:] = mishaps

    @property
    def requests(self) -> list[str]:
        return [request for request, _ in self.seen]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, handler: BaseHTTPRequestHandler, host: str) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", 0)))
        self.seen.append((f"{handler.command} {handler.path}", handler.headers.get("authorization")))
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
