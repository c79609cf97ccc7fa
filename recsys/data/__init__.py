"""Click logs: read, checked, simulated, and held as columns sorted by time."""
