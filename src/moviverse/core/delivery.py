"""A broker in front of the jobs: it carries their ids to Celery workers, and no more.

The row in PostgreSQL is the job and the outbox. A message that is lost, doubled or late changes
nothing but the moment at which a worker looks at the row; `redeliver` sends what was not heard of
again. Without CELERY_BROKER_URL there is nothing to send, and our own worker hears of the row from
PostgreSQL.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string

from moviverse.core.models import Job, JobState

if TYPE_CHECKING:
    import uuid

RUN_JOB = "moviverse.run_job"  # the Celery task that is given a job's id
LOST_AFTER = timedelta(seconds=30)  # a message that nobody acted upon; as long as a worker's lease
UNSENT = datetime(1970, 1, 1, tzinfo=UTC)  # when a message was sent that could not be: never
SOME = 500  # jobs sent again at a time
REST_SECONDS = 5.0  # for which a broker that did not answer is left alone by this process

log = structlog.get_logger(__name__)


class Broker:
    """The way to the broker from this process."""

    def __init__(self) -> None:
        self._resting_until = 0.0

    @property
    def is_configured(self) -> bool:
        """Whether jobs go through a broker at all."""
        return bool(settings.CELERY_BROKER_URL)

    def app(self) -> Any:
        """Return our Celery application, which is named by a setting: it stands above us."""
        return import_string(settings.CELERY_APP)

    def prepare(self) -> None:
        """Load what sending needs now, so that no request has to wait for it."""
        self.app().amqp.router.route({}, RUN_JOB, kwargs={"name": ""})

    def send(self, *, job_id: uuid.UUID, name: str) -> bool:
        """Send one job's id and say whether that could be done; never raise.

        Whoever asked for the job was told that it is accepted, and it is: its row is committed. So
        nothing that the broker does may fail them, or hold them for long.
        """
        if time.monotonic() < self._resting_until:
            return False
        try:
            told = {"job_id": str(job_id), "name": name}
            self.app().send_task(RUN_JOB, kwargs=told, retry=False, ignore_result=True)
        except Exception as error:  # noqa: BLE001 - transports raise whatever their library does
            self._rest(error)
            return False
        return True

    def answers(self) -> bool:
        """Say whether a connection to the broker can be made."""
        if time.monotonic() < self._resting_until:
            return False
        try:
            with self.app().connection_for_write() as connection:
                connection.connect()
        except Exception as error:  # noqa: BLE001 - transports raise whatever their library does
            self._rest(error)
            return False
        return True

    def _rest(self, error: Exception) -> None:
        self._resting_until = time.monotonic() + REST_SECONDS
        log.warning("broker_away", error=type(error).__name__)

    def wake(self) -> None:
        """Try the next message, whatever became of the last."""
        self._resting_until = 0.0


broker = Broker()


def after_commit(*, job_id: uuid.UUID, name: str) -> None:
    """Send a job when the caller's transaction is committed, if there is a broker."""
    if broker.is_configured:
        transaction.on_commit(partial(_send, job_id=job_id, name=name), robust=True)


def _send(*, job_id: uuid.UUID, name: str) -> None:
    if not broker.send(job_id=job_id, name=name):  # then as soon as it is back
        Job.objects.filter(id=job_id).update(sent_at=UNSENT)


def redeliver(*, lease: timedelta, now: datetime) -> int:
    """Send again the jobs that no worker has heard of, and return how many there were.

    Those are: what is due again after a failed attempt, what was sent long ago and still waits
    (its message was lost, or there is a queue), and what its worker left behind when it died.
    Several may do so at once: each takes other rows.

    Args:
        lease: For how long a worker may be silent.
        now: The time.
    """
    sent = Coalesce("sent_at", "created_at")
    waits = Q(state=JobState.QUEUED, available_at__lte=now)
    is_orphaned = Q(state=JobState.RUNNING, heartbeat_at__lt=now - lease)
    is_unheard = Q(last_sent__lte=now - LOST_AFTER) | Q(
        state=JobState.QUEUED, last_sent__lt=F("available_at")
    )
    with transaction.atomic():
        due = (
            Job.objects.select_for_update(skip_locked=True)
            .annotate(last_sent=sent)
            .filter(waits | is_orphaned, is_unheard)
            .order_by("available_at")
        )
        rows = list(due.values_list("id", "name")[:SOME])
        # Before they are sent: a worker passes over a row that is locked.
        Job.objects.filter(id__in=[job_id for job_id, _ in rows]).update(sent_at=now)
    for number, (job_id, name) in enumerate(rows):
        if not broker.send(job_id=job_id, name=name):
            unsent = [other for other, _ in rows[number:]]
            Job.objects.filter(id__in=unsent).update(sent_at=UNSENT)
            return number
    return len(rows)
