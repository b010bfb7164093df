"""Hypothesis on a machine that is busy with other things."""

from hypothesis import HealthCheck, settings

patiently = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
