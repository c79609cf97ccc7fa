"""The REST API's requests and answers as JSON."""

SERVED = "RECSYS_API"
"""The environment variable that is set where this process serves the API."""
