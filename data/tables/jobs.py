"""When each periodic job last did its work for a municipality."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from data.columns import UtcDateTime


class JobRun(SQLModel, table=True):
    __tablename__ = "job_runs"

    job: str = Field(primary_key=True)
    given: str = Field(primary_key=True)
    """What its schedule gives, as JSON."""
    municipality: str = Field(primary_key=True)
    """Empty for a job about no one municipality."""
    ran_at: datetime = Field(sa_type=UtcDateTime)
    fault: str = ""
    """Keys and references."""
