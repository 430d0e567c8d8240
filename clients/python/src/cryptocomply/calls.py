"""What every operation is made of: its request, its answer, the pages of a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Generic, Optional, TypedDict, TypeVar
from urllib.parse import parse_qsl, quote, urlsplit

from .transport import Answer

Item = TypeVar("Item")
Query = Mapping[str, Any]


class Options(TypedDict, total=False):
    """What may be said of any call."""

    #: Whether the call may be repeated when it fails; reads, and what has an ``Idempotency-Key``, may unless told.
    retry: bool
    #: How long the service may be silent in an attempt.
    timeout_seconds: float
    headers: Mapping[str, str]


class Page(Generic[Item]):
    """One page of a list."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.count: int = body["count"]
        self.next: Optional[str] = body["next"]
        self.previous: Optional[str] = body["previous"]
        self.results: list[Item] = body["results"]


class Pages(Generic[Item]):
    """A list of the service's, read page by page as it is gone through: ``for item in list``."""

    def __init__(self, fetch: Callable[[Query], Mapping[str, Any]]) -> None:
        self._fetch = fetch

    def __iter__(self) -> Iterator[Item]:
        """All of the list's entries. One that moves while the list is gone through may come twice, or not at all."""
        for page in self.pages():
            yield from page.results

    def pages(self) -> Iterator[Page[Item]]:
        """The pages themselves."""
        query: Optional[Query] = {}
        while query is not None:
            page: Page[Item] = Page(self._fetch(query))
            yield page
            # Where `next` points to is not followed: the credential goes to the client's own base URL and nowhere else.
            query = None if page.next is None else dict(parse_qsl(urlsplit(page.next).query))


class Calls:
    """How operations are called; Client says how requests are sent."""

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Query] = None,
        body: object = None,
        options: Optional[Options] = None,
    ) -> Answer:
        """Any request by hand, for what a method can't show: an ``ETag``, an answer that is no JSON.

        Raises ValueError for a path that does not start with one slash: it would lead elsewhere than to the service.
        """
        raise NotImplementedError

    def _answer(
        self,
        method: str,
        path: str,
        *,
        path_values: Optional[Mapping[str, object]],
        query: Optional[Query],
        header: Optional[Mapping[str, Optional[str]]],
        body: object,
        options: Optional[Options],
    ) -> Answer:
        given: Options = options or {}
        headers = {name: value for name, value in (header or {}).items() if value is not None}
        every = given.copy()
        every["headers"] = {**headers, **given.get("headers", {})}
        return self.send(method, filled(path, path_values or {}), query=query, body=body, options=every)

    def _json(
        self,
        method: str,
        template: str,
        *,
        path: Optional[Mapping[str, object]] = None,
        query: Optional[Query] = None,
        header: Optional[Mapping[str, Optional[str]]] = None,
        body: object = None,
        options: Optional[Options] = None,
    ) -> Any:
        answer = self._answer(
            method, template, path_values=path, query=query, header=header, body=body, options=options
        )
        return answer.json()

    def _text(
        self,
        method: str,
        template: str,
        *,
        path: Optional[Mapping[str, object]] = None,
        query: Optional[Query] = None,
        header: Optional[Mapping[str, Optional[str]]] = None,
        body: object = None,
        options: Optional[Options] = None,
    ) -> str:
        answer = self._answer(
            method, template, path_values=path, query=query, header=header, body=body, options=options
        )
        return answer.text

    def _nothing(
        self,
        method: str,
        template: str,
        *,
        path: Optional[Mapping[str, object]] = None,
        query: Optional[Query] = None,
        header: Optional[Mapping[str, Optional[str]]] = None,
        body: object = None,
        options: Optional[Options] = None,
    ) -> None:
        self._answer(method, template, path_values=path, query=query, header=header, body=body, options=options)

    def _pages(
        self,
        method: str,
        template: str,
        *,
        path: Optional[Mapping[str, object]] = None,
        query: Optional[Query] = None,
        options: Optional[Options] = None,
    ) -> Pages[Any]:
        def fetch(more: Query) -> Mapping[str, Any]:
            page: Mapping[str, Any] = self._json(
                method, template, path=path, query={**(query or {}), **more}, options=options
            )
            return page

        return Pages(fetch)


def filled(template: str, values: Mapping[str, object]) -> str:
    """A path with its values. A provider's own path stays as it is, slashes, query and all; what else is put into a path is one part."""
    for name, value in values.items():
        part = str(value) if name == "path" else quote(str(value), safe="")
        template = template.replace(f"{{{name}}}", part)
    return template
