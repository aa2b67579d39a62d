"""A plan for people and other programs: text, HTML with map and timeline, GeoJSON, CSV, xlsx."""

from __future__ import annotations

from dispatch.report.changes import changes
from dispatch.report.geo import geojson
from dispatch.report.html import html_report
from dispatch.report.stops import stops_csv
from dispatch.report.text import summary
from dispatch.report.workbook import XLSX, workbook

__all__ = ["XLSX", "changes", "geojson", "html_report", "stops_csv", "summary", "workbook"]
