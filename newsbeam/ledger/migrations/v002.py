"""Version 2: delivery state, revisions of items, dead letters that can be retried, totals for metrics.

What version 1 held had been delivered by the run that wrote it, if that run finished.
"""

STATEMENTS = (
    *(
        f"ALTER TABLE {table} ADD COLUMN state TEXT NOT NULL DEFAULT 'pending'"
        for table in ("alerts", "events", "counts")
    ),
    *(
        f"UPDATE {table} SET state = 'delivered' WHERE run_id IN "  # noqa: S608 - names from this file
        "(SELECT run_id FROM runs WHERE state = 'done')"
        for table in ("alerts", "events", "counts")
    ),
    *(
        f"CREATE INDEX {table}_pending ON {table} (run_id) WHERE state = 'pending'"
        for table in ("alerts", "events", "counts")
    ),
    "ALTER TABLE dead_letters ADD COLUMN state TEXT NOT NULL DEFAULT 'open'",
    "ALTER TABLE dead_letters ADD COLUMN attempts INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE items ADD COLUMN duplicate_of TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE items ADD COLUMN raw_hash TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE items ADD COLUMN first_published_at TEXT",
    "UPDATE items SET first_published_at = published_at",
    """CREATE TABLE revisions (
        feed TEXT NOT NULL, item_id TEXT NOT NULL, revision INTEGER NOT NULL, kind TEXT NOT NULL,
        title TEXT NOT NULL, content_hash TEXT NOT NULL, seen_at TEXT NOT NULL,
        PRIMARY KEY (feed, item_id, revision))""",
    """INSERT INTO revisions (feed, item_id, revision, kind, title, content_hash, seen_at)
        SELECT feed, item_id, revision, 'new', title, content_hash, last_seen_at FROM items""",
    """CREATE TABLE totals (
        name TEXT NOT NULL, label TEXT NOT NULL, value DOUBLE PRECISION NOT NULL,
        PRIMARY KEY (name, label))""",
    "ALTER TABLE runs ADD COLUMN exit_code INTEGER",
)
