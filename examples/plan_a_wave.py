"""Plan a wave from Python, and look at what comes back."""

from __future__ import annotations

from pathlib import Path

from dispatch.planner import PlanConfig, plan
from dispatch.wire import read_snapshot


def main() -> None:
    """Plan the example morning for five seconds."""
    day = read_snapshot(Path(__file__).with_name("changchun_wave.json").read_bytes())
    made = plan(day, PlanConfig(time_limit_s=5))
    for route in made.routes:
        print(route.courier, [stop.order for stop in route.stops])
    for left in made.unserved:
        print(left.order, left.reason, left.fix)


if __name__ == "__main__":  # plans run in a child process, which imports this file
    main()
