FROM python:3.12-slim-bookworm AS packages

COPY requirements.txt /build/
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /build/requirements.txt

FROM python:3.12-slim-bookworm

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    DEBUG=0 \
    XDG_CACHE_HOME=/tmp \
    STATIC_ROOT=/srv/static

# Pango shapes the text of PDF documents. Without it the product runs, and offers none.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
 && rm -rf /var/lib/apt/lists/*

RUN groupadd --system --gid 10001 billing \
 && useradd --system --uid 10001 --gid billing --home-dir /srv/billing --no-create-home billing

COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/billing
# .dockerignore lists what goes in.
COPY . .

# The secrets of this step are random, are nowhere written down, and sign nothing.
RUN random() { python -c 'import secrets; print(secrets.token_urlsafe(40))'; } \
 && SECRET_KEY=$(random) FIELD_ENCRYPTION_KEYS=$(random) API_KEY_HMAC_KEY=$(random) \
    python manage.py collectstatic --no-input --verbosity 0

USER billing
EXPOSE 8000

# Four processes of two threads suit two cores: more threads would wait for each other. GUNICORN_CMD_ARGS changes it.
CMD ["gunicorn", "config.wsgi", "--no-control-socket", "--bind", "0.0.0.0:8000", "--workers", "4", "--threads", "2", \
     "--worker-tmp-dir", "/dev/shm", "--graceful-timeout", "25", "--max-requests", "20000", "--max-requests-jitter", "2000"]

HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen(urllib.request.Request('http://127.0.0.1:8000/livez', headers={'X-Forwarded-Proto': 'https'}), timeout=4)"]
