"""``make goldens``: write what a replay of the seeds gives now to seeds/expected/; read the diff."""

import sys
from pathlib import Path

from pipelines.cli import main

EXPECTED = Path(__file__).parent.parent.parent / "seeds" / "expected"

if __name__ == "__main__":
    sys.exit(main(["replay", "--out", str(EXPECTED), "--overwrite"]))
