"""What the exit codes of newsbeam mean; docs/operators.md lists them."""

OK = 0
DEAD_LETTERS = 1
"""Ran, with more dead letters than allowed."""
USAGE = 2
"""Wrong use or configuration; nothing was done."""
HELD = 3
"""Another pass holds the ledger; nothing was done."""
LEDGER = 4
"""The ledger cannot be used: disk full, read-only, unreachable, of a newer version. Nothing was committed."""
FAILED = 5
"""The pass broke off, for example because a sink could not be written. Nothing was committed."""
