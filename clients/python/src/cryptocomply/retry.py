"""Which calls are repeated, after what, and when."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Optional

from .api_error import ApiError, NoAnswerError
from .transport import Request

_READS = {"GET", "HEAD", "OPTIONS"}
#: The first pause may be so long, each later one twice as long as the one before.
_FIRST_PAUSE_SECONDS = 1.0


@dataclass(frozen=True)
class RetryRules:
    #: How often a request is sent, the first time included.
    attempts: int
    #: Who is asked to wait longer than this gets the error at once.
    longest_wait_seconds: float


def may_repeat(request: Request, told: Optional[bool]) -> bool:
    """Whether a request may be repeated.

    A read may; a write only where its caller says so, or gave it an ``Idempotency-Key``, by which the service does it once.
    """
    return told if told is not None else request.method in _READS or "idempotency-key" in request.headers


def pause_after(error: Exception, attempt: int, rules: RetryRules) -> Optional[float]:
    """How long to wait before the next attempt, in seconds; None: a repeat does not help, or not soon enough.

    The service's ``Retry-After`` counts; without one the pause is random, up to a bound that doubles, so that many clients
    don't come at once.
    """
    if attempt >= rules.attempts or not _may_pass(error):
        return None
    told = error.retry_after_seconds if isinstance(error, ApiError) else None
    pause = told if told is not None else random.random() * _FIRST_PAUSE_SECONDS * 2 ** (attempt - 1)
    return pause if pause <= rules.longest_wait_seconds else None


def _may_pass(error: Exception) -> bool:
    """Whether the same request may be answered otherwise in a moment."""
    if isinstance(error, NoAnswerError):
        return True
    if not isinstance(error, ApiError):
        return False
    if error.code == "idempotency_in_progress":
        return True
    if error.status == 429:
        return error.code != "provider_quota"
    # What says 502 or 504 without a code of the service's is a proxy on the way; with one the provider was asked often enough.
    return error.status == 503 or (error.status in (502, 504) and error.code == str(error.status))
