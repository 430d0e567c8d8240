"""Where a credential may go."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit


def checked_origin(base_url: str, allow_http: bool) -> str:
    """A base URL without the slash at its end. Raises ValueError for one that would send a credential in clear.

    It goes over https; over http on this machine, or anywhere if that is allowed.
    """
    scheme = urlsplit(base_url).scheme
    if scheme != "https" and not (scheme == "http" and (allow_http or is_loopback(base_url))):
        raise ValueError(f"Credentials go over https, not to {base_url}; see allow_http.")
    return base_url.rstrip("/")


def checked_path(path: str) -> str:
    """A path below the origin. Raises ValueError for what, put behind an origin, would be another: ``@host/``, ``.host/``."""
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"A path starts with one slash: {path!r}.")
    return path


def is_loopback(url: str) -> bool:
    """Whether what is sent to a URL stays on this machine."""
    # All of what urllib connects to: `hostname` leaves out a user, and what stands behind a bracket.
    host = re.sub(r":\d+$", "", urlsplit(url).netloc)
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(re.sub(r"^\[(.+)\]$", r"\1", host)).is_loopback
    except ValueError:
        return False
