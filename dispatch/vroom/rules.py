"""What VROOM's documents can say and a `Problem` can't, where only the whole shows it."""

from __future__ import annotations

from collections.abc import Iterator

from dispatch.errors import Issue
from dispatch.vroom.instance import Instance


def find_unsupported(instance: Instance) -> list[Issue]:
    """An issue for every value that would have to be ignored."""
    return [*_setups_that_fall_away(instance), *_mixed_amounts(instance)]


def _setups_that_fall_away(instance: Instance) -> Iterator[Issue]:
    """Sometimes: then the setup is no service, and moves the windows if it is travel."""
    for k, job in enumerate(instance.jobs):
        if job.has_setup and job.windows and job.spot.row in instance.shared_rows:
            yield Issue(
                "unsupported_key",
                f"/jobs/{k}/{'setup' if job.setup else 'setup_per_type'}",
                "A setup of a job with time_windows is not supported where another job or a start "
                "has the same location.",
                "Leave out the time_windows or the setup.",
            )


def _mixed_amounts(instance: Instance) -> Iterator[Issue]:
    """Alone, pickups fill a vehicle as deliveries do: by their sum."""
    mixed = [
        q
        for q in range(instance.dimensions)
        if any(job.pickup[q] for job in instance.jobs)
        and any(job.delivery[q] for job in instance.jobs)
    ]
    for k, job in enumerate(instance.jobs):
        for q in mixed:
            if job.pickup[q]:
                yield Issue(
                    "unsupported_key",
                    f"/jobs/{k}/pickup/{q}",
                    "Pickups and deliveries in one dimension are not supported.",
                    "Plan pickups and deliveries separately.",
                )
