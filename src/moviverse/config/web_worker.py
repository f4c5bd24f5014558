"""The WSGI application as the web server's workers load it.

A worker of a killed web server would live on and hold the port; it asks to die with it instead.
"""

from __future__ import annotations

import gc

from django.urls import get_resolver

from moviverse.cli.processes import die_with_parent
from moviverse.config.wsgi import application
from moviverse.core import tallies
from moviverse.core.delivery import broker
from moviverse.worker import warming

__all__ = ["application"]

die_with_parent()
# Load every view now, not within the first request. All of it stays for the life of the worker: the
# garbage collector need not walk over it again and again, which took a request that makes many
# small objects a seventh of its time.
_ = get_resolver().url_patterns
if broker.is_configured:
    broker.prepare()
gc.collect()
gc.freeze()
tallies.keep_flushing()
warming.warm_own()
