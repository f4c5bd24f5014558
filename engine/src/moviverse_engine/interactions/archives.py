"""Find a data file in a folder, an archive or on its own, and stream it without trusting it."""

from __future__ import annotations

import gzip
import io
import lzma
import stat
import sys
import zipfile
import zlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, cast

from moviverse_engine.interactions.errors import EngineError, TruncatedFile, UnsafeArchive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_CHUNK = 1 << 20
_XZ_MEMORY = 256 << 20  # `xz -9` needs 65 MiB; a hostile header may claim 4 GiB
_SMALL = 1 << 20  # below this no expansion is worth refusing
_ENCRYPTED = 0x1
_SUFFIXES = ("", ".xz", ".gz", ".zip")
_MAGIC = {b"PK\x03\x04": ".zip", b"PK\x05\x06": ".zip", b"\xfd7zX": ".xz", b"\x1f\x8b": ".gz"}
_DAMAGE = (EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile)


class DataNotFound(EngineError):
    """No file of the wanted kind is at the path."""


class DataUnreadable(EngineError):
    """The file is there, but the system or its packing keeps it shut."""


@dataclass(frozen=True)
class Limits:
    """What a compressed file may expand to before it counts as a bomb."""

    max_bytes: int = 4 << 30
    max_ratio: int = 200
    max_members: int = 1000


@dataclass(frozen=True)
class Source:
    """An opened data file: `read(n)` answers up to n bytes, and nothing at the end.

    `fraction()` says how much of the file on disk has been read, 0 to 1; `place` is the folder or
    the zip that the file lies in.
    """

    label: str
    place: Path
    read: Callable[[int], bytes]
    fraction: Callable[[], float]


@contextmanager
def opened(
    path: Path, names: Sequence[str], *, limits: Limits | None = None, below: bool = True
) -> Iterator[Source]:
    """Open the first of `names` at `path`: a folder, the file itself, or a zip, xz or gz of it.

    In a folder the names are tried in order, then, with `below`, in each folder in it; in a zip
    the shallowest file of a name counts. A name may be a pattern, which must match one file alone.

    Raises:
        DataNotFound: nothing there has one of the names.
        DataUnreadable: the system refuses to read it, or it is packed in an unknown way.
        UnsafeArchive: it expands too far, or a zip names a place outside its folder.
        TruncatedFile: the compressed file ends too early or is damaged.
    """
    limits = limits or Limits()
    with ExitStack() as stack:
        with _failures_named(Path(path)):
            file_path = _locate(Path(path), names, below=below)
            raw: IO[bytes] = stack.enter_context(file_path.open("rb"))
            kind = _kind(file_path, raw)
            size = packed = file_path.stat().st_size
            if kind and not size:
                raise EOFError("it is empty")  # gzip takes nothing at all for a whole file
            label, place = str(file_path), file_path.parent
            stream: IO[bytes] = raw
            if kind == ".zip":
                archive = stack.enter_context(zipfile.ZipFile(raw))
                member = _member(archive, names, limits, file_path)
                stream = stack.enter_context(archive.open(member))
                packed = member.compress_size
                label, place = f"{file_path}:{member.filename}", file_path
            elif kind == ".xz":
                stream = io.BufferedReader(_Xz(raw), _CHUNK)
            elif kind == ".gz":
                stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
        ceiling = sys.maxsize
        if kind:
            ceiling = min(limits.max_bytes, max(_SMALL, packed * limits.max_ratio))
        yield Source(
            label=label,
            place=place,
            read=_capped(stream, ceiling, file_path),
            fraction=lambda: raw.tell() / size if size else 1.0,
        )


def _locate(path: Path, names: Sequence[str], *, below: bool) -> Path:
    if not path.exists():
        raise DataNotFound(f"{path} does not exist.")
    if path.is_dir():
        children = sorted(child for child in path.iterdir() if below and child.is_dir())
        for folder, name, suffix in product([path, *children], names, _SUFFIXES):
            found = sorted(folder.glob(f"{name}{suffix}"))  # a name may be "*.csv"
            if len(found) == 1 and found[0].is_file():
                return found[0]
        raise DataNotFound(f"{path} holds no {', '.join(names)}.")
    if not path.is_file():
        raise DataNotFound(f"{path} is not a regular file.")
    return path


def _kind(path: Path, raw: IO[bytes]) -> str:
    """Tell the compression by the first bytes, and by the name when the file is cut to nothing."""
    head = raw.read(4)
    raw.seek(0)
    for magic, suffix in _MAGIC.items():
        if head.startswith(magic):
            return suffix
    return path.suffix if path.suffix in _SUFFIXES[1:] else ""


def _member(
    archive: zipfile.ZipFile, names: Sequence[str], limits: Limits, path: Path
) -> zipfile.ZipInfo:
    """Check the whole table of contents before anything is read, then pick the member."""
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) > limits.max_members:
        raise UnsafeArchive(f"{path} holds more than {limits.max_members} files.")
    if len({info.filename for info in members}) < len(members):
        raise UnsafeArchive(f"{path} holds two files of one name.")
    for info in members:
        _check(info, limits, path)
    if sum(info.file_size for info in members) > limits.max_bytes:
        raise UnsafeArchive(f"{path} expands to more than {limits.max_bytes:,} bytes, the limit.")

    def depth(info: zipfile.ZipInfo) -> int:
        return len(PurePosixPath(info.filename).parts)

    visible = sorted((m for m in members if not m.filename.startswith("__MACOSX/")), key=depth)
    for name in names:
        found = [info for info in visible if PurePosixPath(info.filename).match(name)]
        if found and (len(found) == 1 or depth(found[0]) < depth(found[1])):
            return found[0]
    raise DataNotFound(f"{path} holds no {', '.join(names)}.")


def _check(info: zipfile.ZipInfo, limits: Limits, path: Path) -> None:
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    if not parts or ".." in parts or parts[0] == "/" or ":" in parts[0]:
        raise UnsafeArchive(f"{path} names a file outside its folder: {info.filename!r}.")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise UnsafeArchive(f"{path} holds a link: {info.filename!r}.")
    if info.file_size > max(_SMALL, info.compress_size * limits.max_ratio):
        raise UnsafeArchive(f"{path} expands more than {limits.max_ratio}:1 in {info.filename!r}.")
    if info.flag_bits & _ENCRYPTED:
        raise DataUnreadable(f"{path} is encrypted.")


class _Xz(io.RawIOBase):
    """Decompress xz within a bound on memory, which `lzma.LZMAFile` cannot give."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw = raw
        self._decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # Buffer is not in typing before 3.12
        while True:
            if self._decoder.eof:  # another stream may follow, as `cat a.xz b.xz` makes them
                packed = self._decoder.unused_data.lstrip(b"\0")  # zeros may pad between them
                packed = packed or self._raw.read(_CHUNK).lstrip(b"\0")
                if not packed:
                    return 0
                self._decoder = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
            elif self._decoder.needs_input:
                packed = self._raw.read(_CHUNK)
                if not packed:
                    raise EOFError("the end of the xz stream is missing")
            else:
                packed = b""
            data = self._decoder.decompress(packed, max_length=len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)


def _capped(stream: IO[bytes], ceiling: int, path: Path) -> Callable[[int], bytes]:
    total = 0

    def read(size: int) -> bytes:
        nonlocal total
        with _failures_named(path):
            data = stream.read(size)
        total += len(data)
        if total > ceiling:
            raise UnsafeArchive(f"{path} expands to more than {ceiling:,} bytes, the limit for it.")
        return data

    return read


@contextmanager
def _failures_named(path: Path) -> Iterator[None]:
    try:
        yield
    except _DAMAGE as error:  # before OSError, of which BadGzipFile is one
        raise TruncatedFile(f"{path} is cut short or damaged: {error}.") from error
    except OSError as error:
        raise DataUnreadable(f"{path} cannot be read: {error.strerror or error}.") from error
    except NotImplementedError as error:
        raise DataUnreadable(f"{path} cannot be unpacked: {error}.") from error
