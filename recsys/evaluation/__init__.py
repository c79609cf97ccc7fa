"""How good recommendations are: which tasks are measured, and by which metrics."""
