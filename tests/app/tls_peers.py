# SPDX-License-Identifier: MIT
"""Real TLS servers on loopback for what `monban verify` is told to look at, and a CA made by openssl alone.

Everything lives in one temporary folder; every server is a child of the test, never a service. Nothing here knows monban."""
import base64
import contextlib
import datetime
import hashlib
import os
import pathlib
import socket
import ssl
import struct
import subprocess
import textwrap
import threading
import time

HOST = "www.example.test"
PASSWORD = "two 'words'"
BOTH = ("1.2", "1.3")


def openssl(*arguments, cwd=None):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, cwd=cwd, timeout=60, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise AssertionError(f"openssl {arguments}: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout


def der_of(pem):
    return ssl.PEM_cert_to_DER_cert(pathlib.Path(pem).read_text())


def pem_of(der):
    return "-----BEGIN CERTIFICATE-----\n" + "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64)) + "\n-----END CERTIFICATE-----\n"


def name_size(der):
    """How long the DER of a certificate's subject is."""
    def value(at):  # where the value of the field at `at` starts, and where it ends
        length, start = der[at + 1], at + 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(der[at + 2:start], "big")
        return start, start + length
    at = value(value(0)[0])[0]
    for _ in ("version", "serial number", "algorithm", "issuer", "validity"):
        at = value(at)[1]
    return value(at)[1] - at


class Ca:
    """A root, another root, and for each of them what a server may be shown. NAME.pem, NAME.key, NAME.p12 each."""
    root_name = "CN=門番 Test Root,O=Monban test,C=JP"
    other_name = "CN=Other Root,O=Monban test,C=JP"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.password_file = self.folder / "password.txt"
        self.password_file.write_text(PASSWORD + "\n")
        now = datetime.datetime.now(datetime.timezone.utc)
        self.day = lambda days: (now + datetime.timedelta(days=days)).strftime("%Y%m%d%H%M%SZ")
        for ca, name in (("root", "門番 Test Root"), ("other", "Other Root")):
            self.self_signed(ca, f"/C=JP/O=Monban test/CN={name}", "-addext", "basicConstraints=critical,CA:TRUE",
                             "-addext", "keyUsage=critical,keyCertSign,cRLSign")
            (self.folder / f"{ca}.txt").write_text("")
            (self.folder / f"{ca}.cnf").write_text(
                f"[ca]\ndefault_ca=us\n[us]\ndatabase={ca}.txt\nnew_certs_dir=.\ncertificate={ca}.pem\nprivate_key={ca}.key\n"
                "default_md=sha256\ndefault_crl_days=30\nrand_serial=yes\nunique_subject=no\npolicy=any\n[any]\ncommonName=supplied\n")
        names = f"subjectAltName=DNS:{HOST},IP:127.0.0.1,IP:::1"
        self.issue("server", HOST, "serverAuth", extra=names)
        self.issue("default", "default.example.test", "serverAuth", extra="subjectAltName=DNS:default.example.test,IP:127.0.0.1")
        self.issue("server-expired", HOST, "serverAuth", days=(-60, -2), extra=names)
        self.issue("good", "good", "clientAuth")
        self.issue("expired", "expired", "clientAuth", days=(-60, -2))
        self.issue("other-ca", "stranger", "clientAuth", ca="other")
        self.issue("server-only", "server only", "serverAuth")
        self.issue("revoked", "revoked", "clientAuth")
        openssl("ca", "-config", "root.cnf", "-revoke", "revoked.pem", cwd=self.folder)
        openssl("ca", "-config", "root.cnf", "-gencrl", "-out", "root.crl", cwd=self.folder)
        self.pool = {}

    def __getattr__(self, name):  # ca.good is the PKCS#12 file, ca.root the PEM of the root
        found = self.folder / (name.replace("_", "-") + (".p12" if name not in ("root", "other") else ".pem"))
        if not found.exists():
            raise AttributeError(name)
        return found

    def pem(self, name):
        return self.folder / f"{name}.pem"

    def key(self, name):
        return self.folder / f"{name}.key"

    def thumbprint(self, name):
        return hashlib.sha1(der_of(self.pem(name))).hexdigest()

    def self_signed(self, name, subject, *more):
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8", "-days", 300, "-subj", subject,
                "-keyout", self.key(name), "-out", self.pem(name), *more)

    def issue(self, name, common_name, purpose, ca="root", days=(-1, 200), extra=""):
        request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
        extensions.write_text(f"basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage={purpose}\n{extra}\n")
        openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={common_name}",
                "-keyout", self.key(name), "-out", request)
        openssl("ca", "-config", f"{ca}.cnf", "-batch", "-notext", "-in", request, "-extfile", extensions, "-out", self.pem(name),
                "-startdate", self.day(days[0]), "-enddate", self.day(days[1]), cwd=self.folder)
        openssl("pkcs12", "-export", "-in", self.pem(name), "-inkey", self.key(name), "-out", self.folder / f"{name}.p12",
                "-passout", f"file:{self.password_file}", "-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1")

    def authorities(self, count, padding=0):
        """A file of `count` certificates of CAs, and their names. One certificate is made, the number in its name
        replaced in the others: whoever reads names from them, or sends them, does not look at signatures."""
        template = f"authority-{padding}"
        if template not in self.pool:
            units = "".join(f"/OU={'x' * 60}" for _ in range(padding))
            self.self_signed(template, f"/O=Monban test{units}/CN=Authority 0000")
            self.pool[template] = der_of(self.pem(template))
        der, units = self.pool[template], "".join(f"OU={'x' * 60}," for _ in range(padding))
        file = self.folder / f"authorities-{count}-{padding}.pem"
        if not file.exists():
            file.write_text("".join(pem_of(der.replace(b"Authority 0000", b"Authority %04d" % n)) for n in range(count)))
        return file, [f"CN=Authority {n:04},{units}O=Monban test" for n in range(count)]


def free_port(address="127.0.0.1"):
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


class Server:
    """A program that listens; `command(ports)` is what to run. A port lost to somebody else in between: once more."""

    def __init__(self, folder, count, command, environment=None, keyboard=False, address="127.0.0.1"):
        self.log = pathlib.Path(folder) / f"server-{time.monotonic_ns()}.log"
        for _ in range(3):
            self.ports = [free_port(address) for _ in range(count)]
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen([str(part) for part in command(self.ports)], stdout=log, stderr=log, cwd=folder,
                                                stdin=subprocess.PIPE if keyboard else subprocess.DEVNULL,
                                                env={**os.environ, "LC_ALL": "C", **(environment or {})})
            if all(self.is_listening(address, port) for port in self.ports):
                return
            self.stop()
        raise AssertionError(f"{command(self.ports)} does not listen: {self.log.read_text(errors='replace')}")

    @property
    def port(self):
        return self.ports[0]

    def is_listening(self, address, port):
        for _ in range(200):
            if self.process.poll() is not None:
                return False
            with contextlib.suppress(OSError), socket.create_connection((address, port), 5):
                return True
            time.sleep(0.05)
        return False

    def stop(self):
        self.process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)
        self.process.kill()
        self.process.wait()
        if self.process.stdin:
            with contextlib.suppress(OSError):
                self.process.stdin.close()


# As IIS logs "cs-uri-query sc-status sc-substatus sc-win32-status": no sub-status, and one that is not about the certificate.
W3C_FORMATS = "".join(f"log_format w3c{number} '$args $status {number} 0';\n" for number in (0, 14))


def nginx(folder, servers, address="127.0.0.1", connections=256):
    """One nginx, one process; `servers` is a list of blocks without the braces, in which {listen} stands for the address."""
    def command(ports):
        text = []
        for port, block in zip(ports, servers):
            for part in block if isinstance(block, list) else [block]:
                text.append("server {\n" + part.replace("{listen}", f"{f'[{address}]' if ':' in address else address}:{port} ssl") + "\n}\n")
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config = pathlib.Path(folder) / "nginx.conf"
        config.write_text(f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/nginx.log info;\n"
                          f"events {{ worker_connections {connections}; }}\nhttp {{ access_log off;\n{W3C_FORMATS}{temporary}{''.join(text)}}}\n")
        return ["/usr/sbin/nginx", "-p", folder, "-c", config, "-e", f"{folder}/nginx.log"]
    return Server(folder, len(servers), command, address=address)


def apache(folder, hosts):
    """One Apache in one process (-X); `hosts` are the contents of the virtual hosts."""
    # As root it becomes www-data before it reads the page.
    page = pathlib.Path(folder) / "htdocs"
    for place in ("", "secure"):
        (page / place).mkdir(exist_ok=True)
        (page / place / "index.html").write_text("welcome\n")
    os.chmod(folder, 0o711)

    def command(ports):
        modules = "".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"
                          for name in ("mpm_event", "authz_core", "dir", "mime", "ssl", "http2", "socache_shmcb"))
        text = [f"ServerRoot {folder}\nDefaultRuntimeDir {folder}\nPidFile {folder}/apache.pid\nErrorLog {folder}/apache.log\n{modules}"
                f"LogLevel warn ssl:info\nServerName {HOST}\nTypesConfig /dev/null\nDirectoryIndex index.html\nStartServers 1\n"
                f"Mutex file:{folder} default\nThreadsPerChild 25\nProtocols http/1.1\nSSLSessionCache none\n"]
        if os.getuid() == 0:
            text.append("User www-data\nGroup www-data\n")
        for port, host in zip(ports, hosts):
            text.append(f"Listen 127.0.0.1:{port}\n<VirtualHost 127.0.0.1:{port}>\nSSLEngine on\nDocumentRoot {page}\n{host}\n</VirtualHost>\n")
        config = pathlib.Path(folder) / "apache.conf"
        config.write_text("".join(text))
        return ["/usr/sbin/apache2", "-d", folder, "-f", config, "-X"]
    return Server(folder, len(hosts), command)


def s_server(ca, *options, www=True, keyboard=False):
    return Server(ca.folder, 1, lambda ports: ["openssl", "s_server", "-accept", f"127.0.0.1:{ports[0]}", "-cert", ca.pem("server"),
                                               "-key", ca.key("server"), *(["-www"] if www else []), *options], keyboard=keyboard)


def gnutls_serv(ca, *options):
    # It listens on every address: there is no option for one.
    return Server(ca.folder, 1, lambda ports: ["gnutls-serv", "--quiet", "--http", "--port", ports[0], "--x509certfile", ca.pem("server"),
                                               "--x509keyfile", ca.key("server"), "--x509cafile", ca.root, *options])


def visit(port, path="/", name=None, tls="1.3", host=HOST, ca=None, late=True):
    """The status of one request, with the certificate of that name; 0 where there was no answer. `late`: offers
    post-handshake authentication as curl does; browsers do not."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = ssl.TLSVersion["TLSv" + tls.replace(".", "_")]
    context.post_handshake_auth = late
    if name:
        context.load_cert_chain(ca.pem(name), ca.key(name))
    answer = b""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 20) as plain:
        with context.wrap_socket(plain, server_hostname=host) as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            while b"\r\n" not in answer and (piece := connection.recv(4096)):
                answer += piece
    return int(answer.split()[1]) if answer.startswith(b"HTTP/1.") else 0


def names_sent(port, host=HOST, tls="1.3"):
    """The CA names that come with the request for a certificate, as `openssl s_client` shows them; None without a request."""
    shown = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-servername", host, f"-tls{tls.replace('.', '_')}",
                            "-nameopt", "rfc2253,utf8,-esc_msb"], input=b"", capture_output=True, timeout=30)
    lines = shown.stdout.decode("utf-8", "replace").splitlines()
    if "Acceptable client certificate CA names" in lines:
        lines = lines[lines.index("Acceptable client certificate CA names") + 1:]
        return lines[:next(n for n, line in enumerate(lines) if "=" not in line.split(",")[0] or line.startswith("Client"))]
    return [] if any(line.startswith("Requested Signature Algorithms") or line.startswith("Client Certificate Types") for line in lines) else None


class Hostile:
    """A listener whose every connection is handled by `behave(connection, until)`; with `tls`, after a handshake."""

    def __init__(self, behave, tls=None):
        self.behave, self.tls, self.until, self.connections = behave, tls, threading.Event(), []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                connection = self.listener.accept()[0]
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self.handle, args=(connection,), daemon=True).start()

    def handle(self, connection):
        connection.settimeout(30)
        with contextlib.suppress(OSError, ValueError):  # whatever the client does to us
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            self.behave(connection, self.until)
        with contextlib.suppress(OSError):
            connection.close()

    def stop(self):
        self.until.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)
        for connection in self.connections:
            with contextlib.suppress(OSError):
                connection.close()


def tls_context(ca, asks=False, alpn=()):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca.pem("server"), ca.key("server"))
    if asks:
        context.load_verify_locations(ca.root)
        context.verify_mode = ssl.CERT_OPTIONAL
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context


# What a hostile server does with a connection. `until` is set when the test is over.

def silence(connection, until):
    until.wait(60)


def close(connection, until):
    pass


def reset(connection, until):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def says(data, then=silence, hear=True):
    def behave(connection, until):
        if hear:
            connection.recv(65536)
        connection.sendall(data)
        then(connection, until)
    return behave


def drips(data):
    """One byte a second, for ever."""
    def behave(connection, until):
        connection.recv(65536)
        sent = 0
        while not until.is_set():
            connection.sendall(data[sent % len(data):][:1])
            sent += 1
            until.wait(1)
    return behave


def repeats(start, piece):
    """`start`, then `piece` without end, as fast as it is taken (some 5 MB/s, to spare the processor)."""
    def behave(connection, until):
        connection.recv(65536)
        connection.sendall(start)
        while not until.is_set():
            connection.sendall(piece)
            until.wait(0.01)
    return behave


def after_the_request(then):
    def behave(connection, until):
        connection.recv(65536)
        then(connection, until)
    return behave


def press(server, key):
    """Types a command of `openssl s_server -tls1_2` or `-tls1_3` again and again while a client is there: R renegotiates,
    K asks for a key update, c asks for a certificate. Typed before a handshake is over, it would end the server."""
    def type_on():
        with contextlib.suppress(OSError, ValueError):
            while server.process.poll() is None:
                talk = server.log.read_text(errors="replace")
                if talk.rfind("Secure Renegotiation") > max(talk.rfind("CONNECTION CLOSED"), talk.rfind("ERROR")):
                    server.process.stdin.write(key + b"\n")
                    server.process.stdin.flush()
                time.sleep(0.02)
    threading.Thread(target=type_on, daemon=True).start()
