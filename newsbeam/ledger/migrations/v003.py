"""Version 3: events by their item, for edits that supersede them.

The state of an event may also be ``superseded``.
"""

STATEMENTS = ("CREATE INDEX events_by_item ON events (item_id)",)
