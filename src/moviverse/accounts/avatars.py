"""Pictures of people: what somebody uploaded is drawn anew, and only that is kept and shown.

The files lie in `AVATARS_DIR`, under names that tell nothing. A name begins with a digest of its
owner, so that whatever was left behind by a process that was killed is found again.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import threading
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from django.conf import settings
from PIL import Image, ImageOps

from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

LARGEST_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 25_000_000  # a phone's camera has half of it; decoded, 100 MB
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")  # told by their first bytes, whatever the file is called
SIDE = 256  # pixels
QUALITY = 85
NAME = re.compile(r"[0-9a-f]{32}-[0-9a-f]{32}\.webp")
DRAFT = ".draft"  # behind the name of a picture that is being written
ADDRESS = "/media/avatars/"
# One at a time in a process: two large pictures at once would take the memory of a whole worker.
_drawing = threading.BoundedSemaphore(1)


class InvalidPicture(errors.Invalid):
    """It is no picture that we can show."""

    def __init__(self, said: str) -> None:
        super().__init__(fields={"file": [said]})


class AvatarNotFound(errors.NotFound):
    """Nobody has this picture, or no longer."""

    message = "There is no such picture."


def drawn(file: BinaryIO) -> bytes:
    """Return a picture as a square WebP file of ours: upright, cut to its middle, and nothing else.

    The pixels are all that is taken over. What came with them, the place where a photograph was
    taken included, is left behind.

    Raises:
        InvalidPicture: it is no JPEG, PNG, WebP or GIF, is damaged, or has too many pixels.
    """
    with _drawing:
        try:
            return _webp(_square(file))
        except InvalidPicture:
            raise
        except Exception as error:  # a decoder raises whatever hostile bytes make it
            said = "Send a picture: a whole JPEG, PNG, WebP or GIF file."
            raise InvalidPicture(said) from error


def keep(picture: bytes, *, owner: UUID) -> str:
    """Write a picture down and return its address.

    It is whole or not there, also for the other workers and after a loss of power.
    """
    name = f"{_begin(owner)}-{secrets.token_hex(16)}.webp"
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / f"{name}{DRAFT}"
    with draft.open("xb") as file:
        file.write(picture)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / name)
    return ADDRESS + name


def read(*, name: str) -> bytes:
    """Return a picture.

    Raises:
        AvatarNotFound: there is none of this name, or it is no name of a picture.
    """
    if not NAME.fullmatch(name):
        raise AvatarNotFound
    try:
        return (_folder() / name).read_bytes()
    except OSError as error:
        raise AvatarNotFound from error


def files(*, address: str) -> dict[str, bytes]:
    """Return a person's picture with a name for it, or nothing if there is none."""
    try:
        return {"avatar.webp": read(name=address.removeprefix(ADDRESS))}
    except AvatarNotFound:
        return {}


def discard(address: str) -> None:
    """Remove the picture at an address of ours, or what was begun of it, if there is one."""
    name = address.removeprefix(ADDRESS)
    if NAME.fullmatch(name.removesuffix(DRAFT)):
        (_folder() / name).unlink(missing_ok=True)


def remove(*, owner: UUID, spare: str = "") -> None:
    """Remove what there is of a person's pictures, but for the one at the address `spare`."""
    for path in _folder().glob(f"{_begin(owner)}-*"):
        if ADDRESS + path.name != spare:
            path.unlink(missing_ok=True)


def left(*, before: datetime) -> Iterator[str]:
    """Yield the addresses of pictures that were written before a time, and of unfinished ones.

    What is no picture of ours, a link above all, is passed by.
    """
    folder = _folder()
    for path in folder.iterdir() if folder.is_dir() else ():
        if not NAME.fullmatch(path.name.removesuffix(DRAFT)):
            continue
        try:
            status = path.lstat()
        except OSError:  # somebody has just removed it
            continue
        if stat.S_ISREG(status.st_mode) and status.st_mtime < before.timestamp():
            yield ADDRESS + path.name


def _folder() -> Path:
    return Path(settings.AVATARS_DIR)


def _begin(owner: UUID) -> str:
    return hashlib.sha256(owner.bytes).hexdigest()[:32]


def _square(file: BinaryIO) -> Image.Image:
    with Image.open(file, formats=FORMATS) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise InvalidPicture(f"Send a picture of at most {MOST_PIXELS:,} pixels.")
        image.draft("RGB", (SIDE * 2, SIDE * 2))  # a JPEG need not be decoded in full
        image.load()
        square = ImageOps.fit(_plain(image), (SIDE, SIDE), Image.Resampling.LANCZOS)
        square.info = dict(image.info)
        return ImageOps.exif_transpose(square)


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture in colours that WebP has."""
    if image.mode.startswith("I"):  # sixteen bits of grey, of which the upper eight are seen
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _webp(image: Image.Image) -> bytes:
    image.info = {}  # or the writer would copy a profile or a place from it
    written = BytesIO()
    image.save(written, "WEBP", quality=QUALITY)
    return written.getvalue()
