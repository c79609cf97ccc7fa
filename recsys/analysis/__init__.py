"""An engine's answers examined: over time, click by click, on a map."""
