from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class SmallArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's second setting: 19 MiB, two passes, one lane.

    Django's own takes 100 MiB a hash: a few logins at once would outweigh everything else that a
    web worker holds.
    """

    memory_cost = 19_456  # KiB
    time_cost = 2
    parallelism = 1
