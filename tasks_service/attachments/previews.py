"""Small pictures of safe images: made once, then kept beside the file.

A picture is read by its content, the first frame only, within a bound of pixels that is known before any is unpacked;
one at a time, in a thread.
"""

import asyncio
import io
from collections.abc import AsyncIterator

from tasks_service.attachments.storage import Storage

SIZES = (64, 128, 256, 512, 1024)  # pixels of the longer side
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
MAX_PIXELS = 20_000_000  # 80 MB unpacked; a JPEG is unpacked at a fraction of its size
TYPE = "image/webp"


class Previews:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._one_at_a_time = asyncio.Lock()

    async def make(self, key: str, size: int) -> str | None:
        """The key of the picture in this size; None when the file cannot be shown."""
        wanted = preview_key(key, size)
        if await self._storage.has(wanted):
            return wanted
        async with self._one_at_a_time:
            content = await self._storage.read(key)
            picture = content and await asyncio.to_thread(shrink, content, size)
            if not picture:
                return None
            await self._storage.put(wanted, _once(picture))
            return wanted


def preview_key(key: str, size: int) -> str:
    return f"{key}.{size}.webp"


def keys_of(key: str) -> list[str]:
    """The file and all its pictures."""
    return [key, *(preview_key(key, size) for size in SIZES)]


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


def shrink(content: bytes, size: int) -> bytes | None:
    """The image as WebP within size x size pixels, turned upright; None for what is no image or too large."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            image.draft("RGB", (size * 2, size * 2))
            if image.width * image.height > MAX_PIXELS:
                return None
            image.thumbnail((size, size), reducing_gap=2.0)
            upright = ImageOps.exif_transpose(image)
            plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            written = io.BytesIO()
            plain.save(written, "WEBP", quality=80)
            return written.getvalue()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError):
        return None  # whatever a broken file makes of the library
