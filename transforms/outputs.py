"""Names of the side outputs that several transforms share."""

DEAD_LETTERS = "dead_letters"
OUTCOMES = "outcomes"
