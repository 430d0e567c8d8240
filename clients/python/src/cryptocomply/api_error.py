"""What a call raises: ApiError, below which every code has a class (errors), and NoAnswerError."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional


class ApiError(Exception):
    """The service refused a request, or failed.

    Each ``code`` of the catalogue has a class of its own below this one; a code that this version of the client does not know
    is this class itself.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        detail: str,
        fields: Mapping[str, Any],
        retry_after_seconds: Optional[int],
        request_id: Optional[str],
        body: Mapping[str, Any],
    ) -> None:
        super().__init__(f"{status} {code}: {detail or dict(fields)}")
        #: The HTTP status.
        self.status = status
        #: The stable machine word, ``read_only_key``; the status as text where a proxy answered instead of the service.
        self.code = code
        #: The sentence that goes with it; empty where the messages are by field.
        self.detail = detail
        #: What is wrong with the input, by field; empty for everything but 400 ``invalid``.
        self.fields = fields
        #: After how long it may work, as the service said.
        self.retry_after_seconds = retry_after_seconds
        #: Names the request in the service's log: quote it when you ask for help.
        self.request_id = request_id
        #: The whole body: some codes say more, as ``already_issued`` says the ``id`` of what was issued.
        self.body = body


class NoAnswerError(Exception):
    """No whole answer came: the service can't be reached, the connection broke, or it was silent for too long."""
