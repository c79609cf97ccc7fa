"""The two-tower network: the towers, their training, and who reads what now."""
