"""Made-up days for trying things out: no order, courier or compound in them exists."""

from __future__ import annotations

from dispatch.demo.wave import changchun_wave

__all__ = ["changchun_wave"]
