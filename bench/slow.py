"""A slow disk where none is at hand: a small library, preloaded into a program, makes each of its fsyncs wait."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).with_name("slow.c")


def disk(folder: Path, milliseconds: int) -> Mapping[str, str] | None:
    """The environment in which each fsync takes so much longer; None where there is no C compiler.

    Syncs that a program begins side by side wait side by side, as on a disk that answers them together.
    """
    if shutil.which("cc") is None:
        return None
    library = folder / "slow.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl"], check=True)
    return {"LD_PRELOAD": str(library), "SLOW_FSYNC_US": str(milliseconds * 1000)}
