"""The base of every error that a person can fix: its message says what was wrong, where, and what to do next."""


class ReasonmedError(Exception):
    """Base of the errors that this package raises on purpose; the command line prints the message alone."""


class ReasonmedWarning(UserWarning):
    """What a person should know of an answer that they get all the same; the command line prints the message alone."""
