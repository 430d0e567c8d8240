"""Requests, answers, and the way between them: urllib, without redirects."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, Any, Optional

from .errors import ERRORS
from .api_error import ApiError, NoAnswerError
from .destination import is_loopback


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
    """An answer that is a success, with its whole body."""

    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def json(self) -> Any:
        return json.loads(self.body) if self.body else None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The service redirects nowhere: what does is not the service, and gets no credential."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirects)
#: What stays on this machine in clear passes no proxy, whatever the environment says: the proxy would read the credential.
_direct_opener = urllib.request.build_opener(_NoRedirects, urllib.request.ProxyHandler({}))


def open_answer(request: Request, timeout_seconds: float) -> http.client.HTTPResponse:
    """Sends a request once and answers with the body still to be read. Raises ApiError and NoAnswerError."""
    sent = urllib.request.Request(request.url, request.body, dict(request.headers), method=request.method)
    opener = _direct_opener if sent.type == "http" and is_loopback(request.url) else _opener
    try:
        response: http.client.HTTPResponse = opener.open(sent, timeout=timeout_seconds)
        return response
    except urllib.error.HTTPError as refused:
        with refused:
            raise error_of(refused.code, refused.reason, refused.headers, _whole(refused)) from None
    except (OSError, http.client.HTTPException) as broken:
        raise NoAnswerError(f"No answer from {sent.type}://{sent.host}.") from broken


def exchange(request: Request, timeout_seconds: float) -> Answer:
    """Sends a request once. Raises ApiError and NoAnswerError."""
    with open_answer(request, timeout_seconds) as response:
        return Answer(response.status, response.headers, _whole(response))


def _whole(response: IO[bytes]) -> bytes:
    try:
        return response.read()
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
