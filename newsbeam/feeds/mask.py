"""Secrets in URLs, masked: what logs, errors and tables show of a URL."""

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

MASK = "***"
_SECRET_NAME = re.compile(
    r"(?:^|[_.-])(?:api_?key|key|token|access_?token|auth|authorization|secret|client_?secret|pass|passwd|"
    r"password|pwd|sig|signature|session|sessionid|sid|jwt|code|credential|hash|private)s?$",
    re.IGNORECASE,
)
_OPAQUE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9_+/=.~-]{20,}")
"""A long mix of letters and digits: in the query of a feed's URL that is a token more often than a word."""
_PATH_TOKEN = re.compile(r"(?<=/)(?=[^/]*[0-9])(?=[^/]*[A-Za-z])[A-Za-z0-9_=]{24,}(?=/|$|\.)")
_URL = re.compile(r"https?://[^\s\"'<>()]+", re.IGNORECASE)


def mask_url(url: str) -> str:
    """Return ``url`` with user, password, and values that look like secrets replaced by ``***``.

    A URL without any comes back as it is. What cannot be taken apart is masked whole, but for its scheme.
    """
    try:
        parts = urlsplit(url)
        netloc = parts.netloc
        query = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return f"{url.partition(':')[0]}:{MASK}"
    if "@" in netloc:
        netloc = f"{MASK}@{netloc.rpartition('@')[2]}"
    masked = [(name, MASK if value and _is_secret(name, value) else value) for name, value in query]
    path = _PATH_TOKEN.sub(MASK, parts.path)
    fragment = MASK if "=" in parts.fragment else parts.fragment
    if (netloc, path, fragment) == (parts.netloc, parts.path, parts.fragment) and masked == query:
        return url
    text = urlencode(masked, safe="*/:,") if masked != query else parts.query
    return urlunsplit((parts.scheme, netloc, path, text, fragment))


def _is_secret(name: str, value: str) -> bool:
    return bool(_SECRET_NAME.search(name)) or bool(_OPAQUE.fullmatch(value))


def mask_text(text: str) -> str:
    """Return ``text`` with every URL in it masked."""
    return _URL.sub(lambda found: mask_url(found[0]), text)
