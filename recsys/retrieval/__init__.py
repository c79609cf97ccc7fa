"""Retrievers: each proposes a list for a visitor, and scores any article that another one proposed."""
