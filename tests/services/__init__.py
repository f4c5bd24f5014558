"""A whole site on real services, driven from outside; `make services` starts what it needs."""
