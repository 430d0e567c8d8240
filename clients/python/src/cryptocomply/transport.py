"""Requests, answers, and the way between them: http.client, which follows no redirect."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from typing import Any, Optional
from urllib.parse import urlsplit

from .errors import ERRORS
from .api_error import ApiError, NoAnswerError
from .connections import Connection, Connections

_USER_AGENT = "cryptocomply-python"


@dataclass(frozen=True)
class Request:
    """A request, before a credential is put on it. Names of headers are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Optional[bytes] = None

    def with_headers(self, headers: Mapping[str, str]) -> Request:
        return Request(self.method, self.url, {**self.headers, **headers}, self.body)


@dataclass(frozen=True)
class Answer:
    """An answer with its whole body."""

    status: int
    reason: str
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


class Transport:
    """Sends requests to one service, each once and as it is, for many threads. Raises NoAnswerError where no answer came."""

    def __init__(self, origin: str) -> None:
        self._origin = urlsplit(origin)
        self._connections = Connections(origin)

    def exchange(self, request: Request, timeout_seconds: float) -> Answer:
        """Sends a request, on a connection that is kept for the next one."""
        connection = self._connections.take()
        with self._closing_what_breaks(connection):
            answer = read_whole(self._send(connection, request, timeout_seconds))
        self._connections.give_back(connection, answer.headers)
        return answer

    def open(self, request: Request, timeout_seconds: float) -> http.client.HTTPResponse:
        """Sends a request on a connection of its own, which ends with the answer; its body is still to be read."""
        connection = self._connections.open()
        with self._closing_what_breaks(connection):
            response = self._send(connection, request.with_headers({"connection": "close"}), timeout_seconds)
        if connection.http.sock is not None:  # the server would keep it: from now on the answer alone holds it
            connection.http.sock.close()
            connection.http.sock = None
        return response

    def close(self) -> None:
        self._connections.close()

    @contextmanager
    def _closing_what_breaks(self, connection: Connection) -> Iterator[None]:
        """What is left on a connection that broke, or whose answer wasn't awaited, is the answer to nothing that comes later."""
        try:
            yield
        except BaseException as broken:
            connection.close()
            if isinstance(broken, (OSError, http.client.HTTPException)):
                raise NoAnswerError(f"No whole answer from {self._origin.scheme}://{self._origin.netloc}.") from broken
            raise

    def _send(self, connection: Connection, request: Request, timeout_seconds: float) -> http.client.HTTPResponse:
        connection.http.timeout = timeout_seconds
        if connection.http.sock is not None:
            connection.http.sock.settimeout(timeout_seconds)
        path = request.url[len(f"{self._origin.scheme}://{self._origin.netloc}") :].partition("#")[0]
        headers = {"user-agent": _USER_AGENT, **request.headers, **connection.headers}
        connection.http.request(request.method, connection.before_path + path, request.body, headers)
        return connection.http.getresponse()


def read_whole(response: http.client.HTTPResponse) -> Answer:
    """An answer that was opened, with its body. Raises NoAnswerError."""
    try:
        with response:
            return Answer(response.status, response.reason, response.headers, response.read())
    except (OSError, http.client.HTTPException) as broken:
        raise NoAnswerError("The answer broke off.") from broken


def error_of(status: int, reason: str, headers: Message, content: bytes) -> ApiError:
    """The error of an answer that is no success, of the class of its code."""
    body = _body_of(content)
    found = body.get("detail") if body is not None else None
    detail = found if isinstance(found, str) else ""
    code = str(status) if body is None else _code_of(status, detail, body.get("code"))
    retry_after = headers.get("retry-after", "")
    return ERRORS.get(code, ApiError)(
        status=status,
        code=code,
        detail=detail or (reason if body is None else ""),
        fields=body if body is not None and code == "invalid" else {},
        retry_after_seconds=int(retry_after) if retry_after.isdecimal() else None,
        request_id=headers.get("x-request-id"),
        body=body or {},
    )


def _code_of(status: int, detail: str, code: object) -> str:
    """Three refusals carry no code: what they are, their form says (docs/errors.md)."""
    if isinstance(code, str):
        return code
    if status == 400:
        return "parse_error" if detail else "invalid"
    return "invalid_page" if status == 404 and detail else str(status)


def _body_of(content: bytes) -> Optional[dict[str, Any]]:
    try:
        body = json.loads(content)
    except ValueError:
        return None  # a proxy's page
    return body if isinstance(body, dict) else None
