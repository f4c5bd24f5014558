from __future__ import annotations

from moviverse.cli.main import main

main()
