"""Makes the tables and fills them: 60 films, a model. A program: `python -m tests.services.fill`."""

from __future__ import annotations

import django

django.setup()

from django.core import management  # noqa: E402 - after the setup

from tests.factories import recommendations  # noqa: E402

management.call_command("migrate", verbosity=0)
recommendations.load_films()
recommendations.load_viewers()
recommendations.train("Popularity", "Hybrid")
