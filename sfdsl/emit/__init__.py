"""One target per file: each turns a compiled pipeline into one text, the same text each time."""
