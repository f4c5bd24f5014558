"""Pictures for tests, as somebody might upload them."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

PLACE = "51.5007 N 0.1246 W"
ORIENTATION, DESCRIPTION = 0x0112, 0x010E
TURNED = 6  # by a quarter, as a phone that was held upright writes it


def picture(
    *, kind: str = "PNG", mode: str = "RGB", size: tuple[int, int] = (300, 200), **told: Any
) -> bytes:
    """Return the file of a picture in one colour."""
    return encoded(Image.new(mode, size, told.pop("colour", 0)), kind, **told)


def photograph() -> bytes:
    """Return a JPEG that is to be turned, red where its top will be, and tells where it was taken."""
    image = Image.new("RGB", (400, 400), "blue")
    image.paste("red", (0, 0, 200, 400))
    exif = Image.Exif()
    exif[ORIENTATION], exif[DESCRIPTION] = TURNED, PLACE
    return encoded(image, "JPEG", exif=exif, comment=PLACE, quality=95)


def moving() -> bytes:
    """Return a GIF whose first frame is red and whose others are blue."""
    frames = [Image.new("RGB", (90, 90), colour) for colour in ("red", "blue", "blue")]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


def bomb(*, side: int = 60_000) -> bytes:
    """Return a small PNG that says to have `side` x `side` pixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 100_000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def encoded(image: Image.Image, kind: str, **told: Any) -> bytes:
    """Return an image as a file."""
    written = BytesIO()
    image.save(written, kind, **told)
    return written.getvalue()
