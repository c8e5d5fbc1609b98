"""The rehearsal: replies with realistic shapes and mistakes, a pure function of request, answer keys and seed.

How they are served over HTTP is in `servers/simulated.py`.
"""
