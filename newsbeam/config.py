"""monitor.yaml into frozen settings. Unknown keys are errors with file and line."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from newsbeam.counts import parse_duration
from newsbeam.errors import ConfigError
from newsbeam.feeds.settings import FeedSettings, HttpSettings
from newsbeam.knowledge.catalogue import load_vendors
from newsbeam.ledger.settings import LedgerSettings
from newsbeam.policies import Policy
from newsbeam.yamlfile import load_model

STREAMS = ("alerts", "events", "counts", "dead_letters", "outcomes")


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CountSettings(_Settings):
    """Windows of event time. Durations are written ``1d``, ``6h``, ``30m``."""

    window: str = "1d"
    allowed_lateness: str = "2d"

    @field_validator("window", "allowed_lateness")
    @classmethod
    def _is_duration(cls, text: str) -> str:
        parse_duration(text)
        return text

    @model_validator(mode="after")
    def _some_window(self) -> "CountSettings":
        if self.window_seconds < 1:
            raise ValueError("window must be at least 1s")
        return self

    @property
    def window_seconds(self) -> int:
        """Length of a window in seconds."""
        return parse_duration(self.window)

    @property
    def lateness_seconds(self) -> int:
        """How long after the end of a window its events still count, in seconds."""
        return parse_duration(self.allowed_lateness)


class SinkSettings(_Settings):
    """One destination: ``type`` names it in the registry, ``options`` are its own."""

    type: str
    streams: tuple[str, ...] = STREAMS
    options: dict[str, Any] = Field(default_factory=dict)

    @field_validator("streams")
    @classmethod
    def _known(cls, streams: tuple[str, ...]) -> tuple[str, ...]:
        unknown = sorted(set(streams) - set(STREAMS))
        if unknown:
            raise ValueError(f"no such stream: {', '.join(unknown)}; there are {', '.join(STREAMS)}")
        return streams


class NlpSettings(_Settings):
    """``model`` names an installed spaCy model whose entities may add to detection; none by default."""

    model: str | None = None


class Settings(_Settings):
    """All that monitor.yaml may say."""

    feeds: tuple[FeedSettings, ...] = ()
    http: HttpSettings = HttpSettings()
    ledger: LedgerSettings = LedgerSettings()
    policies: tuple[Policy, ...] = (Policy(),)
    counts: CountSettings = CountSettings()
    sinks: tuple[SinkSettings, ...] = (SinkSettings(type="console"),)
    nlp: NlpSettings = NlpSettings()
    max_dead_letters: int = Field(default=0, ge=0)

    @field_validator("feeds")
    @classmethod
    def _each_once(cls, feeds: tuple[FeedSettings, ...]) -> tuple[FeedSettings, ...]:
        seen: dict[str, FeedSettings] = {}
        for feed in feeds:
            if feed.feed_id in seen:
                raise ValueError(f"feed {feed.shown} stands twice")
            seen[feed.feed_id] = feed
        return feeds

    @field_validator("policies")
    @classmethod
    def _unique(cls, policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
        names = [policy.name for policy in policies]
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles:
            raise ValueError(f"policy {doubles[0]!r} stands twice")
        return policies


def load_settings(path: Path | None) -> Settings:
    """Read monitor.yaml at ``path``; None gives the defaults.

    Raises :class:`ConfigError` naming file, line and key.
    """
    settings = load_model(path, Settings) if path else Settings()
    watched = any(policy.vendors for policy in settings.policies)
    known = {vendor.id for vendor in load_vendors()} if watched else set()
    for policy in settings.policies:
        for vendor in policy.vendors:
            if vendor not in known and not vendor.startswith("~"):
                raise ConfigError(
                    f"policy {policy.name!r} watches {vendor!r}, which is no vendor id",
                    where=str(path),
                    hint="`newsbeam check --vendor NAME` finds the id of a name",
                )
    return settings
