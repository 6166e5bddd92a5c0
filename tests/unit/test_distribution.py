"""What the wheel holds."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from tests.conftest import ROOT

TOP_LEVEL = {"newsbeam", "transforms", "sinks", "pipelines", "seeds"}


def test_the_wheel_has_exactly_the_declared_packages(tmp_path: Path) -> None:
    """And their data, but neither tests nor what models are trained on."""
    shutil.rmtree(ROOT / "build", ignore_errors=True)  # else what was deleted since would be packed again
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    folders = {name.split("/")[0] for name in names}
    assert TOP_LEVEL == {name for name in folders if not name.endswith(".dist-info")}
    for wanted in ("seeds/manifest.yaml", "seeds/000_0e9547dad71dfd89.txt", "newsbeam/schemas/alert.json"):
        assert wanted in names
    assert [] == [name for name in names if name.endswith("_examples.jsonl")]
