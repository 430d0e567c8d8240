"""What the service says beside its answers about the access key that a request came with."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from threading import Lock
from typing import Literal, Optional

_log = logging.getLogger("cryptocomply")


@dataclass(frozen=True)
class KeyWarning:
    """The access key is about to expire (``expires_at``, ISO 8601), or was rotated (``superseded_by``, a prefix)."""

    kind: Literal["expiring", "superseded"]
    message: str
    expires_at: Optional[str] = None
    superseded_by: Optional[str] = None


def warn(warning: KeyWarning) -> None:
    """As Python programs are warned."""
    warnings.warn(warning.message, stacklevel=2)


class KeyWarnings:
    """Tells each warning once, however many answers repeat it.

    Who is told may fail; the answer is there all the same, and with it what was done, so the failure goes to the log.
    """

    def __init__(self, tell: Callable[[KeyWarning], object]) -> None:
        self._tell = tell
        self._told: set[KeyWarning] = set()
        self._lock = Lock()

    def read(self, headers: Message) -> None:
        expires_at = headers.get("cryptocomply-key-expires-at")
        if expires_at:
            message = f"The access key expires at {expires_at}: rotate it."
            self._once(KeyWarning("expiring", message, expires_at=expires_at))
        superseded_by = headers.get("cryptocomply-key-superseded-by")
        if superseded_by:
            message = f"The access key was rotated: move to {superseded_by}, this one ends soon."
            self._once(KeyWarning("superseded", message, superseded_by=superseded_by))

    def _once(self, warning: KeyWarning) -> None:
        with self._lock:
            if warning in self._told:
                return
            self._told.add(warning)
        try:
            self._tell(warning)
        except Exception:  # under `-W error` a warning is one, too
            _log.warning("%s", warning.message, exc_info=True)
