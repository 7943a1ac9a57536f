"""The home's key: 32 random bytes that only the owner may read. Patients' identifiers are hashed with it."""

import os
import secrets
import stat
from pathlib import Path

from metrics.errors import UserError

KEY_BYTES = 32  # as many as the SHA-256 that uses it gives out
OWNER_ONLY = 0o600


def create_key(path: Path, lake: Path) -> None:
    """Write a new key where there is none, whole or not at all. Raises UserError when the lake was filled with another one."""
    if path.exists():
        return
    if (lake / "HEAD.json").exists():
        raise UserError(
            f"{path} is missing, but {lake} holds events hashed with it. Put the key back from your backup; "
            "with a new one no patient would match their own past."
        )
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first, and its key is the one
    finally:
        draft.unlink()


def read_key(path: Path) -> bytes:
    """The 32 bytes. Raises UserError when the key is absent, damaged, or open to other people."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError:
        raise UserError(f"{path} is missing. Make it with: timely init") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from None
    if mode & ~OWNER_ONLY:
        raise UserError(f"{path} has mode {mode:04o}, so others may read it; expected 0600. Close it with: chmod 600 {path}")
    if len(text) != 2 * KEY_BYTES or not set(text) <= set("0123456789abcdef"):
        raise UserError(f"{path} is damaged: expected {2 * KEY_BYTES} hexadecimal digits. Put it back from your backup.")
    return bytes.fromhex(text)
