"""What a file is, told from its content: what the client says of it is not believed.

The ending of the name only tells apart what looks the same, such as two kinds of text or of ZIP. Whatever a browser
might run is served as plain bytes.
"""

import codecs

HEAD = 4096  # bytes that are looked at
UNKNOWN = "application/octet-stream"
SAFE_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypavif", "image/avif"),
    (4, b"ftypheic", "image/heic"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (8, b"WAVE", "audio/wav"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"#!", "text/x-script"),
)
OFFICE = "application/vnd.openxmlformats-officedocument."
ZIPPED = {
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "epub": "application/epub+zip",
}
TEXTS = {
    "csv": "text/csv",
    "md": "text/markdown",
    "json": "application/json",
    "ics": "text/calendar",
    "yaml": "application/yaml",
    "yml": "application/yaml",
    "html": "text/html",
    "htm": "text/html",
    "xhtml": "application/xhtml+xml",
    "svg": "image/svg+xml",
    "xml": "text/xml",
    "js": "text/javascript",
    "css": "text/css",
}
MARKUP = ((b"<svg", "image/svg+xml"), (b"<html", "text/html"), (b"<!doctype html", "text/html"), (b"<?xml", "text/xml"))
ACTIVE_TAGS = (b"<script", b"<body", b"<iframe", b"<img", b"<head", b"<table", b"<style", b"<a href")

# What a browser shows or stores and never runs. Everything else goes out as plain bytes.
PASSIVE = {*SAFE_IMAGES, *ZIPPED.values(), "text/plain", "text/csv", "text/markdown", "text/calendar"} | {
    kind for _, _, kind in SIGNATURES if kind.partition("/")[0] in ("audio", "video")
}


def content_type_of(head: bytes, filename: str) -> str:
    """The type of a file that begins with `head` (up to HEAD bytes)."""
    ending = filename.rpartition(".")[2].lower() if "." in filename else ""
    for offset, signature, kind in SIGNATURES:
        if head.startswith(signature, offset) and (offset != 8 or head.startswith(b"RIFF")):
            return ZIPPED.get(ending, kind) if kind == "application/zip" else kind
    if not _is_text(head):
        return UNKNOWN
    lowered = head.lower()
    for mark, kind in MARKUP:
        if mark in lowered:
            return kind
    if any(tag in lowered for tag in ACTIVE_TAGS):
        return "text/html"
    return TEXTS.get(ending, "text/plain")


def served_as(content_type: str) -> str:
    return content_type if content_type in PASSIVE else UNKNOWN


def _is_text(head: bytes) -> bool:
    """UTF-8, perhaps cut within a character, without control characters."""
    if not head or any(byte < 32 and byte not in b"\t\n\f\r\x1b" for byte in head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return True
