"""The one way in which starting a system says no."""


class StartError(Exception):
    """The system cannot start; the message says why and what to do about it."""
