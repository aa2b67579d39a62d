"""What a caller wants planned: a day and how to search, read with all issues of both at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy.orm import Session

from api.bodies import within
from api.days import read_day
from api.settings import Settings
from api.store.tables import ApiKey
from dispatch.errors import InvalidInput, Issue
from dispatch.planner import PlanConfig
from dispatch.snapshot import Snapshot
from dispatch.wire.issues import issues_of


class Config(BaseModel):
    """How long and how to search; the command line's options."""

    model_config = ConfigDict(extra="forbid", strict=True)

    time_limit_s: Annotated[float, Field(ge=0.01, le=86400, allow_inf_nan=False)] | None = None
    step_limit: Annotated[int, Field(ge=1, le=2**53)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    engine: Literal["hybrid", "ortools"] = "hybrid"
    threads: Annotated[int, Field(ge=1, le=256)] | None = None

    @model_validator(mode="after")
    def _some_limit(self) -> Config:
        if self.time_limit_s is None and self.step_limit is None:
            self.time_limit_s = PlanConfig().time_limit_s
        return self


@dataclass(frozen=True, slots=True)
class Submission:
    """A day that can be planned, with its warnings, and how."""

    snapshot: Snapshot
    warnings: list[Issue]
    config: Config

    @property
    def kept_config(self) -> dict[str, Any]:
        """With every default, as the store keeps it."""
        return asdict(PlanConfig(**self.config.model_dump()))


def submission_of(
    session: Session, settings: Settings, key: ApiKey, parts: Mapping[str, Any]
) -> Submission:
    """Of a body's parts `snapshot` and, perhaps, `config`.

    Raises:
        InvalidInput: with the issues of both.
    """
    found: list[Issue] = []
    snapshot, config, warnings = None, Config(), list[Issue]()
    try:
        with within("snapshot"):
            snapshot, warnings = read_day(session, settings, key, parts["snapshot"])
    except InvalidInput as error:
        found += error.issues
    try:
        with within("config"):
            config = _config(parts.get("config", {}))
    except InvalidInput as error:
        found += error.issues
    if found or snapshot is None:
        raise InvalidInput(found)
    return Submission(snapshot, warnings, config)


def _config(document: Any) -> Config:
    try:
        return Config.model_validate(document)
    except ValidationError as error:
        raise InvalidInput(issues_of(error, document, Config)) from None
