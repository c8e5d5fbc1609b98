"""pytest plugin of the CI: where the real files exist, every test that reads them must run.

Loaded through PYTEST_PLUGINS when the folder of the real files is there. A skipped test of that kind fails, and so does
a run without any such test.
"""

from collections.abc import Generator

import pytest

# pytest-xdist sends reports, with their properties, from its workers to the one process that sets the exit status.
_PROPERTY = "reads_shared_data"
_ran: set[str] = set()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turns a skip of a test that reads the real files into a failure."""
    report = yield
    if item.get_closest_marker("shared_data") is not None or "shared_data" in getattr(item, "fixturenames", ()):
        report.user_properties.append((_PROPERTY, True))
        if report.skipped:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid} was skipped although the real files are there: {report.longrepr}"
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Counts the tests that read the real files."""
    if (_PROPERTY, True) in map(tuple, report.user_properties):
        _ran.add(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fails a run that held no test of the real files."""
    if exitstatus == pytest.ExitCode.OK and not _ran and not hasattr(session.config, "workerinput"):
        print("\nno test of the real files ran, although the files are there")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
