"""What every ActivityStreams 2.0 document must keep to, whatever it tells of.

Source: https://www.w3.org/TR/activitystreams-core/, sections 2-5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from services.contracts.failures import Fault
from services.ingest.sources.reading import SourceError, moment

CONTEXTS: Final = frozenset(
    f"{scheme}://www.w3.org/ns/activitystreams{end}"
    for scheme in ("https", "http")
    for end in ("", "#")
)
"""Older producers write ``http`` and the ``#`` of the vocabulary's terms."""
DEEPEST: Final = 32
"""Levels of objects in objects; real ones have four or five."""

_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x1f]+")
_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_PAGES: Final = frozenset({"CollectionPage", "OrderedCollectionPage", "Link"})


def check(document: object) -> Mapping[str, object]:
    """*document*, which is a valid ActivityStreams object.

    Raises:
        SourceError: it is not.
    """
    if not isinstance(document, dict):
        raise SourceError(Fault("", "object_expected"))
    if not _has_context(document.get("@context")):
        raise SourceError(Fault("/@context", "not_activitystreams"))
    waiting: list[tuple[str, dict[str, object], int]] = [("", document, 0)]
    while waiting:
        pointer, node, depth = waiting.pop()
        if depth > DEEPEST:
            raise SourceError(Fault(pointer, "too_deep"))
        found = [
            fault
            for name, rule in _RULES.items()
            if node.get(name) is not None
            for fault in rule(node[name], f"{pointer}/{name}")
        ]
        if found:
            raise SourceError(*found)
        for name in _RELATIONS & node.keys():
            inner = node[name]
            children = inner if isinstance(inner, list) else [inner]
            waiting += [
                (f"{pointer}/{name}", child, depth + 1)
                for child in children
                if isinstance(child, dict)
            ]
    return document


def types(node: object) -> frozenset[str]:
    """The types of *node* in the vocabulary's own short names; none of a bare IRI.

    >>> sorted(types({"type": ["as:Create", "prov:Activity"]}))
    ['Create', 'prov:Activity']
    """
    if not isinstance(node, dict):
        return frozenset()
    value = node.get("type", node.get("@type"))
    names = value if isinstance(value, list) else [value]
    short = re.compile(r"as:|https?://www\.w3\.org/ns/activitystreams#")
    return frozenset(short.sub("", name, count=1) for name in names if isinstance(name, str))


def id_of(node: object) -> str | None:
    """The IRI that *node* is or has."""
    if isinstance(node, str):
        return node or None
    if isinstance(node, dict):
        found = node.get("id", node.get("@id", node.get("href")))
        return found if isinstance(found, str) and found else None
    return None


def _has_context(value: object) -> bool:
    contexts = value if isinstance(value, list) else [value]
    return any(isinstance(one, str) and one in CONTEXTS for one in contexts) or any(
        # A JSON-LD context may name the vocabulary under a prefix or as the default.
        isinstance(one, dict) and one.get("@vocab") in tuple(CONTEXTS)
        for one in contexts
    )


def _iri(value: object, pointer: str) -> list[Fault]:
    fits = isinstance(value, str) and _IRI.fullmatch(value)
    return [] if fits else [Fault(pointer, "absolute_iri")]


def _type(value: object, pointer: str) -> list[Fault]:
    names = value if isinstance(value, list) else [value]
    fits = all(isinstance(name, str) and name for name in names)
    return [] if fits else [Fault(pointer, "type")]


def _words(value: object, pointer: str) -> list[Fault]:
    """A string; words by language have a name of their own, ending in ``Map``."""
    values = value if isinstance(value, list) else [value]
    fits = all(isinstance(one, str) for one in values)
    return [] if fits else [Fault(pointer, "string_expected")]


def _words_by_language(value: object, pointer: str) -> list[Fault]:
    fits = isinstance(value, dict) and all(
        _LANGUAGE_TAG.fullmatch(tag) and isinstance(text, str) for tag, text in value.items()
    )
    return [] if fits else [Fault(pointer, "language_map")]


def _links(value: object, pointer: str) -> list[Fault]:
    values = value if isinstance(value, list) else [value]
    return [
        fault for one in values for fault in ([] if isinstance(one, dict) else _iri(one, pointer))
    ]


def _relation(value: object, pointer: str) -> list[Fault]:
    values = value if isinstance(value, list) else [value]
    fits = all(isinstance(one, dict) or (isinstance(one, str) and one) for one in values)
    return [] if fits else [Fault(pointer, "object_or_iri")]


def _page(value: object, pointer: str) -> list[Fault]:
    if isinstance(value, dict):
        return [] if types(value) & _PAGES else [Fault(pointer, "page_expected")]
    return _iri(value, pointer)


def _time(value: object, pointer: str) -> list[Fault]:
    try:
        moment(value, pointer, seconds=False)
    except SourceError as error:
        return list(error.faults)
    return []


def _amount(value: object, pointer: str) -> list[Fault]:
    fits = type(value) is int and value >= 0
    return [] if fits else [Fault(pointer, "non_negative_integer")]


_RELATIONS: Final = frozenset({
    "actor", "object", "target", "origin", "result", "instrument", "attributedTo", "attachment",
    "audience", "bcc", "bto", "cc", "context", "generator", "icon", "image", "inReplyTo", "items",
    "location", "orderedItems", "preview", "replies", "tag", "to", "url", "first", "last", "next",
    "prev", "current", "partOf",
})  # fmt: skip
_Rule = Callable[[object, str], list[Fault]]
_RULES: Final[Mapping[str, _Rule]] = {
    **dict.fromkeys(_RELATIONS, _relation),
    **dict.fromkeys(("id", "@id", "href"), _iri),
    **dict.fromkeys(("type", "@type"), _type),
    **dict.fromkeys(("name", "displayName", "summary", "content"), _words),
    **dict.fromkeys(("nameMap", "summaryMap", "contentMap"), _words_by_language),
    **dict.fromkeys(("first", "last", "next", "prev", "current"), _page),
    **dict.fromkeys(("published", "updated", "startTime", "endTime", "deleted"), _time),
    "totalItems": _amount,
    "url": _links,
}
