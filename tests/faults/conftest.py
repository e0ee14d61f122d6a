"""The long runs use the people of the system tests."""

from tests.system.conftest import everybody_leaves

__all__ = ["everybody_leaves"]
