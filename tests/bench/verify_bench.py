# SPDX-License-Identifier: MIT
"""verify_bench.py MONBAN PROBE_BENCH: a verification of six attempts beside six bare `openssl s_client` handshakes started at once, turn by turn,
and a hundred endpoints at the same time in one process. The figures are for people."""
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "app"))
import tls_peers as peers

ROUNDS = 15
ENDPOINTS = 100
AIM = 1.5


def timed(action):
    begin = time.monotonic()
    action()
    return (time.monotonic() - begin) * 1000


def main(monban, probe_bench):
    with tempfile.TemporaryDirectory(prefix="monban-") as work:
        ca = peers.Ca(pathlib.Path(work))
        guarded = {"ssl_certificate": ca.pem("server"), "ssl_certificate_key": ca.key("server"), "ssl_client_certificate": ca.pem("root"),
                   "ssl_verify_client": "on", "ssl_protocols": "TLSv1.2 TLSv1.3"}
        text = "listen {listen}; " + " ".join(f"{name} {value};" for name, value in guarded.items()) + " location / { return 200; }"
        server = peers.nginx(pathlib.Path(work), [text] * ENDPOINTS, connections=2048)
        try:
            measure(monban, probe_bench, ca, server)
        finally:
            server.stop()


def measure(monban, probe_bench, ca, server):
    place = f"127.0.0.1:{server.ports[0]}"
    verify = [monban, "verify", f"https://{peers.HOST}/", "--connect", place, "--root", ca.root, "--refuse", ca.expired, "--refuse", ca.folder / "other-ca.p12",
              "--password-file", ca.password_file, "--json"]
    bare = ["openssl", "s_client", "-connect", place, "-servername", peers.HOST]

    def six():
        running = [subprocess.Popen(bare, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(6)]
        for one in running:
            one.wait()

    whole = lambda: subprocess.run([str(part) for part in verify], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    ours, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(timed(six))
        ours.append(timed(whole))
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"verify, six attempts: {statistics.median(ours):.0f} ms (median of {ROUNDS}); six s_client at once: {statistics.median(theirs):.0f} ms; "
          f"ratio {ratio:.2f} (aim {AIM})")
    print(subprocess.run([probe_bench, *map(str, server.ports)], capture_output=True, text=True, check=True).stdout.strip())


if __name__ == "__main__":
    main(*sys.argv[1:])
