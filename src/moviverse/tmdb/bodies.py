"""The body of an answer: read to its end or to a limit, unpacked, and parsed."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import orjson

from moviverse.tmdb.errors import BadAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

MOST_BYTES = 4 * 1024 * 1024  # unpacked; the fullest film of all has some 300 kB
CHUNK_BYTES = 65_536
PACKED = {"gzip", "x-gzip", "deflate"}
ANY_HEADER = 47  # zlib's number for gzip's header or its own, whichever comes


def read(response: httpx.Response) -> bytes:
    """Return the unpacked body.

    Unpacking is done here and not by httpx, which unpacks a whole chunk at once: 64 kB can stand
    for 64 MB.

    Raises:
        BadAnswer: it is too long, or packed in a way that we did not offer.
        httpx.HTTPError: the network failed, or the call took too long.
    """
    packing = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in PACKED | {"identity", ""}:
        raise BadAnswer
    unpack = zlib.decompressobj(ANY_HEADER) if packing in PACKED else None
    body = bytearray()
    for chunk in response.iter_raw(CHUNK_BYTES):
        room = MOST_BYTES - len(body) + 1
        try:
            body += unpack.decompress(chunk, room) if unpack else chunk
        except zlib.error as error:
            raise BadAnswer from error
        if len(body) > MOST_BYTES:
            raise BadAnswer
    if unpack and not unpack.eof:
        raise BadAnswer
    return bytes(body)


def parsed(body: bytes) -> Mapping[str, Any]:
    """Return the JSON object of a body.

    orjson takes neither NaN nor what is nested deeper than 1,024.

    Raises:
        BadAnswer: it is none.
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        # Its own words quote the body, which is anybody's.
        raise BadAnswer from None
    if not isinstance(value, dict):
        raise BadAnswer
    return value
