"""The REST API's questions and answers as JSON."""

SERVED = "RECSYS_API"
"""The variable of the environment that says whether this process answers there."""
