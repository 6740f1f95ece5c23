"""python -m fuzz [TARGET ...] [SECONDS]: each target for so many seconds (60), all of them by default.

What breaks one is written to ./crash-*; make a mail of it in tests/mail/in before you mend it.
"""

import subprocess
import sys
from importlib.util import find_spec

from fuzz.targets import TARGETS


def main(words: list[str]) -> int:
    seconds = next((word for word in words if word.isdigit()), "60")
    names = [word for word in words if not word.isdigit()] or list(TARGETS)
    if unknown := set(names) - set(TARGETS):
        print(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(TARGETS)}")
        return 2
    if find_spec("atheris") is None:
        print("fuzzing needs atheris (Linux, Python 3.11 to 3.13): .venv/bin/pip install atheris")
        return 2
    broken = [name for name in names if _broke(name, seconds)]
    print(f"broken: {', '.join(broken)}" if broken else f"nothing broke: {', '.join(names)}")
    return bool(broken)


def _broke(name: str, seconds: str) -> bool:
    print(f"-- {name}, {seconds} s", flush=True)
    return subprocess.run([sys.executable, "-m", "fuzz.alone", name, seconds]).returncode != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
