"""What every other part is made of: types and units, the values that pass between parts, and small helpers."""
