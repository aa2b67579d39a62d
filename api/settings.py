"""What the service reads from its environment: variables named `CITYWAVE_...`."""

from __future__ import annotations

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings with their defaults.

    Attributes:
        database_url: of the store, as SQLAlchemy writes it; SQLite in the working directory serves
            one host, `postgresql://USER:PASSWORD@HOST/NAME` any number of them.
    """

    model_config = SettingsConfigDict(env_prefix="CITYWAVE_", frozen=True)

    database_url: str = "sqlite:///citywave.db"
