"""Airflow in an environment of its own, installed where the package index can be reached.

It stays under ``.venv`` for the next time. ``NEWSBEAM_AIRFLOW_PYTHON`` names a Python that has one already.
"""

import os
import shutil
import subprocess
import sys

from tests.conftest import ROOT

PACKAGES = ("apache-airflow-core==3.3.2", "apache-airflow-providers-standard==1.21.0")
"""What a DAG imports; all of Airflow takes twice as long. 50 s and 300 MB."""
FOLDER = ROOT / ".venv" / "airflow"
INSTALL_SECONDS = 240


class NoAirflowError(Exception):
    """There is no Airflow here, and it could not be installed."""


def python() -> str:
    """Return a Python that has Airflow."""
    named = os.environ.get("NEWSBEAM_AIRFLOW_PYTHON")
    if named:
        return named
    found = FOLDER / "bin" / "python"
    ready = FOLDER / ".ready"
    if not ready.exists() or ready.read_text() != str(PACKAGES):
        shutil.rmtree(FOLDER, ignore_errors=True)
        _run(sys.executable, "-m", "venv", "--without-pip", str(FOLDER))
        options = ("--quiet", "--no-compile", "--disable-pip-version-check", "--retries", "1")
        _run(sys.executable, "-m", "pip", "--python", str(found), "install", *options, *PACKAGES)
        ready.write_text(str(PACKAGES))
    return str(found)


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise NoAirflowError(f"installing it took longer than {INSTALL_SECONDS} s") from error
    if done.returncode:
        words = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NoAirflowError(f"it could not be installed ({words[:200]})")
