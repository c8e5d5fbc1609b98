"""pytest plugin of the CI: where the real files exist, every test that reads them must run.

Loaded through PYTEST_PLUGINS when the folder of the real files is there. A skipped test of that kind fails, and so does
a run without any such test.
"""

from collections.abc import Generator

import pytest

_seen: set[str] = set()


def _reads_shared_data(item: pytest.Item) -> bool:
    return item.get_closest_marker("shared_data") is not None or "shared_data" in getattr(item, "fixturenames", ())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turns a skip of a test that reads the real files into a failure."""
    report = yield
    if _reads_shared_data(item):
        _seen.add(item.nodeid)
        if report.skipped:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped although the real files are there: {report.longrepr}"
    return report


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fails a run that held no test of the real files."""
    if exitstatus == pytest.ExitCode.OK and not _seen and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
