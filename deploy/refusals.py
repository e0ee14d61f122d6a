"""How a command says no."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from deploy.errors import StartError
from deploy.options import complain


@contextmanager
def clear_refusals() -> Iterator[None]:
    """A StartError is one clear message and exit code 1."""
    try:
        yield
    except StartError as error:
        complain(str(error))
        raise typer.Exit(1) from None
