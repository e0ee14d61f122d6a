"""File names: what a client may call a file, and how an answer says it. A name never becomes a path or a header."""

import re
import unicodedata
from urllib.parse import quote, unquote_to_bytes

MAX_LENGTH = 200  # characters; with its ending
MAX_ENDING = 20
UNNAMED = "file"
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # devices to Windows
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # control and formatting signs, those that turn the text included
ATTRIBUTE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`|~")  # RFC 5987
PARAMETER = re.compile(r';\s*([^\s;="]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')


def clean(name: str) -> str:
    """The last part of what may be a path, without signs that do not show, in a length that every system takes."""
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign) not in HIDDEN)
    shown = shown.strip(" .") if set(shown) <= {" ", "."} else shown.strip().rstrip(" .")
    if RESERVED.fullmatch(shown):
        shown = f"_{shown}"
    if len(shown) > MAX_LENGTH:
        stem, dot, ending = shown.rpartition(".")
        kept = dot + ending if stem and len(ending) < MAX_ENDING else ""
        shown = shown[: MAX_LENGTH - len(kept)] + kept
    return shown or UNNAMED


def read_parameters(header: str) -> dict[str, str]:
    """The parameters of a Content-Disposition or Content-Type as it came (latin-1), by lower-case name. `filename*`
    (RFC 5987) wins over `filename`."""
    found: dict[str, str] = {}
    for name, value in PARAMETER.findall(header):
        if name.endswith("*"):
            continue
        if value.startswith('"') and value.endswith('"') and len(value) > 1:
            value = re.sub(r'\\(["\\])', r"\1", value[1:-1])
        found.setdefault(name.lower(), _text(value.strip().encode("latin-1", "replace")))
    extended = next((value for name, value in PARAMETER.findall(header) if name.lower() == "filename*"), "")
    charset, _, rest = extended.strip().partition("'")
    _, quoted, encoded = rest.partition("'")
    if quoted and charset.lower() in ("utf-8", "iso-8859-1"):
        found["filename"] = _text(unquote_to_bytes(encoded))
    return found


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def disposition(kind: str, name: str) -> str:
    """A Content-Disposition (RFC 6266): a plain name for old clients, the whole one for all others."""
    plain = "".join(sign if " " <= sign < "\x7f" and sign not in '"\\%' else "_" for sign in name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe=''.join(ATTRIBUTE))}"
