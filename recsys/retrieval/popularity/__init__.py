"""Contextual popularity: what is read now, by everybody and by visitors in the same context."""
