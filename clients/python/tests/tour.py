"""Calls what it is told on standard input, one call a line, and tells how each went: test/clients drives it."""

from __future__ import annotations

import json
import sys
from typing import Any

from cryptocomply import ApiKey, Credential, CryptoComply, Jwt, Pages, Session

def credential_of(told: dict[str, str], origin: str) -> Credential | None:
    if told["scheme"] == "none":
        return None
    if told["scheme"] == "key":
        return ApiKey(told["key"])
    email, password = told["email"], told["password"]
    if told["scheme"] == "jwt":
        return Jwt(email=email, password=password)
    return Session(email=email, password=password, origin=origin)


def call(told: dict[str, Any]) -> None:
    client = CryptoComply(
        base_url=told["url"],
        credential=credential_of(told["credential"], told["origin"]),
        attempts=1,
        on_warning=lambda _: None,
    )
    operation = getattr(client, told["operationId"])
    body = {"body": told["body"]} if told.get("body") is not None else {}
    answer = operation(**told["params"], **body, options={"headers": told["headers"]})
    if isinstance(answer, Pages):
        next(answer.pages())


for line in sys.stdin:
    try:
        call(json.loads(line))
        outcome = "ok"
    except Exception as error:  # whatever it is, the test tells of it
        outcome = f"{type(error).__name__}: {error}"
    print(json.dumps(outcome), flush=True)
