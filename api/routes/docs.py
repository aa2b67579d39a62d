"""`/docs`: the OpenAPI document as a page that needs no other host.

Swagger UI comes with the wheel of `fastapi-swagger`, of which only the files are used: its page
has a script inside, which a strict policy forbids.
"""

from __future__ import annotations

from http import HTTPStatus
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from api.headers import page_policy
from api.problems import Problem

OURS = Path(str(files("api") / "pages"))
SWAGGER = Path(str(files("fastapi_swagger") / "resources"))

FILES = {
    "docs.js": OURS / "docs.js",
    "favicon-32x32.png": SWAGGER / "favicon-32x32.png",
    "swagger-ui-bundle.js": SWAGGER / "swagger-ui-bundle.js",
    "swagger-ui.css": SWAGGER / "swagger-ui.css",
}

router = APIRouter(prefix="/docs", include_in_schema=False)


@router.get("")
async def tell_operations() -> FileResponse:
    """The page."""
    return FileResponse(
        OURS / "docs.html", headers={"Content-Security-Policy": page_policy(images="data:")}
    )


@router.get("/{name}")
async def tell_file(name: str) -> FileResponse:
    """A file that the page needs; kept by browsers for an hour."""
    if name not in FILES:
        raise Problem(HTTPStatus.NOT_FOUND, "The page has no such file.")
    return FileResponse(FILES[name], headers={"Cache-Control": "public, max-age=3600"})
