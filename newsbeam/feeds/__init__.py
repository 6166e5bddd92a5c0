"""Live feeds: polite HTTP, parsing, pages, schedules and OPML. Knows nothing of the ledger."""
