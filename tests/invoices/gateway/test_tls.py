import datetime
import ipaddress
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_httpserver import HTTPServer

from invoices.gateway.transport import HttpTransport, NotSent, SentButLost
from tests.invoices.gateway import misbehaviours as server_that


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with the key and self-signed certificate of 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    encoding, private = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    path.write_bytes(
        key.private_bytes(encoding, private, serialization.NoEncryption()) + certificate.public_bytes(encoding)
    )
    return str(path)


@pytest.fixture
def tls_context(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def tls_server(tls_context):
    with HTTPServer(host="127.0.0.1", ssl_context=tls_context) as server:
        server.expect_request("/").respond_with_json({"status": True})
        yield server


def get(transport, url, *, seconds=5.0):
    return transport.send(method="GET", url=url, headers={}, body=None, deadline=time.monotonic() + seconds)


def test_a_trusted_certificate_is_accepted(tls_server, certificate):
    transport = HttpTransport(allow_private=True, ca_file=certificate)

    assert get(transport, tls_server.url_for("/")).status == 200


def test_a_certificate_nobody_vouches_for_sent_nothing(tls_server):
    with pytest.raises(NotSent, match="SSLError"):
        get(HttpTransport(allow_private=True), tls_server.url_for("/"))

    assert tls_server.log == []


def test_a_certificate_of_another_name_sent_nothing(tls_server, certificate):
    with pytest.raises(NotSent):
        get(HttpTransport(allow_private=True, ca_file=certificate), f"https://localhost:{tls_server.port}/")

    assert tls_server.log == []


def test_plain_http_behind_an_https_address_sent_nothing(serve):
    server = serve(server_that.garbage)

    with pytest.raises(NotSent):
        get(HttpTransport(allow_private=True), server.url.replace("http://", "https://"), seconds=0.6)


def test_a_handshake_that_never_ends_is_cut_off(serve):
    server = serve(lambda server, connection: server.stopped.wait(10))
    began = time.monotonic()

    with pytest.raises(NotSent):
        get(HttpTransport(allow_private=True), server.url.replace("http://", "https://"), seconds=0.5)

    assert time.monotonic() - began < 4


def test_a_dripping_answer_over_tls_is_cut_off(serve, tls_context, certificate):
    def behave(server, connection):
        with tls_context.wrap_socket(connection, server_side=True) as secured:
            server_that.drip(server_that.HEAD + b"\r\n")(server, secured)

    server = serve(behave)
    began = time.monotonic()

    with pytest.raises(SentButLost):
        get(
            HttpTransport(allow_private=True, ca_file=certificate),
            server.url.replace("http:", "https:"),
            seconds=1,
        )

    assert time.monotonic() - began < 4
