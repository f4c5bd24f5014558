"""A whole site while TMDb fails in every way that we know of: `python -m tests.chaos`."""
