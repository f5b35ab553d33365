# SPDX-License-Identifier: MIT
"""The lab's stand-ins do on Wine's own stores, keys, registry and files what Windows' programs do on Windows'."""
import hashlib
import json
import subprocess
import unittest

from in_a_lab import InALab
from template import SCHANNEL

FILE_NOT_FOUND = 0x80070002
CHAIN = r"HKLM\SOFTWARE\Microsoft\Cryptography\OID\EncodingType 0\CertDllCreateCertificateChainEngine\Config"
SITE = "Default Web Site"
AT_FIRST = {"appidsvc": "stopped"}  # of the services
HOSTILE = ["", "plain", "two  words", " lead", "trail ", "tab\there", "line\nbreak", '"', '"quoted"', 'a"b', '""', "\\", "\\\\",
           "C:\\a b\\", "C:\\a\\", '\\"', 'a\\\\"b', '\\\\" \\\\', "\\\\unc\\x", "%PATH%", "100%", "a&b|c<d>e^", "(x) {y} [z]",
           "!bang!", "it's", "‘curly’ “”", "@now", "-x", "/?", "--%", "a;b,c=d", "$x `n", "門番 サイト", "\U0001F6AA 👨‍👩‍👧", "*.cpp", "?",
           "n" * 260, "x" * 20_000 + " \\", "/+bindings.[protocol='https',bindingInformation='*:443:']"]
INF = """[NewRequest]
Subject = "CN=iisdemo.spt-demo.local,O=株式会社 門番,C=JP"
KeyLength = 2048
KeySpec = 1
KeyUsage = 0xa0
MachineKeySet = TRUE
Exportable = FALSE
ProviderName = "Microsoft RSA SChannel Cryptographic Provider"
ProviderType = 12
HashAlgorithm = SHA256
RequestType = PKCS10
FriendlyName = "サイト 2026"
"""


class StandIns(InALab):
    def test_what_certutil_adds_crypt32_sees_until_it_is_deleted(self):
        root = self.thumbprint("ia1.der")
        key = r"HKLM\SOFTWARE\Microsoft\SystemCertificates\Root\Certificates" + "\\" + root.upper()
        before = set(self.lab.stores("ROOT")["ROOT"]["certificates"])
        self.assertNotIn(root, before)
        self.assertIn('added to store', self.succeeds("certutil", "-addstore", "Root", r"C:\lab\ca\ia1.der"))
        self.assertEqual(set(self.lab.stores("ROOT")["ROOT"]["certificates"]), before | {root})
        self.assertIsNotNone(self.lab.registry(key, "Blob"))
        self.succeeds("certutil", "-delstore", "Root", root)
        self.assertEqual(set(self.lab.stores("ROOT")["ROOT"]["certificates"]), before)
        self.assertIsNone(self.lab.registry(key, "Blob"))

    def test_a_store_of_another_name_is_made_only_by_force(self):
        refused = self.lab.call("certutil", "-addstore", "iis_client_trust", r"C:\lab\ca\ia1.der")
        self.assertEqual(refused.code, FILE_NOT_FOUND, refused.text)
        self.succeeds("certutil", "-f", "-addstore", "iis_client_trust", r"C:\lab\ca\ia1.der")
        self.assertEqual(list(self.lab.stores("iis_client_trust")["iis_client_trust"]["certificates"]), [self.thumbprint("ia1.der")])

    def test_a_revocation_list_goes_into_the_store_and_out_again(self):
        self.succeeds("certutil", "-addstore", "CA", r"C:\lab\ca\ia1.crl")
        self.assertEqual(self.lab.stores("CA")["CA"]["crls"], 1)
        self.succeeds("certutil", "-delstore", "CA", self.thumbprint("ia1.crl"))
        self.assertEqual(self.lab.stores("CA")["CA"]["crls"], 0)

    def test_an_imported_key_signs_and_may_leave_only_where_it_was_allowed_to(self):
        for modifiers, exportable in (("NoExport,NoRoot", False), ("NoRoot", True)):
            server = self.import_server(modifiers)
            entry = self.lab.stores("MY")["MY"]["certificates"][server]
            container = entry["key"].pop("container")
            self.assertEqual(entry["key"], {"machine": True, "there": True, "signs": True, "exportable": exportable})
            self.assertIn(container, self.succeeds("certutil", "-store", "MY", server))
        self.succeeds("powershell", "-NoProfile", "-Command", f"Remove-Item -Path 'Cert:\\LocalMachine\\My\\{server}' -DeleteKey")
        self.assertNotIn(server, self.lab.stores("MY")["MY"]["certificates"])
        self.assertFalse(list((self.lab.folder / "keys").glob(container + "*")))

    def test_netsh_writes_the_records_that_httpapi_shares(self):
        server = self.import_server()
        at = "ipport=0.0.0.0:443"
        no_such = self.lab.call("netsh", "http", "add", "sslcert", at, "certhash=" + "0" * 40, "appid={4dc3e181-e14b-4a21-b022-59fc669b0914}")
        self.assertEqual(no_such.code, 1)
        self.assertIn("1312", no_such.text)
        self.assertEqual(self.lab.records(), [])
        self.succeeds("netsh", "http", "add", "sslcert", at, "certhash=" + server, "appid={4dc3e181-e14b-4a21-b022-59fc669b0914}",
                      "certstorename=MY", "clientcertnegotiation=enable", "sslctlstorename=iis_client_trust")
        record = self.lab.records()[0]
        self.assertEqual((record["endpoint"], record["thumbprint"], record["ctl_store"], record["negotiate_client_certificate"]),
                         ("0.0.0.0:443", server, "iis_client_trust", True))
        if self.lab.httpapi.exists():
            self.assertEqual(self.lab.http_records(), 1)
        shown = self.lab.call("netsh", "http", "show", "sslcert", at)
        self.assertIn(server, shown.text)
        self.assertEqual(shown.output.count(b"\n"), shown.output.count(b"\r\n"), "lines end as Windows' do")
        self.succeeds("netsh", "http", "delete", "sslcert", at)
        self.assertEqual(self.lab.records(), [])

    def test_a_request_is_answered_by_the_practice_ca_and_accepted_with_its_key(self):
        (self.lab.folder / "site.inf").write_text(INF, encoding="utf-16")
        self.succeeds("certreq", "-new", "-f", "-q", r"C:\lab\site.inf", r"C:\lab\site.req")
        subject = subprocess.run(["openssl", "req", "-in", self.lab.folder / "site.req", "-verify", "-noout", "-subject", "-nameopt", "utf8"],
                                 capture_output=True, timeout=30)
        self.assertEqual(subject.returncode, 0, subject.stderr)
        self.assertIn("株式会社 門番", subject.stdout.decode())
        (pending,) = self.lab.stores("REQUEST")["REQUEST"]["certificates"].values()
        self.assertTrue(pending["key"]["signs"])
        issued = self.lab.monban("practice", "issue", "C:\\lab", r"C:\lab\site.req", r"C:\lab\site.cer")
        self.assertEqual(issued.code, 0, issued.err)
        untrusted = self.lab.call("certreq", "-accept", "-q", r"C:\lab\site.cer")
        self.assertEqual(untrusted.code, 0x800B0109, untrusted.text)
        self.succeeds("certutil", "-addstore", "Root", r"C:\lab\ca\ia1.der")
        self.addCleanup(self.succeeds, "certutil", "-delstore", "Root", self.thumbprint("ia1.der"))
        self.succeeds("certreq", "-accept", "-q", r"C:\lab\site.cer")
        der = subprocess.run(["openssl", "x509", "-in", self.lab.folder / "site.cer", "-outform", "der"], capture_output=True, check=True).stdout
        accepted = self.lab.stores("MY", "REQUEST")
        self.assertEqual(accepted["REQUEST"]["certificates"], {})
        installed = accepted["MY"]["certificates"][hashlib.sha1(der).hexdigest()]
        self.assertEqual(installed, {"friendly_name": "サイト 2026", "key": pending["key"]})
        self.assertEqual((installed["key"]["there"], installed["key"]["exportable"]), (True, False))

    def test_appcmd_changes_the_file_itself_and_gives_it_back(self):
        file = self.lab.path(r"C:\windows\system32\inetsrv\config\applicationHost.config")
        before = file.read_bytes()
        self.succeeds("appcmd", "add", "backup", "vor 門番")
        self.assertEqual(self.lab.path(r"C:\windows\system32\inetsrv\backup\vor 門番\applicationHost.config").read_bytes(), before)
        self.succeeds("appcmd", "set", "config", SITE, "/section:access", "/sslFlags:Ssl,SslNegotiateCert,SslRequireCert", "/commit:apphost")
        self.assertIn("SslRequireCert", file.read_text())
        self.succeeds("appcmd", "restore", "backup", "vor 門番")
        self.assertEqual(file.read_bytes(), before)

    def test_certutil_and_reg_speak_of_one_registry(self):
        self.succeeds("certutil", "-setreg", r"chain\ChainCacheResyncFiletime", "@now")
        kind, data = self.lab.registry(CHAIN, "ChainCacheResyncFiletime")
        self.assertEqual((kind, len(bytes.fromhex(data))), ("REG_BINARY", 8))
        self.assertEqual(self.lab.registry(SCHANNEL, "EventLogging"), ("REG_DWORD", "0x1"))
        self.succeeds("certutil", "-delreg", r"chain\ChainCacheResyncFiletime")
        self.assertIsNone(self.lab.registry(CHAIN, "ChainCacheResyncFiletime"))

    def test_net_stops_a_service_of_the_service_control_manager_and_starts_it(self):
        self.assertEqual(self.lab.service("cryptsvc"), "RUNNING")
        self.succeeds("net", "stop", "cryptsvc", "/y")
        self.assertEqual((self.lab.machine["stopped_services"], self.lab.service("cryptsvc")), ({**AT_FIRST, "cryptsvc": "stopped"}, "STOPPED"))
        self.succeeds("net", "start", "cryptsvc")
        self.assertEqual((self.lab.machine["stopped_services"], self.lab.service("cryptsvc")), (AT_FIRST, "RUNNING"))

    def test_what_stops_with_another_service_is_stopped_before_it(self):
        self.succeeds("net", "stop", "was", "/y")
        self.assertEqual([self.lab.service(name) for name in ("was", "w3svc", "cryptsvc")], ["STOPPED", "STOPPED", "RUNNING"])
        self.succeeds("net", "start", "w3svc")
        self.assertEqual([self.lab.service(name) for name in ("was", "w3svc")], ["RUNNING", "RUNNING"])

    def test_certutil_empties_the_callers_cache_on_the_disk_and_not_the_services(self):
        content = "Microsoft\\CryptnetUrlCache\\Content\\0123456789ABCDEF0123456789ABCDEF"
        own = self.lab.path("C:\\users\\" + self.lab.user + "\\AppData\\LocalLow\\" + content)
        services = self.lab.path("C:\\windows\\ServiceProfiles\\NetworkService\\AppData\\LocalLow\\" + content)
        for place in (own, services):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes((self.lab.folder / "ca/ia1.crl").read_bytes())
        self.succeeds("certutil", "-urlcache", "crl", "delete")
        self.assertEqual((own.exists(), services.exists()), (False, True))

    def test_schtasks_keeps_a_task(self):
        self.succeeds("schtasks", "/Create", "/TN", "Monban revert", "/TR", r"C:\lab\revert.cmd", "/SC", "ONCE", "/ST", "23:59", "/F")
        self.assertEqual([task["name"] for task in json.loads((self.lab.folder / "tasks.json").read_text())], ["Monban revert"])
        self.succeeds("schtasks", "/Delete", "/TN", "Monban revert", "/F")

    def test_arguments_arrive_as_the_parent_gave_them(self):
        known = len(self.lab.calls())
        self.lab.call_all([("appcmd", *HOSTILE), *(("certreq", one) for one in HOSTILE)])
        self.assertEqual(self.lab.calls()[known:], [{"program": "appcmd", "arguments": HOSTILE},
                                                    *({"program": "certreq", "arguments": [one]} for one in HOSTILE)])

    def test_the_environment_of_a_call_is_noted_for_those_who_look_for_leaks(self):
        self.lab.env["MONBAN_CANARY"] = "カナリア"
        self.addCleanup(self.lab.env.pop, "MONBAN_CANARY")
        self.lab.call("net", "start")
        self.assertIn("MONBAN_CANARY=カナリア\n", (self.lab.folder / "environment.txt").read_text(encoding="utf-8"))

    def test_a_character_the_code_page_has_not_becomes_a_question_mark(self):
        self.assertIn(b"????? Root CA 3", self.lab.call("certutil", "-store", "ROOT").output)

    def test_the_system_is_the_one_that_was_asked_for(self):
        self.assertIn("10.0.20348", self.lab.windows_version())


class InJapanese(InALab):
    options = {"os": "2016", "codepage": 932}

    def test_programs_answer_in_japanese_in_code_page_932(self):
        ran = self.lab.call("certutil", "-addstore", "Root", r"C:\lab\ca\ia1.der")
        self.assertEqual(ran.code, 0, ran.text)
        self.assertIn("証明書 \"SPT Demo Practice CA\" がストアに追加されました。".encode("cp932"), ran.output)
        self.assertIn("例示認証局 Root CA 3", self.lab.call("certutil", "-store", "Root").text)

    def test_an_answer_is_read_from_standard_input_in_code_page_932(self):
        self.lab.call("net", "start", "w3svc")
        ran = self.lab.call("net", "stop", "http", input="N\r\n")
        self.assertEqual(ran.code, 2, ran.text)
        self.assertEqual(self.lab.machine["stopped_services"], AT_FIRST)
        self.assertEqual(self.lab.call("net", "stop", "http", input="Y\r\n").code, 0)
        self.assertIn("w3svc", self.lab.machine["stopped_services"])

    def test_the_system_is_the_one_that_was_asked_for(self):
        self.assertIn("10.0.14393", self.lab.windows_version())


class WithoutStandIns(InALab):
    options = {"stand_ins": False}

    def test_wine_says_that_it_worked_and_does_nothing(self):
        ran = self.lab.call("certutil", "-addstore", "Root", r"C:\lab\ca\ia1.der")
        self.assertEqual((ran.code, ran.output), (0, b""))
        self.assertNotIn(self.thumbprint("ia1.der"), self.lab.stores("ROOT")["ROOT"]["certificates"])
        self.assertEqual(self.lab.calls(), [])
        self.assertIn("<sites>", self.lab.path(r"C:\windows\system32\inetsrv\config\applicationHost.config").read_text())


if __name__ == "__main__":
    unittest.main()
