"""`/docs` shows every operation, with the network away and no script that is not ours."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from tests.api.client import listening
from tests.browser import look_at, needs_chromium


def test_the_page_has_no_script_inside(client: TestClient) -> None:
    """Its policy would not let one run; what it loads is there."""
    page = client.get("/docs")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert re.findall(r"<script(?! src=)|<style|style=", page.text) == []
    needed = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    kinds = {client.get(f"/{name}").headers["content-type"].split(";")[0] for name in needed}
    assert kinds == {"image/png", "text/css", "text/javascript"}
    assert client.get("/docs/main.py").status_code == 404


@pytest.mark.browser
@needs_chromium
def test_the_page_opens_offline_in_a_browser(tmp_path: Path) -> None:
    """Chromium lists every path and unfolds an operation; nothing is refused or fails."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'store.db'}", solves_at_once=0))
    with listening(app) as url:
        address = f"{url}/docs#/plans/submit_v1_plans_post"
        done = look_at(address, tmp_path, "--virtual-time-budget=10000", "--dump-dom")
    said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    assert [line for line in said if "Deprecated: escaping deep link" not in line] == []
    shown = set(re.findall(r'data-path="([^"]+)"', unescape(done.stdout)))
    assert shown == set(app.openapi()["paths"])
    assert "Execute" in done.stdout
