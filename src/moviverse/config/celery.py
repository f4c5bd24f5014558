"""The Celery application: `celery -A moviverse.config.celery worker`, and `... beat`.

Whoever sends imports it by the setting CELERY_APP, long after Django was set up. The programs of
Celery import it first, and have Django set up here.
"""

from __future__ import annotations

import os

import django
from celery import Celery
from celery.signals import setup_logging
from django.apps import apps
from django.conf import settings
from kombu import Exchange, Queue

from moviverse.config.broker import LONG_QUEUE, QUEUE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moviverse.config.settings.dev")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


@setup_logging.connect
def keep_our_log(**_: object) -> None:
    """Have Celery leave the log as Django's settings made it."""


app = Celery("moviverse")
app.conf.update(settings.CELERY)
exchange = Exchange(QUEUE)
app.conf.task_queues = [Queue(name, exchange, routing_key=name) for name in (QUEUE, LONG_QUEUE)]
if not apps.ready:
    django.setup()
