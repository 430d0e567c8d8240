"""What a client authenticates with: ApiKey, Jwt or Session."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie
from threading import Lock
from typing import Any, NamedTuple, Optional, Protocol

from .api_error import ApiError
from .transport import Answer, Request

_READS = {"GET", "HEAD", "OPTIONS"}


class Service(Protocol):
    """The service, as a credential needs it to get itself."""

    origin: str

    def exchange(self, request: Request) -> Answer:
        """Sends a request as it is. Raises ApiError and NoAnswerError."""


class Credential(Protocol):
    def sign(self, request: Request, service: Service) -> Request:
        """The request with the credential on it."""

    def renew(self, refused: Request, refusal: ApiError, service: Service) -> bool:
        """A request was 401: whether there is another credential by now, with which it is worth being sent once more."""


class ApiKey:
    """An access key, ``prefix.secret``: for backends, scripts and jobs."""

    def __init__(self, key: str) -> None:
        """Raises ValueError for what can be no key: a line's end read along with it from a file is the usual reason."""
        self._key = _checked(key)

    def __repr__(self) -> str:
        return f"ApiKey({self.prefix}.…)"

    @property
    def prefix(self) -> str:
        """The public part, which names the key in lists and logs."""
        return self._key.split(".", 1)[0]

    def replace(self, key: str) -> None:
        """Goes on with another key: the successor after a rotation."""
        self._key = _checked(key)

    def sign(self, request: Request, service: Service) -> Request:
        return request.with_headers({"authorization": f"Api-Key {self._key}"})

    def renew(self, refused: Request, refusal: ApiError, service: Service) -> bool:
        replaced = refused.headers.get("authorization") != f"Api-Key {self._key}"
        return refusal.code == "authentication_failed" and replaced


class Tokens(NamedTuple):
    """An access token, and the refresh token that renews it: each is good for one refresh."""

    access: str
    refresh: str


class Jwt:
    """Short-lived tokens: had when the first request needs them, renewed when the service says that they have expired."""

    def __init__(
        self,
        *,
        email: Optional[str] = None,
        password: Optional[str] = None,
        tokens: Optional[Tokens] = None,
        on_tokens: Callable[[Tokens], object] = lambda _: None,
    ) -> None:
        """From a person's e-mail and password, or from a pair that was had before.

        ``on_tokens`` is told every new pair before it is used: to keep it, for the pair before is of no use any more.
        """
        self._login = _login(email, password, tokens)
        self._tokens = tokens
        self._on_tokens = on_tokens
        self._lock = Lock()

    def __repr__(self) -> str:
        return "Jwt(…)"

    def sign(self, request: Request, service: Service) -> Request:
        with self._lock:
            tokens = self._tokens or self._log_in(service)
        return request.with_headers({"authorization": f"Bearer {tokens.access}"})

    def renew(self, refused: Request, refusal: ApiError, service: Service) -> bool:
        """One renewal serves all requests that were refused meanwhile: a refresh token that is used twice ends its family."""
        if refusal.code != "token_not_valid":
            return False
        with self._lock:
            if self._tokens is None:
                return True
            if refused.headers.get("authorization") != f"Bearer {self._tokens.access}":
                return True
            return self._refresh(self._tokens.refresh, service)

    def _refresh(self, refresh: str, service: Service) -> bool:
        try:
            self._take("/api/auth/token/refresh/", {"refresh": refresh}, service)
        except ApiError as refused:
            if refused.status != 401:
                raise
            if self._login is None:
                return False
            self._log_in(service)
        return True

    def _log_in(self, service: Service) -> Tokens:
        return self._take("/api/auth/token/", self._login or {}, service)

    def _take(self, path: str, body: Mapping[str, str], service: Service) -> Tokens:
        pair = service.exchange(_post(service.origin + path, body)).json()
        tokens = Tokens(pair["access"], pair["refresh"])
        self._on_tokens(tokens)
        self._tokens = tokens
        return tokens


class OpenSession(NamedTuple):
    """A session that is open, as the cookies ``sessionid`` and ``csrftoken`` hold it."""

    session_id: str
    csrf_token: str


class Session:
    """The web app's scheme, for programs that do what a page does: tests, tools at somebody's desk.

    Integrations use ApiKey.
    """

    def __init__(
        self,
        *,
        email: Optional[str] = None,
        password: Optional[str] = None,
        session: Optional[OpenSession] = None,
        origin: Optional[str] = None,
    ) -> None:
        """From a person's e-mail and password, or from the cookies of a session that is open.

        ``origin`` is where the service's own pages are (its ``PUBLIC_ORIGIN``), if not where the client sends its requests.
        """
        self._login = _login(email, password, session)
        self._session = session
        self._origin = origin
        self._lock = Lock()

    def __repr__(self) -> str:
        return "Session(…)"

    def sign(self, request: Request, service: Service) -> Request:
        with self._lock:
            session = self._session or self._log_in(service)
        signed = request.with_headers({"cookie": f"sessionid={session.session_id}"})
        if request.method in _READS:
            return signed
        return signed.with_headers({"x-csrftoken": session.csrf_token, "origin": self._origin or service.origin})

    def renew(self, refused: Request, refusal: ApiError, service: Service) -> bool:
        if refusal.code != "authentication_failed":
            return False
        with self._lock:
            current = self._session.session_id if self._session else None
            if refused.headers.get("cookie") != f"sessionid={current}":
                return True
            if self._login is None:
                return False
            self._log_in(service)
            return True

    def _log_in(self, service: Service) -> OpenSession:
        csrf = _cookie(service.exchange(Request("GET", f"{service.origin}/api/auth/csrf/")), "csrftoken")
        proof = {"cookie": f"csrftoken={csrf}", "x-csrftoken": csrf, "origin": self._origin or service.origin}
        login = _post(f"{service.origin}/api/auth/login/", self._login or {}).with_headers(proof)
        answer = service.exchange(login)
        self._session = OpenSession(_cookie(answer, "sessionid"), _cookie(answer, "csrftoken"))
        return self._session


def _checked(key: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9]+\.[A-Za-z0-9]+", key):
        raise ValueError("An access key is `prefix.secret`, letters and digits, without white space.")
    return key


def _login(email: Optional[str], password: Optional[str], other: Optional[object]) -> Optional[dict[str, str]]:
    if email is not None and password is not None and other is None:
        return {"email": email, "password": password}
    if email is None and password is None and other is not None:
        return None
    raise TypeError("Give an e-mail and its password, or what was had with them before.")


def _post(url: str, body: Mapping[str, Any]) -> Request:
    return Request("POST", url, {"content-type": "application/json"}, json.dumps(body).encode())


def _cookie(answer: Answer, name: str) -> str:
    for header in answer.headers.get_all("set-cookie", []):
        cookies: SimpleCookie[str] = SimpleCookie(header)
        if name in cookies and cookies[name].value:
            return cookies[name].value
    raise ValueError(f"The service set no cookie {name}.")
