"""Where an endpoint is and the key to it: checked at once, and kept out of everything that is said.

Keys go into one header of a request and nowhere else: no message, log, recording or `repr` holds
one. A password in the URL is taken out of it, since HTTP clients log URLs.
"""

from __future__ import annotations

import os
from base64 import b64encode
from urllib.parse import SplitResult, unquote, urlsplit

from goalsmith.domains.errors import ModelRefusedError

OPENAI_HOST = "api.openai.com"

PLACEHOLDER_KEY = "no-key"
"""What an endpoint without keys is sent: the client insists on one."""

MIN_SECRET = 8
"""Characters from which a key is hidden in texts of others: shorter ones may be words of theirs."""


class Access:
    """An endpoint's URL and key.

    Args:
        url: the endpoint, such as `http://localhost:11434/v1`; by default OPENAI_BASE_URL, else
            OpenAI's own.
        key: by default OPENAI_API_KEY. An endpoint given by its URL may do without.

    Attributes:
        url: the URL without a user's name and password; None: OpenAI's own endpoint.

    Raises:
        ModelRefusedError: there is no key, or the key or the URL cannot be right.
    """

    __slots__ = ("_key", "_password", "_user", "url")

    def __init__(self, url: str | None = None, key: str | None = None) -> None:
        url = url or os.environ.get("OPENAI_BASE_URL") or None
        self._user = self._password = ""
        self.url: str | None = None
        if url is not None:
            parts = _checked_url(url)
            self._user = unquote(parts.username or "")
            self._password = unquote(parts.password or "")
            place = parts.netloc.rpartition("@")[2]
            self.url = f"{parts.scheme}://{place}{parts.path}"
        key = (key or os.environ.get("OPENAI_API_KEY") or "").strip()
        self._key = _checked_key(key, needed=self.url is None)

    def __repr__(self) -> str:
        return f"Access({self.place!r})"

    @property
    def place(self) -> str:
        """The endpoint as messages name it."""
        return self.url or "OpenAI's endpoint"

    @property
    def port(self) -> int | None:
        """The port that the URL names, if any."""
        return None if self.url is None else urlsplit(self.url).port

    @property
    def is_openai(self) -> bool:
        """Whether this is OpenAI's own endpoint."""
        return self.url is None or urlsplit(self.url).hostname == OPENAI_HOST

    def key(self) -> str:
        """The key, for the client alone."""
        return self._key

    def headers(self) -> dict[str, str]:
        """The headers that let a request in, beside the key's own; for the client alone.

        A user's name and password take the place of the key (RFC 7617).
        """
        if not (self._user or self._password):
            return {}
        pair = b64encode(f"{self._user}:{self._password}".encode()).decode("ascii")
        return {"Authorization": f"Basic {pair}"}

    def hidden(self, text: str) -> str:
        """A text of somebody else with the key and the password blotted out."""
        for secret in (self._key, self._password):
            if len(secret) >= MIN_SECRET:
                text = text.replace(secret, "[key]")
        return text


def _checked_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right:
        raise ModelRefusedError(
            "the endpoint's URL is not one: give it as in http://localhost:11434/v1"
        )
    if parts.query or parts.fragment:
        # Paths are put behind it; and what stands there may be a key, which would be logged.
        raise ModelRefusedError(
            "the endpoint's URL may have no `?` or `#` part: give it as in "
            "http://localhost:11434/v1, and a key in OPENAI_API_KEY"
        )
    return parts


def _checked_key(key: str, *, needed: bool) -> str:
    if not key:
        if needed:
            raise ModelRefusedError(
                "there is no key for OpenAI's endpoint: set OPENAI_API_KEY, or give the URL of an "
                "endpoint that needs none"
            )
        return PLACEHOLDER_KEY
    # It goes into a header; a client's complaint about it would show it.
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ModelRefusedError("the key holds characters that no key has: check OPENAI_API_KEY")
    return key
