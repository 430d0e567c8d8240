"""Where a credential may go."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit


def checked_origin(base_url: str, allow_http: bool) -> str:
    """A base URL without the slash at its end. Raises ValueError for one that would send a credential in clear, or that no path can follow.

    It goes over https; over http on this machine, or anywhere if that is allowed.
    """
    if re.search(r"[\s\x00-\x1f\x7f?#]", base_url):
        raise ValueError(f"A base URL has no white space, no query and no fragment: {base_url!r}.")
    scheme = urlsplit(base_url).scheme
    if scheme != "https" and not (scheme == "http" and (allow_http or is_loopback(base_url))):
        raise ValueError(f"Credentials go over https, not to {base_url}; see allow_http.")
    return base_url.rstrip("/")


def checked_path(path: str) -> str:
    """A path below the origin, with its query. Raises ValueError for what would lead elsewhere than it says.

    Put behind an origin, ``@host/`` and ``.host/`` would be another; a server on the way resolves dot segments; what is not visible
    ASCII, or begins a fragment, must be quoted.
    """
    if not path.startswith("/") or path.startswith("//"):
        raise ValueError(f"A path starts with one slash: {path!r}.")
    if not re.fullmatch(r"[!-~]+", path) or "#" in path:
        raise ValueError(f"A path is quoted: {path!r}.")
    if re.match(r"[^?]*[/\\](\.|%2e){1,2}([/\\?]|$)", path, re.IGNORECASE):
        raise ValueError(f"A path has no dot segments: {path!r}.")
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
