from __future__ import annotations

from moviverse.worker.main import main

main()
