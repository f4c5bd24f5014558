"""Makes the tables and fills them: 60 films, a model. A program: `python -m tests.services.fill`."""

from __future__ import annotations

import django

django.setup()

from django.core import management  # noqa: E402 - after the setup
from django.utils import timezone  # noqa: E402

from moviverse.core import jobs  # noqa: E402
from moviverse.core.models import Period  # noqa: E402
from moviverse.core.periods import NOBODY  # noqa: E402
from tests.factories import recommendations  # noqa: E402

management.call_command("migrate", verbosity=0)
recommendations.load_films()
recommendations.load_viewers()
recommendations.train("Popularity", "Hybrid")
# No test waits behind a nightly training.
now = timezone.now()
Period.objects.create(key=jobs.TRAIN_MODELS, enqueued_at=now, job_id=NOBODY)
