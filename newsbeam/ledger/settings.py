"""Where the ledger is and how long it remembers."""

from pydantic import BaseModel, ConfigDict, Field, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from newsbeam.counts import parse_duration

BACKENDS = ("sqlite", "postgresql")


class LedgerSettings(BaseModel):
    """``url`` is an SQLAlchemy URL (sqlite or postgresql); ``keep`` is how long what is over is kept.

    Items that stand in a feed are never forgotten, whatever ``keep`` says.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(default="sqlite:///newsbeam.sqlite3", repr=False)
    keep: str = "400d"

    @field_validator("url")
    @classmethod
    def _is_known(cls, url: str) -> str:
        try:
            backend = make_url(url).get_backend_name()
        except ArgumentError as error:
            raise ValueError("is no database URL; write sqlite:///FILE or postgresql://HOST/NAME") from error
        if backend not in BACKENDS:
            raise ValueError(f"is a {backend} URL; the ledger is sqlite or postgresql")
        return url

    @field_validator("keep")
    @classmethod
    def _is_duration(cls, text: str) -> str:
        parse_duration(text)
        return text

    @property
    def keep_seconds(self) -> int:
        """How long vanished items, events and other history are kept, in seconds."""
        return parse_duration(self.keep)
