"""The client."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import RLock
from typing import Optional, Self, TypeVar
from urllib.parse import urlencode

from .calls import Options, Query
from .credentials import ApiKey, Credential
from .destination import checked_origin, checked_path
from .api_error import ApiError, NoAnswerError
from .key_warnings import KeyWarning, KeyWarnings, warn
from .models import IssuedKeyAnswer, RotateKeyBody
from .operations import Operations
from .retry import RetryRules, may_repeat, pause_after
from .transport import Answer, Request, Transport, error_of, read_whole

#: Where the service is, unless told.
PRODUCTION = "https://api.cryptocomply.xyz"

_Received = TypeVar("_Received", Answer, http.client.HTTPResponse)


class CryptoComply(Operations):
    """The service's API: a method for every operation, by its ``operationId`` in the service's document.

    Methods return the body, and raise for any answer that is no success: ApiError of the class of its code, or NoAnswerError.
    One client may be used by many threads. It keeps its connections for the next calls, until it is closed (``with CryptoComply(…)
    as client``, or ``close()``) or let go of.
    """

    def __init__(
        self,
        *,
        credential: Optional[Credential] = None,
        base_url: Optional[str] = None,
        allow_http: bool = False,
        timeout_seconds: float = 30,
        attempts: int = 3,
        longest_wait_seconds: float = 60,
        on_warning: Callable[[KeyWarning], object] = warn,
    ) -> None:
        """Raises ValueError for a base URL that would send a credential in clear.

        :param credential: None: public operations alone.
        :param base_url: Where the service is; production unless told.
        :param allow_http: Credentials go over HTTPS, or stay on this machine; True: also over HTTP, inside a network that you trust.
        :param timeout_seconds: How long the service may be silent in an attempt.
        :param attempts: How often a request that may be repeated is sent, the first time included.
        :param longest_wait_seconds: Who is asked to wait longer than this gets the error at once.
        :param on_warning: Is told, once each, that the access key is about to expire or was rotated; ``warnings.warn`` unless told.
        """
        self.origin = checked_origin(base_url or PRODUCTION, allow_http)
        self._credential = credential
        self._timeout_seconds = timeout_seconds
        self._rules = RetryRules(attempts, longest_wait_seconds)
        self._warnings = KeyWarnings(on_warning)
        self._transport = Transport(self.origin)
        self._rotating = RLock()
        self._is_rotating = False
        self._rotated: Optional[IssuedKeyAnswer] = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections that wait for another call."""
        self._transport.close()

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Query] = None,
        body: object = None,
        options: Optional[Options] = None,
    ) -> Answer:
        given: Options = options or {}
        seconds = given.get("timeout_seconds", self._timeout_seconds)
        request = self._request(method, path, query, body, given)
        return self._repeat(request, given.get("retry"), lambda signed: self.exchange(signed, seconds))

    def stream(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Query] = None,
        body: object = None,
        options: Optional[Options] = None,
    ) -> AbstractContextManager[http.client.HTTPResponse]:
        """Any request by hand, with the answer's body to be read piece by piece: ``with client.stream(…) as lines``."""
        given: Options = options or {}
        seconds = given.get("timeout_seconds", self._timeout_seconds)
        request = self._request(method, path, query, body, given)
        return self._repeat(request, given.get("retry"), lambda signed: self._open(signed, seconds))

    def rotate(
        self,
        body: Optional[RotateKeyBody] = None,
        *,
        keep: Callable[[IssuedKeyAnswer], object] = lambda _: None,
    ) -> IssuedKeyAnswer:
        """Makes the successor of the client's access key and goes on with it.

        ``keep`` is given the successor first, to store it, and if it raises, the client keeps the old key. Both work until the
        successor is used, and the old one for ``grace_seconds`` after. A lost answer is asked for again: until it is used, a
        successor is replaced by the next. Rotations at once, by several threads, are one. Raises RuntimeError in ``keep``.
        """
        credential = self._credential
        if not isinstance(credential, ApiKey):
            raise TypeError("Only an ApiKey can be rotated.")
        prefix = credential.prefix
        with self._rotating:
            if self._is_rotating:
                raise RuntimeError("The key is being rotated: `keep` can't rotate it again.")
            if self._rotated is not None and credential.prefix != prefix:
                return self._rotated
            self._is_rotating = True
            try:
                issued: IssuedKeyAnswer = self._rotate(body or {}).json()
                keep(issued)
                credential.replace(issued["key"])
                self._rotated = issued
                return issued
            finally:
                self._is_rotating = False

    def _rotate(self, body: RotateKeyBody) -> Answer:
        """Without a word about the old key: this is what a warning asks for, and whoever is told may ask for it again."""
        request = self._request("POST", "/api/auth/access-keys/current/rotate/", None, body, {})
        seconds = self._timeout_seconds
        return self._repeat(request, True, lambda signed: _successful(self._transport.exchange(signed, seconds)))

    def exchange(self, request: Request, timeout_seconds: Optional[float] = None) -> Answer:
        """Sends a request once, as it is: what a credential gets itself by."""
        answer = self._transport.exchange(request, timeout_seconds or self._timeout_seconds)
        self._warnings.read(answer.headers)
        return _successful(answer)

    def _open(self, request: Request, timeout_seconds: float) -> http.client.HTTPResponse:
        response = self._transport.open(request, timeout_seconds)
        self._warnings.read(response.headers)
        if not 200 <= response.status < 300:
            answer = read_whole(response)
            raise error_of(answer.status, answer.reason, answer.headers, answer.body)
        return response

    def _request(self, method: str, path: str, query: Optional[Query], body: object, options: Options) -> Request:
        headers = {name.lower(): value for name, value in options.get("headers", {}).items()}
        content = None
        if body is not None:
            content = json.dumps(body).encode()
            headers.setdefault("content-type", "application/json")
        parameters = {name: _spelled(value) for name, value in (query or {}).items() if value is not None}
        url = self.origin + checked_path(path)
        if parameters:
            url += ("&" if "?" in path else "?") + urlencode(parameters)
        return Request(method, url, headers, content)

    def _repeat(
        self, request: Request, told: Optional[bool], send: Callable[[Request], _Received]
    ) -> _Received:
        """Sends a request as often as it takes and as the rules allow."""
        attempt = 1
        while True:
            try:
                return self._signed(request, send)
            except (ApiError, NoAnswerError) as error:
                pause = pause_after(error, attempt, self._rules) if may_repeat(request, told) else None
                if pause is None:
                    raise
            time.sleep(pause)
            attempt += 1

    def _signed(self, request: Request, send: Callable[[Request], _Received]) -> _Received:
        """Sends a request with the credential; once more, if that was no good and could be renewed: a 401 has done nothing."""
        if self._credential is None:
            return send(request)
        signed = self._credential.sign(request, self)
        try:
            return send(signed)
        except ApiError as error:
            if error.status != 401 or not self._credential.renew(signed, error, self):
                raise
        return send(self._credential.sign(request, self))


def _successful(answer: Answer) -> Answer:
    """Raises ApiError for an answer that is no success."""
    if 200 <= answer.status < 300:
        return answer
    raise error_of(answer.status, answer.reason, answer.headers, answer.body)


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
