"""What every service needs and no service owns. Imports nothing of the services."""

import sys


def _load_without_terminals() -> None:
    """httpx and structlog load these where they find them, for a command line and for colours: 6 MB in each process of
    a service, which has neither."""
    absent = [name for name in ("click", "pygments", "rich") if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None: cannot be imported
    import httpx  # noqa: F401
    import structlog  # noqa: F401

    for name in absent:
        del sys.modules[name]


_load_without_terminals()
