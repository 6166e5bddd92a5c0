"""What must survive a pass: cursors, items, events, alerts, counts, dead letters, runs."""
