"""A worker with jobs of the tests' own, started as a process: `python -m ... <lease seconds>`."""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta

import django

django.setup()

from django.db import connection  # noqa: E402 - after the setup

from moviverse.core import jobs  # noqa: E402
from moviverse.worker import lanes, loop, schedule, tasks, watch  # noqa: E402


def effect(job: jobs.Running) -> None:
    """Leave one row however often it is called; note each call, and take a while to come back."""
    with connection.cursor() as cursor:
        cursor.execute("insert into calls values (%s, %s)", [str(job.id), os.getpid()])
        job.report(0.5, "half of it")
        time.sleep(float(str(job.arguments["seconds"])))
        cursor.execute("insert into effects values (%s) on conflict do nothing", [str(job.id)])


def endless(job: jobs.Running) -> None:
    """Report for ever."""
    while True:
        time.sleep(0.1)
        job.report(0.5, "on and on")


def deaf(job: jobs.Running) -> None:  # noqa: ARG001 - a task's signature
    """Neither report nor end."""
    time.sleep(600)


tasks.TASKS.update(effect=effect, endless=endless, deaf=deaf)
tasks.LIMIT_SECONDS.update(endless=1.0, deaf=1.0)
# Their database has the tables of jobs alone.
schedule.SCHEDULE = tuple(line for line in schedule.SCHEDULE if line.name == jobs.PRUNE_JOBS)
watch.LOOK_SECONDS = 0.2
watch.PATIENCE_SECONDS = 1.0
watch.BEAT_SECONDS = 0.5
lanes.FINISH_SECONDS = 2.0
lanes.LEAVE_SECONDS = 0.5
lanes.POLL_SECONDS = float(sys.argv[1])
jobs.LEASE = timedelta(seconds=3)
loop.work()
