"""Use cases: what the functions do, against the ports of `ports.py`."""
