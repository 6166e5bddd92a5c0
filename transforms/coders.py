"""Registers RowCoder for the kernel's records, so that they travel as rows and never as pickles."""

from apache_beam import coders

from newsbeam import records

RECORDS = (
    records.FeedItem,
    records.Article,
    records.VendorRole,
    records.Money,
    records.Slots,
    records.Evidence,
    records.Detection,
    records.Event,
    records.ItemEvents,
    records.Alert,
    records.EventCount,
    records.DeadLetter,
    records.Outcome,
)


def register() -> None:
    """Tell Beam's coder registry about every record; harmless when called again."""
    for record in RECORDS:
        coders.registry.register_coder(record, coders.RowCoder)
