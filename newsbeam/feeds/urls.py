"""Canonical URLs: one address for one article, whatever campaign, cache or phone it was linked for.

w3lib brings a URL into its normal form (order of parameters, escapes); what is
decided here is which parameters only track, and what AMP and mobile addresses look like.
"""

import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import courlan
from w3lib.url import canonicalize_url

MAX_URL_CHARS = 4_000

_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|li_fat_id|"
    r"mc_cid|mc_eid|mkt_tok|_hsenc|_hsmi|hsctatracking|oly_anon_id|oly_enc_id|vero_id|vero_conv|wickedid|"
    r"at_(?:medium|campaign|custom\d|link_\w+|format|ptr_name|bbc_team)|ns_(?:campaign|mchannel|source|fee|linkname)|"
    r"pk_(?:campaign|kwd|source|medium)|mtm_\w+|matomo_\w+|piwik_\w+|stm_\w+|itm_\w+|s_cid|ncid|cmpid|cmp|icid|"
    r"ocid|smid|smtyp|xtor|ftag|guccounter|guce_referrer|guce_referrer_sig|ref_src|ref_url|taid|_ga|_gl|"
    r"__twitter_impression|__source|sr_share|rss_id|feedspot|traffic_source|sponsored|mod=rss\w*",
    re.IGNORECASE,
)
_TRACKING_VALUE = re.compile(
    r"(?:ref|source|src|partner|from|feature|via|mod|cid|share|camp|medium)="
    r"(?:rss\w*|feed\w*|atom|twitter|facebook|linkedin|newsletter|email|social\w*|homepage|youtu\.be)",
    re.IGNORECASE,
)
_AMP_PARAMETER = re.compile(
    r"amp(?:=(?:1|true)?)?|outputtype=amp|output=amp|view=amp|format=amp", re.IGNORECASE
)
_AMP_PATH = re.compile(r"/amp/?$|\.amp(?=\.html?$|$)", re.IGNORECASE)
_VAIN_FRAGMENT = re.compile(r"=|:~:|^(?:comments?|disqus_thread|respond|top)?$", re.IGNORECASE)
"""Other fragments stay: the entries of a change log are often parts of one page."""
_AMP_CACHE = re.compile(
    r"^https?://(?:[\w-]+\.cdn\.ampproject\.org/[cv]/|(?:www\.)?google\.[a-z.]+/amp/)(s/)?(.+)$",
    re.IGNORECASE,
)
_MOBILE_HOST = re.compile(
    r"^(?:m|mobile|amp|touch)\.(?=[^.]+\.[^.]+)|(?<=^[a-z][a-z])\.m(?=\.[^.]+\.)", re.IGNORECASE
)


def canonical_url(url: str, base: str = "") -> str:
    """Return the canonical form of ``url``, resolved against ``base``; empty where it is no http(s) URL."""
    if not url.strip():
        return ""
    try:
        joined = urljoin(base, url.strip()) if base else url.strip()
        if len(joined) > MAX_URL_CHARS or not joined.lower().startswith(("http://", "https://")):
            return ""
        cached = _AMP_CACHE.match(joined)
        if cached:
            joined = ("https://" if cached[1] else "http://") + cached[2]
        parts = urlsplit(joined)
        if not parts.hostname:
            return ""
        path = _AMP_PATH.sub("", parts.path)
        fragment = "" if _VAIN_FRAGMENT.search(parts.fragment) else parts.fragment
        cleaned = urlunsplit((parts.scheme, _host(parts), path, _query(parts.query), fragment))
        return str(canonicalize_url(cleaned, keep_fragments=True))
    except (ValueError, UnicodeError):
        return ""


def _host(parts: SplitResult) -> str:
    """Return host and port; without a user name, which is there to mislead, and without a default port."""
    host = _MOBILE_HOST.sub("", parts.netloc.rpartition("@")[2].lower())
    return host.removesuffix(":80" if parts.scheme == "http" else ":443")


def _query(query: str) -> str:
    if not query:
        return ""
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if not _tracks(*pair)]
    return urlencode(kept)


def _tracks(name: str, value: str) -> bool:
    pair = f"{name}={value}"
    return bool(
        _TRACKING.fullmatch(name)
        or _TRACKING.fullmatch(pair)
        or _TRACKING_VALUE.fullmatch(pair)
        or _AMP_PARAMETER.fullmatch(pair if value else name)
    )


@lru_cache(maxsize=4_096)
def site_of(host: str) -> str:
    """Return the registrable domain of ``host`` (``bbc.co.uk`` of ``feeds.bbc.co.uk``), or the host."""
    return courlan.extract_domain(f"https://{host}/") or host
