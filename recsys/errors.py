"""What can go wrong for a reason that a user can mend. Each error is one sentence."""


class RecsysError(Exception):
    """Base of the errors that are shown to a user as one sentence, without a traceback."""

    exit_status = 1


class InputError(RecsysError):
    """What the caller gave is wrong: an option, a file, a row, an id."""

    exit_status = 2


class DataError(InputError):
    """A click log can't be read as it stands."""


class ArtifactError(RecsysError):
    """A set of artifacts is missing, damaged, or of another version."""
