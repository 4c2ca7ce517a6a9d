"""S3 as a simulation sees it: objects given in the test, local files, and what ResultWriters wrote."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from sfdsl.simulate.values import text


@frozen
class Stored:
    """One object.

    Attributes:
        bucket, key: Its name.
        body: Its bytes.
    """

    bucket: str
    key: str
    body: bytes

    @property
    def etag(self) -> str:
        """The entity tag of an object that was put in one part."""
        return f'"{hashlib.md5(self.body, usedforsecurity=False).hexdigest()}"'


class Objects:
    """A store of objects by bucket and key.

    Args:
        given: By `s3://bucket/key` or `bucket/key`: text, bytes, the `Path` of a local file, or any JSON value, which
            is stored as its text. A `Path` in place of the whole mapping is a directory with one directory per bucket.
    """

    def __init__(self, given: Mapping[str, Any] | Path | None = None) -> None:
        self._root = given if isinstance(given, Path) else None
        self._bodies: dict[tuple[str, str], Any] = {}
        self.written: dict[str, bytes] = {}
        if given is not None and not isinstance(given, Path):
            for name, body in given.items():
                self._bodies[_split(name)] = body

    def get(self, bucket: str, key: str) -> Stored | None:
        """An object; None where there is none."""
        if (bucket, key) in self._bodies:
            return Stored(bucket, key, _bytes(self._bodies[bucket, key]))
        if self._root is not None:
            file = self._root / bucket / key
            if file.is_file() and file.resolve().is_relative_to(self._root.resolve()):
                return Stored(bucket, key, file.read_bytes())
        return None

    def list(self, bucket: str, prefix: str = "") -> list[Stored]:
        """The objects of a bucket whose key begins with a prefix, by key."""
        found = {key: _bytes(body) for (owner, key), body in self._bodies.items() if owner == bucket}
        for key, file in self._files(bucket):
            found.setdefault(key, file.read_bytes())
        return [Stored(bucket, key, found[key]) for key in sorted(found) if key.startswith(prefix)]

    def put(self, bucket: str, key: str, body: Any) -> None:
        """Store an object; `written` tells of it."""
        self._bodies[bucket, key] = stored = _bytes(body)
        self.written[f"s3://{bucket}/{key}"] = stored

    def _files(self, bucket: str) -> Iterator[tuple[str, Path]]:
        if self._root is not None and (top := self._root / bucket).is_dir():
            for file in top.rglob("*"):
                if file.is_file():
                    yield file.relative_to(top).as_posix(), file


def _split(name: str) -> tuple[str, str]:
    bucket, slash, key = name.removeprefix("s3://").partition("/")
    if not slash or not key:
        raise ValueError(f"{name!r} names no object; write s3://bucket/key")
    return bucket, key


def _bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    if isinstance(body, Path):
        return body.read_bytes()
    return (body if isinstance(body, str) else text(body)).encode()
