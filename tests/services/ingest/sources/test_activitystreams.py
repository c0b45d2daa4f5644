"""ActivityStreams: what is a message, whose, where, when, and in which words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.contracts.envelope import Kind
from services.ingest.feed_event import FeedEvent, Visibility
from services.ingest.sources import activitystreams
from services.ingest.sources.activitystreams import Envelope
from services.ingest.sources.reading import Ignored, IgnoredReason, SourceError

CONTEXT = "https://www.w3.org/ns/activitystreams"
NOTE = {
    "type": "Note",
    "id": "https://social.example.org/notes/1",
    "content": "<p>Hello</p>",
    "published": "2026-01-05T08:00:00Z",
}
CREATE = {
    "@context": CONTEXT,
    "type": "Create",
    "actor": "https://social.example.org/ann",
    "object": NOTE,
}


def read(**changes: Any) -> FeedEvent | Ignored:
    return activitystreams.read({**CREATE, **changes}, Envelope("feed"))


def event(**changes: Any) -> FeedEvent:
    found = read(**changes)
    assert isinstance(found, FeedEvent)
    return found


def faults(document: object) -> list[tuple[str, str]]:
    with pytest.raises(SourceError) as caught:
        activitystreams.read(document, Envelope("feed"))
    return [(fault.pointer, fault.code) for fault in caught.value.faults]


def test_a_created_note_is_a_post() -> None:
    found = event()

    assert (found.kind, found.version, found.text) == (Kind.POST, 1, "Hello")
    assert found.source_id == NOTE["id"]
    assert found.identity == "as:https://social.example.org/ann"
    assert found.channel == "feed:main"
    assert found.at == datetime(2026, 1, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    "actor",
    [
        "mailto:Ann@Example.org",
        {"type": "Person", "id": "mailto:ann@example.org"},
        {"@type": "Person", "@id": "mailto:ann@example.org"},
        ["mailto:ann@example.org"],
        [{"type": "Person", "id": "mailto:ann@example.org", "name": "Ann"}],
    ],
)
def test_an_actor_may_be_an_address_an_object_or_a_list_of_one(actor: object) -> None:
    assert event(actor=actor).identity == "mail:ann@example.org"


@pytest.mark.parametrize(
    "context",
    [CONTEXT, f"{CONTEXT}#", "http://www.w3.org/ns/activitystreams", [CONTEXT, {"x": "urn:x"}]],
)
def test_the_context_may_be_one_of_several(context: object) -> None:
    assert event(**{"@context": context}).kind is Kind.POST


@pytest.mark.parametrize(
    "kind", ["Create", "as:Create", ["Create", "prov:Activity"], f"{CONTEXT}#Create"]
)
def test_a_type_may_be_written_in_full_or_among_others(kind: object) -> None:
    assert event(type=kind).kind is Kind.POST


def test_the_older_forms_of_id_and_type_are_read() -> None:
    note = {"@type": "Note", "@id": NOTE["id"], "content": "Hello", "published": NOTE["published"]}
    document = {"@context": CONTEXT, "@type": "Create", "actor": CREATE["actor"], "object": [note]}

    found = activitystreams.read(document, Envelope("feed"))

    assert isinstance(found, FeedEvent)
    assert found.source_id == NOTE["id"]


@pytest.mark.parametrize(
    ("by_language", "text"),
    [
        ({"de": "Hallo", "nl-BE": "Dag", "fr": "Salut"}, "Dag"),
        ({"fr": "Salut", "en": "Hi"}, "Hi"),
        ({"de": "Hallo"}, "Hallo"),
        ({}, ""),
    ],
)
def test_of_several_languages_one_that_is_scored_is_taken(
    by_language: dict[str, str], text: str
) -> None:
    note = {key: value for key, value in NOTE.items() if key != "content"}

    assert event(object={**note, "contentMap": by_language}).text == text


def test_the_words_are_those_that_a_reader_sees() -> None:
    markup = (
        '<p><span class="h-card"><a class="u-url mention">@bob</a></span> too much<br>work'
        " &amp; no &lt;end&gt;</p><script>x</script><p>Ann</p>"
    )

    assert event(object={**NOTE, "content": markup}).text == "too much\nwork & no <end>\nAnn"


def test_plain_words_are_taken_as_they_are() -> None:
    note = {**NOTE, "content": "a < b", "mediaType": "text/plain"}

    assert event(object=note).text == "a < b"


def test_the_title_of_an_article_is_part_of_it() -> None:
    article = {**NOTE, "type": "Article", "name": "Overtime"}

    assert event(object=article).text == "Overtime\nHello"


@pytest.mark.parametrize(
    ("addressed", "visibility"),
    [
        ({}, Visibility.PUBLIC),
        ({"to": "as:Public"}, Visibility.PUBLIC),
        ({"to": "https://x.org/bob", "cc": [f"{CONTEXT}#Public"]}, Visibility.PUBLIC),
        ({"to": "https://social.example.org/bob"}, Visibility.DIRECT),
        ({"to": []}, Visibility.PUBLIC),
        ({"bto": [{"type": "Person", "id": "https://x.org/bob"}]}, Visibility.DIRECT),
    ],
)
def test_what_is_addressed_to_somebody_is_not_public(
    addressed: dict[str, Any], visibility: Visibility
) -> None:
    assert event(**addressed).visibility is visibility
    assert event(object={**NOTE, **addressed}).visibility is visibility


@pytest.mark.parametrize("name", ["target", "audience", "context"])
def test_the_place_is_where_it_was_put(name: str) -> None:
    place = {name: {"type": "Group", "id": "https://social.example.org/groups/sales"}}

    assert event(**place).channel == "feed:https://social.example.org/groups/sales"


def test_an_update_keeps_the_time_of_the_original_and_counts_by_its_own() -> None:
    note = {**NOTE, "updated": "2026-01-05T09:00:00Z"}

    found = event(type="Update", object=note)

    assert found.at == datetime(2026, 1, 5, 8, tzinfo=UTC)
    assert (found.kind, found.version) == (Kind.EDIT, 1767603600000)


@pytest.mark.parametrize(
    "gone",
    [
        "https://social.example.org/notes/1",
        {"type": "Tombstone", "id": "https://social.example.org/notes/1"},
        {"type": "Tombstone", "id": "https://social.example.org/notes/1", "formerType": "Note"},
        NOTE,
    ],
)
def test_a_deletion_needs_no_more_than_the_address(gone: object) -> None:
    found = event(type="Delete", object=gone, published="2026-01-05T09:00:00Z")

    assert (found.kind, found.source_id, found.text) == (Kind.DELETE, NOTE["id"], "")


def test_a_moderators_edit_stays_the_authors() -> None:
    note = {**NOTE, "attributedTo": "https://social.example.org/bob", "updated": NOTE["published"]}

    assert event(type="Update", object=note).identity == "as:https://social.example.org/bob"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "Like"}, IgnoredReason.OTHER_EVENT),
        ({"type": "Note", "actor": None}, IgnoredReason.NO_MESSAGE),
        ({"object": "https://social.example.org/notes/1"}, IgnoredReason.NO_MESSAGE),
        ({"object": {**NOTE, "type": "Image"}}, IgnoredReason.NO_MESSAGE),
        (
            {"type": "Delete", "object": {"type": "Tombstone", "formerType": "Image"}},
            IgnoredReason.NO_MESSAGE,
        ),
        (
            {"actor": {"type": "Service", "id": "https://x.org/bot"}},
            IgnoredReason.AUTOMATED,
        ),
    ],
)
def test_other_activities_are_ignored(changes: dict[str, Any], reason: IgnoredReason) -> None:
    assert read(**changes) == Ignored(reason)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"@context": "http://schema.org"}, ("/@context", "not_activitystreams")),
        ({"@context": None}, ("/@context", "not_activitystreams")),
        ({"id": 4}, ("/id", "absolute_iri")),
        ({"id": "notes/1"}, ("/id", "absolute_iri")),
        ({"object": {**NOTE, "url": "images/sally.jpg"}}, ("/object/url", "absolute_iri")),
        ({"object": {**NOTE, "name": {"en": "x"}}}, ("/object/name", "string_expected")),
        ({"object": {**NOTE, "contentMap": "x"}}, ("/object/contentMap", "language_map")),
        ({"object": {**NOTE, "contentMap": {"a b": "x"}}}, ("/object/contentMap", "language_map")),
        ({"object": {**NOTE, "published": "yesterday"}}, ("/object/published", "time")),
        ({"object": [NOTE, NOTE]}, ("/object", "one_expected")),
        ({"object": None}, ("/object", "missing")),
        ({"object": 4}, ("/object", "object_or_iri")),
        ({"actor": {"type": "Person", "name": "Ann"}}, ("/actor/id", "missing")),
        ({"first": {"type": "Offer"}}, ("/first", "page_expected")),
        ({"totalItems": -1}, ("/totalItems", "non_negative_integer")),
        ({"type": 4}, ("/type", "type")),
    ],
)
def test_what_breaks_a_rule_is_pointed_at(
    changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert faults({**CREATE, **changes}) == [expected]


@pytest.mark.parametrize("document", [42, [CREATE], "x", None])
def test_a_document_is_an_object(document: object) -> None:
    assert faults(document) == [("", "object_expected")]


def test_objects_in_objects_without_end_are_refused() -> None:
    inner: dict[str, Any] = {}
    for _ in range(200):
        inner = {"object": inner}

    assert [code for _, code in faults({**CREATE, "object": inner})] == ["too_deep"]


def test_markup_beyond_any_message_is_not_parsed() -> None:
    note = {**NOTE, "content": "<![" * 40_000}

    assert faults({**CREATE, "object": note}) == [("/object/content", "string_too_long")]


@pytest.mark.parametrize(
    "answered",
    [
        "https://social.example.org/notes/0",
        ["https://social.example.org/notes/0"],
        {"type": "Note", "id": "https://social.example.org/notes/0", "content": "Hi"},
    ],
)
def test_a_note_in_reply_to_another_answers_it(answered: object) -> None:
    found = event(object={**NOTE, "inReplyTo": answered})

    assert (found.kind, found.in_reply_to) == (Kind.REPLY, "https://social.example.org/notes/0")


@pytest.mark.parametrize("answered", [None, [], ["https://a.example/1", "https://a.example/2"]])
def test_a_note_that_answers_not_one_thing_is_a_post(answered: object) -> None:
    found = event(object={**NOTE, "inReplyTo": answered})

    assert (found.kind, found.in_reply_to) == (Kind.POST, None)


def test_an_edit_of_an_answer_still_answers() -> None:
    edited = {**NOTE, "inReplyTo": "https://a.example/1", "updated": "2026-01-05T09:00:00Z"}
    found = event(type="Update", object=edited)

    assert (found.kind, found.in_reply_to) == (Kind.EDIT, "https://a.example/1")
