"""Files from outside, plain or packed, read without trusting them: streamed, bounded, in place.

Nothing is unpacked to disk, so a name or a link in an archive leads nowhere; they are refused all
the same, for who makes such an archive means harm.
"""

from __future__ import annotations

import gzip
import io
import lzma
import stat
import struct
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING

from moviverse.core import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOST_BYTES = 2 << 30  # unpacked; the largest export of all films of TMDb has a quarter of it
MOST_RATIO = 200  # unpacked to packed; text packs to a tenth
ALWAYS_FINE = 1 << 20  # bytes, however well they were packed
MOST_MEMBERS = 1_000
CHUNK = 1 << 20
XZ_MEMORY = 256 << 20  # `xz -9` needs 65 MiB; a hostile header may claim 4 GiB
IS_ENCRYPTED = 0x1
UNPACKED_IN_LITTLE_MEMORY = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
MAGIC = {b"PK\x03\x04": ".zip", b"PK\x05\x06": ".zip", b"\xfd7zX": ".xz", b"\x1f\x8b": ".gz"}
# The last three come out of zipfile when a byte of a table of contents is another.
DAMAGE = (
    EOFError,
    lzma.LZMAError,
    zlib.error,
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    struct.error,
    ValueError,
    NotImplementedError,
)


class FileUnreadable(errors.Invalid):
    """The file is not there, is none, or the system keeps it shut."""


class FileDamaged(errors.Invalid):
    """A packed file ends too early, or its bytes are not what they were."""


class ArchiveUnsafe(errors.Invalid):
    """A packed file unpacks to far too much, or names a place outside itself."""


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file on disk, packed or not, or one member of a zip."""

    path: Path
    member: str = ""

    def __str__(self) -> str:
        """Return its name for a message."""
        return f"{self.path.name}:{self.member}" if self.member else self.path.name


@dataclass(frozen=True, slots=True)
class Opened:
    """What a file holds, and how much of it (0 to 1, in packed bytes) was read so far."""

    stream: IO[bytes]
    fraction: Callable[[], float]


def packed_files(path: Path, *, suffix: str | tuple[str, ...]) -> list[PackedFile]:
    """Return what `path` holds: itself, or the members of a zip whose names end in `suffix`.

    Raises:
        FileUnreadable: it is no file, cannot be read, or is a zip without such a member.
        FileDamaged: it is a zip without its table of contents.
        ArchiveUnsafe: it is a zip that no honest program made.
    """
    with _failures_named(path.name):
        if not path.is_file():
            raise FileUnreadable(f"{path.name} is not a file.")
        with path.open("rb") as raw:
            if _packing(raw) != ".zip":
                return [PackedFile(path)]
            with zipfile.ZipFile(raw) as archive:
                names = [info.filename for info in _checked(archive, path.name)]
    found = [
        PackedFile(path, name)
        for name in names
        if name.lower().endswith(suffix) and not name.startswith("__MACOSX/")
    ]
    if not found:
        wanted = suffix if isinstance(suffix, str) else " or ".join(suffix)
        raise FileUnreadable(f"{path.name} holds no {wanted} file.")
    return found


@contextmanager
def opened(file: PackedFile) -> Iterator[Opened]:
    """Open `file` for reading; its packing is told by its first bytes, not by its name.

    Raises (reading the stream too):
        FileUnreadable, FileDamaged, ArchiveUnsafe: as `packed_files`.
    """
    label = str(file)
    with ExitStack() as stack:
        with _failures_named(label):
            raw: IO[bytes] = stack.enter_context(file.path.open("rb"))
            start, size = 0, file.path.stat().st_size
            packing = _packing(raw)
            read: Callable[[int], bytes] = raw.read
            if packing == ".zip":
                archive = stack.enter_context(zipfile.ZipFile(raw))
                infos = {info.filename: info for info in _checked(archive, label)}
                if file.member not in infos:
                    raise FileUnreadable(f"{label} is no longer there.")
                info = infos[file.member]
                start, size = info.header_offset, info.compress_size
                read = stack.enter_context(archive.open(info)).read
            elif packing == ".xz":
                read = _xz(raw)
            elif packing == ".gz":
                read = stack.enter_context(gzip.GzipFile(fileobj=raw)).read
        most = min(MOST_BYTES, max(ALWAYS_FINE, size * MOST_RATIO)) if packing else MOST_BYTES
        yield Opened(
            stream=io.BufferedReader(_Bounded(read, most=most, label=label), CHUNK),
            fraction=lambda: min(max(raw.tell() - start, 0) / size, 1.0) if size else 1.0,
        )


def _packing(raw: IO[bytes]) -> str:
    head = raw.read(4)
    raw.seek(0)
    return next((kind for magic, kind in MAGIC.items() if head.startswith(magic)), "")


def _checked(archive: zipfile.ZipFile, label: str) -> list[zipfile.ZipInfo]:
    """Return the files in `archive`, after a look at its whole table of contents."""
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > MOST_MEMBERS:
        raise ArchiveUnsafe(f"{label} holds more than {MOST_MEMBERS:,} files.")
    if len({info.filename for info in members}) < len(members):
        raise ArchiveUnsafe(f"{label} holds two files of one name.")
    if sum(info.file_size for info in members) > MOST_BYTES:
        raise ArchiveUnsafe(f"{label} unpacks to more than {MOST_BYTES:,} bytes.")
    for info in members:
        _check(info, label)
    return members


def _check(info: zipfile.ZipInfo, label: str) -> None:
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    name = repr(info.filename)
    if not parts or ".." in parts or parts[0] == "/" or ":" in parts[0]:
        raise ArchiveUnsafe(f"{label} names a file outside itself: {name}.")
    if not info.filename.isprintable():
        raise ArchiveUnsafe(f"{label} holds a name that cannot be printed: {name}.")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise ArchiveUnsafe(f"{label} holds a link: {name}.")
    if info.file_size > max(ALWAYS_FINE, info.compress_size * MOST_RATIO):
        raise ArchiveUnsafe(f"{label} unpacks to more than {MOST_RATIO} times itself: {name}.")
    if info.flag_bits & IS_ENCRYPTED:
        raise FileUnreadable(f"{label} is encrypted.")
    if info.compress_type not in UNPACKED_IN_LITTLE_MEMORY:
        raise FileUnreadable(f"{label} is packed in an unusual way; pack it again as usual.")


def _xz(raw: IO[bytes]) -> Callable[[int], bytes]:
    """Return a `read` that unpacks xz within `XZ_MEMORY`, a bound that `LZMAFile` has not."""
    decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)

    def read(size: int) -> bytes:
        nonlocal decoder
        while True:
            packed = b""
            if decoder.eof:  # another stream may follow: `cat a.xz b.xz` makes a valid file
                packed = decoder.unused_data.lstrip(b"\0") or raw.read(CHUNK).lstrip(b"\0")
                if not packed:
                    return b""
                decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY)
            elif decoder.needs_input:
                packed = raw.read(CHUNK)
                if not packed:
                    raise EOFError("its end is missing")
            data = decoder.decompress(packed, max_length=size)
            if data:
                return data

    return read


class _Bounded(io.RawIOBase):
    """A stream over `read` that ends in a named error when it fails or never ends."""

    def __init__(self, read: Callable[[int], bytes], *, most: int, label: str) -> None:
        self._read = read
        self._most = most
        self._label = label
        self._total = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # Buffer is not in typing before 3.12
        with _failures_named(self._label):
            data = self._read(len(buffer))
        self._total += len(data)
        if self._total > self._most:
            raise ArchiveUnsafe(f"{self._label} unpacks to more than {self._most:,} bytes.")
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def _failures_named(label: str) -> Iterator[None]:
    try:
        yield
    except DAMAGE as error:  # before OSError, of which BadGzipFile is one
        raise FileDamaged(f"{label} is cut short or damaged: {error}.") from error
    except OSError as error:
        raise FileUnreadable(f"{label} cannot be read: {error.strerror or error}.") from error
