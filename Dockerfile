# One image, run as web, worker or beat; `migrate` is run once before a release: docker run ... portal migrate
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/portal
COPY requirements/base.txt /tmp/base.txt
# Hashes are required of every file; the index is whatever pip is configured with.
RUN /opt/portal/bin/pip install --require-hashes -r /tmp/base.txt

FROM python:3.11-slim-bookworm
# What PDFs are drawn with; without the third the bytes of a document differ from those made elsewhere.
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin portal \
 && install -d -o portal -g portal -m 0750 /var/lib/portal /var/lib/portal/documents
ENV PATH=/opt/portal/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PORTAL_ENV=production VAR_DIR=/var/lib/portal STATIC_DIR=/srv/static STORAGE_URL=file:///var/lib/portal/documents \
    BIND=0.0.0.0 PORT=8000
COPY --from=packages /opt/portal /opt/portal
WORKDIR /srv/portal
COPY . .
# The code and the static files belong to root and are read only to the portal. Collecting them needs settings but no
# secret: the embedded default makes its keys up in a folder that is thrown away with this step.
RUN python -m compileall -q . \
 && env -u STORAGE_URL PORTAL_ENV=embedded VAR_DIR=/tmp/collect python manage.py collectstatic --no-input \
 && rm -rf /tmp/collect
USER portal
EXPOSE 8000
VOLUME /var/lib/portal
# Alive, not ready: an orchestrator asks /readyz before it sends people here.
HEALTHCHECK --interval=15s --timeout=3s --start-period=20s \
  CMD ["python", "-c", "import http.client as h, os; c = h.HTTPConnection('127.0.0.1', int(os.environ['PORT']), timeout=2); c.request('GET', '/healthz', headers={'Host': os.environ['ALLOWED_HOSTS'].split(',')[0]}); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["bin/portal"]
CMD ["web"]
