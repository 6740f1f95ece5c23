"""Writing a file of the configuration: whole or not at all, and never with more rights than it is to have."""

import os
from pathlib import Path


def write(path: Path, text: str, mode: int) -> None:
    """Put `text` into a file that is flushed to the disk before it takes its name.

    Root writes for the owner of the file that was there or, when there was none, of its folder, so that the desk's own user
    can read what an administrator made for it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = (path if path.exists() else path.parent).stat()
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        os.fchmod(file.fileno(), mode)
        if os.geteuid() == 0:
            os.fchown(file.fileno(), owner.st_uid, owner.st_gid)
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
