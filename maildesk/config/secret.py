"""Secrets: known by where they are kept, read at the moment they are used, never shown."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, assert_never

from maildesk.config.findings import Wrong

Source = Literal["plain", "env", "file", "credential", "command"]

_PATIENCE = 30


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A password or the like. `what` is the secret itself (plain) or says where it is: the name of an environment variable,
    a file, the name of a systemd credential, a command line whose first line of output it is.

    It is read anew each time, so a rotated file or a command that hands out short-lived tokens is always current.
    """

    what: str
    source: Source = "plain"

    def reveal(self) -> str:
        """The secret; Wrong (without any of it) when it cannot be read."""
        secret = self._read()
        if not secret:
            raise Wrong(f"the {_NAMES[self.source]} gives an empty secret", "Put the secret there.")
        return secret

    def _read(self) -> str:
        match self.source:
            case "plain":
                return self.what
            case "env":
                return _environment(self.what)
            case "file":
                return _first_line(Path(self.what))
            case "credential":
                return _first_line(_credentials() / self.what)
            case "command":
                return _output(self.what)
            case _:
                assert_never(self.source)

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__


_NAMES = {
    "plain": "value",
    "env": "environment variable",
    "file": "file",
    "credential": "credential",
    "command": "command",
}


def _environment(name: str) -> str:
    if name not in os.environ:
        raise Wrong(f"the environment variable {name} is not set", "Set it for the user who runs maildesk.")
    return os.environ[name]


def _credentials() -> Path:
    """systemd's folder of credentials (systemd.exec(5), LoadCredential=)."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        raise Wrong("systemd gave this process no credentials", "Add LoadCredential= to the unit, or run the verb inside it.")
    return Path(folder)


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except OSError as error:
        raise Wrong(f"{path} cannot be read ({error.strerror})", "Create it, readable by the user who runs maildesk.") from None
    except UnicodeDecodeError:
        raise Wrong(f"{path} is not UTF-8 text", "Put the secret into its first line.") from None


def _output(command: str) -> str:
    try:
        done = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=_PATIENCE, stdin=subprocess.DEVNULL)
    except (subprocess.TimeoutExpired, UnicodeDecodeError):
        raise Wrong(f"the command gave no answer within {_PATIENCE} s", "Run it by hand to see what it waits for.") from None
    if done.returncode:
        raise Wrong(f"the command failed with exit code {done.returncode}", "Run it by hand to see why.")
    return done.stdout.partition("\n")[0].strip()
