"""How fast and how large a set of artifacts is, beside the static way of doing the same work."""
