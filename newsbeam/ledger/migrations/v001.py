"""Version 1: cursors, items, events, alerts, counts, dead letters, outcomes, runs."""

STATEMENTS = (
    """CREATE TABLE feeds (
        feed TEXT NOT NULL PRIMARY KEY, cursor TEXT NOT NULL, updated_at TEXT NOT NULL)""",
    """CREATE TABLE items (
        feed TEXT NOT NULL, item_id TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL,
        content_hash TEXT NOT NULL, published_at TEXT, first_seen_at TEXT NOT NULL,
        last_seen_at TEXT NOT NULL, present INTEGER NOT NULL, revision INTEGER NOT NULL,
        PRIMARY KEY (feed, item_id))""",
    "CREATE INDEX items_by_id ON items (item_id)",
    """CREATE TABLE events (
        event_id TEXT NOT NULL PRIMARY KEY, story_id TEXT NOT NULL, item_id TEXT NOT NULL,
        type TEXT NOT NULL, event_time TEXT NOT NULL, record TEXT NOT NULL, run_id TEXT NOT NULL)""",
    "CREATE INDEX events_by_time ON events (event_time)",
    """CREATE TABLE alerts (
        alert_id TEXT NOT NULL PRIMARY KEY, story_id TEXT NOT NULL, policy TEXT NOT NULL,
        record TEXT NOT NULL, run_id TEXT NOT NULL, raised_at TEXT NOT NULL)""",
    """CREATE TABLE counts (
        count_id TEXT NOT NULL PRIMARY KEY, window_start TEXT NOT NULL, vendor TEXT NOT NULL,
        type TEXT NOT NULL, record TEXT NOT NULL, run_id TEXT NOT NULL)""",
    "CREATE INDEX counts_by_window ON counts (window_start)",
    """CREATE TABLE dead_letters (
        dead_letter_id TEXT NOT NULL PRIMARY KEY, step TEXT NOT NULL, source TEXT NOT NULL,
        item_id TEXT NOT NULL, record TEXT NOT NULL, run_id TEXT NOT NULL,
        first_seen_at TEXT NOT NULL, last_seen_at TEXT NOT NULL)""",
    """CREATE TABLE outcomes (
        item_id TEXT NOT NULL PRIMARY KEY, outcome TEXT NOT NULL, by TEXT NOT NULL, run_id TEXT NOT NULL,
        at TEXT NOT NULL)""",
    """CREATE TABLE runs (
        run_id TEXT NOT NULL PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL,
        started_at TEXT NOT NULL, finished_at TEXT, state TEXT NOT NULL, summary TEXT NOT NULL)""",
    """CREATE TABLE staged (
        run_id TEXT NOT NULL, kind TEXT NOT NULL, feed TEXT NOT NULL, name TEXT NOT NULL,
        row TEXT NOT NULL, PRIMARY KEY (run_id, kind, feed, name))""",
    """CREATE TABLE holder (
        place INTEGER NOT NULL PRIMARY KEY, run_id TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
        since TEXT NOT NULL)""",
)
