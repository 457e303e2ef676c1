"""Which runs are under way, so that several runners on a store do each of them once.

A claim is a lock on one byte of a file beside the store. The system drops it when the process ends,
however that ends, so that nothing has to be cleared up after a crash.
"""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import suppress
from dataclasses import astuple
from hashlib import sha256
from pathlib import Path

from goalsmith.benchmarks.results.result import Key
from goalsmith.domains.errors import InputError

_NO_LOCKS = (errno.ENOLCK, errno.EINVAL, errno.EOPNOTSUPP, errno.ENOSYS)
"""What file systems say that know no locks. Then nothing is claimed; what two do is done twice."""


class Claims:
    """The claims of this process on runs of a store; to be closed.

    Args:
        store: the store's file.

    Raises:
        InputError: the file beside it cannot be opened.
    """

    def __init__(self, store: Path) -> None:
        file = store.with_name(f"{store.name}-claims")
        try:
            self._handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise InputError(f"{file} cannot be used: {error.strerror}") from None

    def take(self, key: Key) -> bool:
        """Claims a run; False where another process has it."""
        try:
            fcntl.lockf(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(key))
        except (BlockingIOError, PermissionError):
            return False
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        return True

    def give_back(self, key: Key) -> None:
        """Gives a claim up."""
        with suppress(OSError):
            fcntl.lockf(self._handle, fcntl.LOCK_UN, 1, _place(key))

    def close(self) -> None:
        """Gives all claims up."""
        os.close(self._handle)


def _place(key: Key) -> int:
    """A byte of the file, by 56 bits of a hash: two runs hardly ever have the same."""
    return int.from_bytes(sha256(repr(astuple(key)).encode()).digest()[:7], "big")
