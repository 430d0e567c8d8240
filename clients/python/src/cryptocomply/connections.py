"""Connections to the service: kept alive, each for one thread at a time, through the proxy that the environment names."""

from __future__ import annotations

import base64
import http.client
import os
import re
import selectors
import ssl
import time
import urllib.request
import weakref
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Optional
from urllib.parse import unquote, urlsplit

from .destination import is_loopback

#: Connections that wait to be used again, at most.
_MOST_IDLE = 10
#: How long a connection may wait where the server doesn't say: less than the five seconds after which some close it.
_IDLE_SECONDS = 4.0


@dataclass
class Connection:
    """A connection, and how requests are put on it."""

    http: http.client.HTTPConnection
    #: What stands in front of a request's path: nothing, or for a proxy that passes on what is in clear, the origin.
    before_path: str = ""
    #: What the proxy asks for.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: The time, by the monotonic clock, until which it may be used again.
    usable_until: float = 0.0

    def close(self) -> None:
        self.http.close()


class Connections:
    """Gives a thread a connection for one exchange, and keeps it for the next."""

    def __init__(self, origin: str) -> None:
        """``origin``: a base URL that ``checked_origin`` has let pass."""
        self._scheme, self._host = urlsplit(origin)[:2]
        self._tls = _tls() if self._scheme == "https" else None
        self._idle: deque[Connection] = deque()
        self._process = os.getpid()
        # Whoever lets go of the client without a word has closed it.
        self._finalizer = weakref.finalize(self, _close_all, self._idle)

    def take(self) -> Connection:
        """One that waits and still stands, or a new one. It is the caller's until it is given back, or closed."""
        if self._process != os.getpid():  # after a fork both processes would speak on one connection
            _close_all(self._idle)
            self._process = os.getpid()
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return self.open()
            if time.monotonic() < connection.usable_until and _is_quiet(connection):
                return connection
            connection.close()

    def give_back(self, connection: Connection, headers: Message) -> None:
        """After an answer was read to its end, with its headers."""
        if connection.http.sock is None:
            return  # closed with the answer
        told = re.search(r"timeout=(\d+)", headers.get("keep-alive", ""))
        seconds = float(told[1]) - 1 if told else _IDLE_SECONDS
        connection.usable_until = time.monotonic() + seconds
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    def open(self) -> Connection:
        """A new one, which connects when the first request is put on it."""
        proxy = self._proxy()
        if proxy is None:
            return Connection(self._connection_to(self._host))
        user, _, address = proxy.netloc.rpartition("@")
        login = base64.b64encode(unquote(user).encode()).decode()
        headers = {"proxy-authorization": f"Basic {login}"} if user else {}
        if self._scheme == "https":
            # The proxy passes on what it can't read.
            tunnel = self._connection_to(address)
            tunnel.set_tunnel(self._host, headers=headers)
            return Connection(tunnel)
        to_proxy = http.client.HTTPSConnection if proxy.scheme == "https" else http.client.HTTPConnection
        return Connection(to_proxy(address), f"{self._scheme}://{self._host}", headers)

    def close(self) -> None:
        """Closes those that wait."""
        _close_all(self._idle)

    def _connection_to(self, address: str) -> http.client.HTTPConnection:
        if self._tls is None:
            return http.client.HTTPConnection(address)
        return http.client.HTTPSConnection(address, context=self._tls)

    def _proxy(self) -> Optional[_Proxy]:
        """What stays on this machine in clear passes no proxy, whatever the environment says: it would read the credential."""
        if self._scheme == "http" and is_loopback(f"http://{self._host}"):
            return None
        if urllib.request.proxy_bypass(self._host):
            return None
        url = urllib.request.getproxies().get(self._scheme)
        if not url:
            return None
        scheme, netloc = urlsplit(url if "://" in url else f"http://{url}")[:2]
        return _Proxy(scheme, netloc)


@dataclass(frozen=True)
class _Proxy:
    scheme: str
    netloc: str


def _tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


def _is_quiet(connection: Connection) -> bool:
    """Whether nothing came unasked: a server that closes a connection says so, and a request on it would be lost."""
    sock = connection.http.sock
    if sock is None:
        return False
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        return not selector.select(0)


def _close_all(connections: deque[Connection]) -> None:
    while True:
        try:
            connections.pop().close()
        except IndexError:
            return
