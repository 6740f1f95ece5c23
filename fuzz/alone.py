"""python -m fuzz.alone TARGET SECONDS: one target before the fuzzer, which ends the process.

It begins with our mails and keeps what it finds on its way in a folder of its own.
"""

import sys
import tempfile
import warnings
from pathlib import Path

import atheris

MAILS = Path(__file__).parents[1] / "tests" / "mail" / "in"

if __name__ == "__main__":
    name, seconds = sys.argv[1:]
    warnings.simplefilter("ignore")
    with atheris.instrument_imports(include=["maildesk"]):
        from fuzz.targets import TARGETS
    found = tempfile.mkdtemp(prefix="fuzz-")
    atheris.Setup(["fuzz", f"-max_total_time={seconds}", "-max_len=20000", "-verbosity=0", found, str(MAILS)], TARGETS[name])
    atheris.Fuzz()
