"""The state machine as frozen nodes, and how it is read from and written to ASL."""
