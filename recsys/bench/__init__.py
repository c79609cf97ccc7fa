"""How fast and how large a set of artifacts is, beside the seed's way of doing the same work."""
