"""The REST API: the same engine as the pages, in the same process."""
