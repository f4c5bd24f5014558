"""What `make run` uses: everything embedded, errors as a visitor would see them."""

from __future__ import annotations

from moviverse.config.settings.base import *
