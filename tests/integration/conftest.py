"""Real servers on loopback."""

from collections.abc import Iterator

import pytest

from tests.integration import postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return the URL of a PostgreSQL server of our own; skip where there is none and none can be had."""
    try:
        with postgres.server() as url:
            yield url
    except postgres.NoServerError as reason:
        pytest.skip(f"no PostgreSQL to test with: {reason}")


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the URL of a fresh ledger, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('ledger')}/ledger.sqlite3"
    return postgres.fresh_database(request.getfixturevalue("postgres_url"))
