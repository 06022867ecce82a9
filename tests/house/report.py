"""What the scripts add to pytest: test time per folder, and no quiet skips under CI."""

import os
from collections import Counter
from collections.abc import Generator
from pathlib import PurePosixPath

import pytest

UNDER_CI = os.environ.get("CI") == "true"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """With CI=true a skipped test is a failed one: nothing may pass by not having run."""
    report = yield
    if UNDER_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for whole modules that skip themselves."""
    report = yield
    if UNDER_CI and report.skipped:
        report.outcome = "failed"
    return report


@pytest.hookimpl
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Seconds of test time per folder, summed over the workers; set-up of fixtures included."""
    seconds: Counter[str] = Counter()
    tests: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                folder = "/".join(PurePosixPath(report.nodeid.split("::", 1)[0]).parts[:2])
                seconds[folder] += int(report.duration * 1000)
                tests[folder] += report.when == "call"
    terminalreporter.section("time per folder")
    for folder, used_ms in seconds.most_common():
        terminalreporter.line(f"{used_ms / 1000:8.1f} s  {tests[folder]:5d} tests  {folder}")
