"""Shared fixtures: the folders of the project, and nothing else."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def seeds_folder() -> Path:
    """Return the folder of the seed documents."""
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of other people's texts; skip where it is not beside the project."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the texts to measure on (../shared/data) are not beside this checkout")
    return folder
