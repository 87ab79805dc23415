"""The tests of the portal."""

import os
import sys
from pathlib import Path

# Where Python is told to keep nothing it compiles, the many processes that tests start would each compile the portal
# and its libraries anew: a second each. What they compile is kept out of the tree, for this run and the next.
if sys.dont_write_bytecode:
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(Path(__file__).resolve().parent.parent / "var" / "pycache")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
