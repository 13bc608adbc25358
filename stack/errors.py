"""The one error that a person can cause in the local stack."""


class StackError(Exception):
    """Something that keeps the stack from working; the message is a sentence with the remedy."""
