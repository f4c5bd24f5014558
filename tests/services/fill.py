"""Makes the tables and fills them: 60 films, a model. A program: `python -m tests.services.fill`."""

from __future__ import annotations

import django

django.setup()

from django.core import management  # noqa: E402 - after the setup
from django.utils import timezone  # noqa: E402

from moviverse.core.models import Period  # noqa: E402
from moviverse.core.periods import NOBODY  # noqa: E402
from moviverse.worker.schedule import DAY, SCHEDULE  # noqa: E402
from tests.factories import recommendations  # noqa: E402

management.call_command("migrate", verbosity=0)
recommendations.load_films()
recommendations.load_viewers()
recommendations.train("Popularity", "Hybrid")
# No test waits behind what is done by night.
now = timezone.now()
for line in SCHEDULE:
    if line.seconds >= DAY:
        Period.objects.create(key=line.key, enqueued_at=now, job_id=NOBODY)
