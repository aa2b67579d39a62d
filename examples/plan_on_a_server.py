"""Have a wave planned by a server: CITYWAVE_URL says where, CITYWAVE_KEY holds the API key."""

from __future__ import annotations

import os
from pathlib import Path

from api.client import Client
from dispatch.wire import read_snapshot

day = read_snapshot(Path(__file__).with_name("changchun_wave.json").read_bytes())
url = os.environ.get("CITYWAVE_URL", "http://127.0.0.1:8080")
with Client(url, os.environ["CITYWAVE_KEY"]) as client:
    sent = client.submit(day, {"time_limit_s": 5})
    plan = client.result(sent.id, on_improvement=print)
    print(f"{plan.served} served, {len(plan.unserved)} unserved, {client.check(day, plan)}")
