"""What a template may take and make, and how one is refused. Apart, since only who renders needs Jinja2."""

PARTS = ("subject", "text", "html")
MAX_OUTPUT = 200_000  # characters of one part
MAX_SUBJECT = 200
SECONDS = 2.0  # for all parts of a mail
MEMORY = 300 * 2**20  # bytes of address space; Python and Jinja2 take a third of it
IDLE = 60.0  # seconds without work after which the process ends


class TemplateRefused(Exception):
    """A template that is not valid, or does not end; `part` is which of the three."""

    def __init__(self, part: str, message: str) -> None:
        super().__init__(message)
        self.part, self.message = part, message
