"""Marked-up words to the words alone, as a reader would see them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from typing_extensions import override

_BREAKS: Final = frozenset({
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure",
    "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre",
    "section", "table", "td", "th", "tr", "ul",
})  # fmt: skip
_UNSEEN: Final = frozenset({"script", "style", "template", "head", "title", "noscript"})
_VOID: Final = frozenset({"br", "hr", "img", "wbr", "input", "meta", "link"})
_SPACES: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r" ?\n[ \n]*")


class _Reader(HTMLParser):
    """Keeps what is shown; a mention names a person, so it is left out whole."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BREAKS and not self._hidden:
            self.words.append("\n")
        classes = (dict(attrs).get("class") or "").split()
        if tag not in _VOID and (self._hidden or tag in _UNSEEN or "mention" in classes):
            self._hidden.append(tag)

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            while self._hidden.pop() != tag:
                pass
        elif tag in _BREAKS and not self._hidden:
            self.words.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def from_html(markup: str) -> str:
    r"""The visible words of *markup*.

    >>> from_html("<p>Too <b>much</b> &amp; too late</p><p>again<br>today</p>")
    'Too much & too late\nagain\ntoday'
    """
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return tidy("".join(reader.words))


_SLACK_PERSON: Final = re.compile(r"<(?:@[UWB]|!)[^<>]*>")
_SLACK_CHANNEL: Final = re.compile(r"<#[^<>|]*\|?([^<>]*)>")
_SLACK_LINK: Final = re.compile(r"<([A-Za-z][A-Za-z0-9+.-]*:[^<>|]*)(?:\|([^<>]*))?>")
_SLACK_ESCAPES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
"""In this order: ``&amp;lt;`` is somebody's ``&lt;``."""


def from_slack(markup: str) -> str:
    """The words of Slack's ``mrkdwn``: no mention, the label of a link, escapes undone.

    >>> from_slack("<@U01> I &lt;3 the <https://example.org|new canteen> &amp; <#C1|food>")
    'I <3 the new canteen & #food'
    """
    text = _SLACK_PERSON.sub(" ", markup)
    text = _SLACK_CHANNEL.sub(lambda found: f"#{found[1]}" if found[1] else " ", text)
    text = _SLACK_LINK.sub(lambda found: found[2] or found[1], text)
    for escaped, character in _SLACK_ESCAPES:
        text = text.replace(escaped, character)
    return tidy(text)


def tidy(text: str) -> str:
    """*text* with runs of spaces and of empty lines made single."""
    return _LINES.sub("\n", _SPACES.sub(" ", text)).strip()
