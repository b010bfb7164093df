"""Real servers and processes for the tests: PostgreSQL, Valkey, gunicorn, Celery, Chromium."""
