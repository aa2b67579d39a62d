"""What the service is told: by variables `CITYWAVE_...`, and where they are silent by a TOML file.

CITYWAVE_MAX_ORDERS=5000        in the environment
max_orders = 5000               in citywave.toml, or the file that CITYWAVE_CONFIG names
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from api.errors import BadSettings

PREFIX = "CITYWAVE_"

FILE = Path("citywave.toml")
"""In the working directory; it need not be there."""


class Settings(BaseSettings):
    """Settings with their defaults.

    Attributes:
        database_url: of the store, as SQLAlchemy writes it; SQLite in the working directory serves
            one host, `postgresql://USER:PASSWORD@HOST/NAME` any number of them.
        max_body_bytes: of a request as it is sent; 10,000 orders take about 4 MB.
        solves_at_once: waves that one server plans side by side; each uses all cores.
        child_memory_bytes: that a plan's process and its solver may hold together before the plan
            fails; None is no limit. 1,000 orders take 0.4 GB, 10,000 take 2.3 GB.
        max_lost_attempts: of a plan, which then fails. An attempt is lost when its server or worker
            dies, and a plan that kills them must not do so for ever.
        retention_days: after which plans that have ended are erased, with their days, which hold
            addresses; 0 keeps them for ever.
        max_active_plans: of one key, queued and running; what is scheduled comes on top.
        max_schedules: of one key.
        max_inflated_bytes: of a request once it is unpacked.
        max_orders: of a wave; planning 10,000 takes 2 GB of memory, 20,000 over 6 GB.
        max_matrix_places: of a matrix, sent alone or in a day; 5,000 squared are twice 200 MB in
            memory. The limits of bytes end before that, at some 2,300 places as gzip, which take
            1.1 GB and ten seconds to read: raise them with care.
        max_matrices: that one key keeps; a city has one for every kind of vehicle and hour of day.
        requests_per_minute, request_burst: of one key, in this process: ten boards that ask every
            second, and a script that fetches a few hundred plans in a row.
        waves_per_minute: that one key sends; a city has some an hour.
        failures_per_minute: wrong keys from one address, whose next ones are then refused unheard:
            guessing leads nowhere.
        vroom_at_once: VROOM problems solved side by side; their callers wait, so others are
            sent away rather than queued.
        vroom_max_jobs, vroom_max_vehicles: of a VROOM problem; what vroom-express takes too.
        session_hours: of a browser; a shift and what comes after it.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    database_url: str = "sqlite:///citywave.db"
    solves_at_once: Annotated[int, Field(ge=0)] = 1
    child_memory_bytes: Annotated[int, Field(ge=1)] | None = None
    max_lost_attempts: Annotated[int, Field(ge=1)] = 3
    retention_days: Annotated[float, Field(ge=0, le=36500)] = 30
    max_active_plans: Annotated[int, Field(ge=1)] = 10
    max_schedules: Annotated[int, Field(ge=0)] = 100
    max_body_bytes: Annotated[int, Field(ge=1)] = 25_000_000
    max_inflated_bytes: Annotated[int, Field(ge=1)] = 100_000_000
    max_orders: Annotated[int, Field(ge=1)] = 10_000
    max_matrix_places: Annotated[int, Field(ge=1)] = 5000
    max_matrices: Annotated[int, Field(ge=1)] = 100
    requests_per_minute: Annotated[int, Field(ge=1)] = 3000
    request_burst: Annotated[int, Field(ge=1)] = 600
    waves_per_minute: Annotated[int, Field(ge=1)] = 120
    failures_per_minute: Annotated[int, Field(ge=1)] = 60
    vroom_at_once: Annotated[int, Field(ge=1)] = 2
    vroom_max_jobs: Annotated[int, Field(ge=1)] = 1000
    vroom_max_vehicles: Annotated[int, Field(ge=1)] = 200
    session_hours: Annotated[int, Field(ge=1, le=720)] = 14

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What it is made with, the environment, the file: the first that says something holds."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _file())


def read_settings() -> Settings:
    """The settings of this process.

    Raises:
        BadSettings: the file can't be read, or values are not what they should be; names them all.
    """
    try:
        return Settings()
    except ValidationError as error:
        told = [f"{_name(one['loc'])}: {one['msg']}." for one in error.errors()]
    except tomllib.TOMLDecodeError as error:
        told = [f"{_file()} is not TOML: {error}."]
    except UnicodeDecodeError as error:
        told = [f"{_file()} is not UTF-8: {error}."]
    except OSError as error:
        told = [f"{error.filename} can't be read: {error.strerror}."]
    raise BadSettings("\n".join(told))


def _file() -> Path | None:
    """Named by the environment, which must be there; None where there is none."""
    named = os.environ.get(f"{PREFIX}CONFIG")
    if named:
        Path(named).open("rb").close()
        return Path(named)
    return FILE if FILE.is_file() else None


def _name(place: tuple[int | str, ...]) -> str:
    """Of a setting, as both sources have it."""
    field = ".".join(map(str, place))
    return f"{field} ({PREFIX}{field.upper()})"
