"""What an engine's answers show when they are looked at: over time, click by click, on a map."""
