"""A test in a browser that failed is tried once more, and the run says so: two busy processors make Chromium late.

What fails twice has failed. Kept here because the plugins that do this either do not run beside xdist's ``each``
or are not under a licence that the project takes.
"""

from __future__ import annotations

import pytest
from _pytest.runner import runtestprotocol

MARK = "second try"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    if not item.get_closest_marker("browser"):
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    first = next((report for report in reports if report.failed), None)
    if first is not None:
        item._initrequest()  # type: ignore[attr-defined]
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        if not any(report.failed for report in reports):
            reports[-1].user_properties.append((MARK, first.longreprtext))
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    late = [
        (report, dict(report.user_properties)[MARK])
        for reports in terminalreporter.stats.values()
        for report in reports
        if MARK in dict(getattr(report, "user_properties", ()))
    ]
    if not late:
        return
    terminalreporter.section(f"passed only at the second try: {len(late)}")
    for report, text in late:
        terminalreporter.line(report.nodeid)
        terminalreporter.line("\n".join(text.splitlines()[-12:]))
