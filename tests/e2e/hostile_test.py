"""What anybody may send to the servers: no byte, flood or stranger ends a run, none makes the harness a tool
against others, and nothing is left of a harness that was killed. Real sockets, loopback."""
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import time
import unittest
import unittest.mock

from capture_writer import CaptureWriter
from flood import NAMES_PORT, Peer, SDP, Server, flood, message
from support import EndToEnd, PROGRAM, ROOT, sipharness

CONTACT = "Contact: <sip:x@{0[0]}:{0[1]}>\r\n"
PASSWORD = "open-sesame-guarded"


class Served(EndToEnd):
    def serve(self, *options, **others):
        server = Server(self.scratch, *options, **others)
        self.addCleanup(self.end, server)
        return server

    def end(self, server):
        code = server.stop()
        self.assertEqual(code, 0, (server.folder / "log").read_text()[-2000:])

    def assert_serves(self, server):
        me = Peer(server, 3)
        self.assertTrue(me.ask(message("OPTIONS", me.me, 1, call=f"alive{time.monotonic_ns()}"), 10)
                        .startswith(b"SIP/2.0 200"))


class SingleDatagrams(Served):
    def test_none_ends_the_servers(self):
        server = self.serve()
        peer = Peer(server)
        me = peer.me
        folded = "<sip:a\r\n b>"
        register = [("<sip:a>, <sip:a>;expires=0", b"200"), ("<sip:a>, <sip:a>", b"200"), (folded, b"400"),
                    ("<sip:a\rb>", b"400"), ("<sip:a\0b>", b"400"), (f"<sip:a>, {folded}", b"400")]
        cases = [("REGISTER", f"Contact: {value}\r\n", status) for value, status in register]
        own = CONTACT.format(me)
        for method in ("SUBSCRIBE", "INVITE"):
            event = "Event: message-summary\r\n"
            cases += [(method, f"Contact: {folded}\r\n{event}", b"400"),
                      (method, f"{own}Record-Route: {folded}\r\n{event}", b"400"),
                      (method, f"{own}Record-Route: <sip:a>,\r\n <sip:a\0>\r\n{event}", b"400"),
                      (method, f"{own}Subject: a\r\n folded one\r\n{event}", b"100" if method == "INVITE" else b"200")]
        for number, (method, headers, status) in enumerate(cases):
            with self.subTest(method=method, headers=headers):
                reply = peer.ask(message(method, me, number, headers=headers, call="single"))
                self.assertEqual(reply[8:11], status, reply)
        self.assert_serves(server)

    def test_none_keeps_the_servers_busy(self):
        """As large as a datagram can be, and full of whatever there may be many of."""
        server = self.serve()
        peer = Peer(server)
        own = CONTACT.format(peer.me) + "Event: message-summary\r\n"
        digest = 'Digest username="a",realm="b",nonce="c",uri="d",response="e"'
        filled = {
            "Vias": own + "Via: SIP/2.0/UDP h;branch=a\r\n" * 2000, "values": own + "v: " + "SIP/2.0/UDP h," * 4000,
            "headers": own + "a:\r\n" * 14000, "folds": own + "Subject: " + "\r\n x" * 14000,
            "quotes": own + "Subject: " + '"' * 58000, "brackets": "Contact: " + "<" * 58000,
            "contacts": "Contact: " + ",".join(f"<sip:{n}@h>" for n in range(4000)),
            "empty": "Contact: " + '"<>,' * 14000, "parameters": own + "m: <sip:x@h>" + ";a=b" * 14000,
            "routes": own + "Record-Route: " + "<sip:h;lr>," * 5000, "options": own + "Supported: " + "a," * 28000,
            "digests": own + f"Authorization: {digest}\r\n" * 700,
            "pairs": own + 'Authorization: Digest a="' + "\\\\" * 28000,
            "endless": own + "Content-Length: 99999999999999999999"}
        used = server.processor_time()
        for number, (name, headers) in enumerate(filled.items()):
            for method in ("REGISTER", "SUBSCRIBE", "INVITE"):
                with self.subTest(name=name, method=method):
                    peer.send(message(method, peer.me, number, headers=headers.rstrip() + "\r\n", call=f"full{method}"))
        self.assert_serves(server)
        self.assertLess(server.processor_time() - used, 5, "seconds of a processor")

    def test_bytes_that_come_one_by_one_cost_little(self):
        server = self.serve()
        used = server.processor_time()
        with socket.create_connection(server.at) as stream:
            stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            request = message("OPTIONS", stream.getsockname(), 1, headers="Subject: " + "x" * 20000 + "\r\n")
            request = request.replace(b"/UDP", b"/TCP")
            for at in range(len(request)):
                stream.sendall(request[at : at + 1])
            stream.settimeout(10)
            self.assertTrue(stream.recv(4096).startswith(b"SIP/2.0 200"))
        self.assertLess(server.processor_time() - used, 5, "seconds of a processor")

    def test_a_name_of_thousands_of_pointers_keeps_nobody_waiting(self):
        server = self.serve(scenario="guide/fqdn_port.json")
        head = b"\0\1\x81\x80\0\1" + struct.pack("!H", 1000) + b"\0" * 4
        head += b"\1a\0\0\1\0\1\xc0\x0c\0\x10\0\1\0\0\0\0"  # a question, and a record of any bytes
        chain, last = b"", 12
        while (here := len(head) + 2 + len(chain)) < 0x3ff0:
            chain += b"\1a" + struct.pack("!H", 0xc000 | last)
            last = here
        record = struct.pack("!H", 0xc000 | last) + b"\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1"
        data = head + struct.pack("!H", len(chain)) + chain + record * 999
        peer = Peer(server)
        for _ in range(5):
            peer.socket.sendto(data, (f"{server.net}.113", NAMES_PORT))
        self.assert_serves(server)


class ThirdParties(Served):
    """Nobody receives anything because somebody else named him."""

    def victims(self, server):
        listener = socket.create_server((f"{server.net}.99", 9997))
        listener.settimeout(0)
        self.addCleanup(listener.close)
        return Peer(server, 99, 9999), listener

    def call_naming(self, server, peer, victim):
        """An INVITE whose description names the victim, answered and acknowledged."""
        body = SDP.format(ip=victim.me[0], port=victim.me[1])
        headers = CONTACT.format(peer.me) + "Content-Type: application/sdp\r\n"
        peer.send(message("INVITE", peer.me, 1, headers=headers, body=body, call="media"))
        until = time.monotonic() + 30
        while time.monotonic() < until:
            reply = peer.receive()
            if reply.startswith(b"SIP/2.0 200"):
                tag = reply.split(b"\r\nTo:")[1].split(b"tag=")[1].split(b"\r\n")[0].decode()
                return peer.send(message("ACK", peer.me, 1, to_tag=tag, call="media"))
        self.fail("the call was never answered")

    def test_requests_and_rtp_go_to_the_sender(self):
        server = self.serve()
        peer, (victim, listener) = Peer(server), self.victims(server)
        peer.send(message("INVITE", peer.me, 0, headers="Contact: <sip:x@h>\r\nContent-Type: application/sdp\r\n",
                          body=SDP.format(ip=peer.me[0], port=peer.me[1]), call="no-ack"))
        for number, (contact, route) in enumerate((
                (f"<sip:x@{server.net}.99:9999>", ""), (f"<sip:x@{server.net}.99:9997;transport=tcp>", ""),
                (f"<sip:x@{peer.me[0]}:{peer.me[1]}>", f"Record-Route: <sip:{server.net}.99:9999;lr>\r\n"))):
            peer.send(message("SUBSCRIBE", peer.me, number, call="third",
                              headers=f"Contact: {contact}\r\n{route}Event: message-summary\r\n"))
        self.call_naming(server, peer, victim)
        seen, until = [], time.monotonic() + 3
        while time.monotonic() < until:
            seen.append(peer.receive(0.2))
        self.assertEqual(sum(data.startswith(b"NOTIFY") for data in seen) > 0, True)
        self.assertFalse([data for data in seen if data.startswith(b"\x80\0")], "RTP without an ACK")
        self.assertEqual(victim.receive(0.2), b"")
        with self.assertRaises(BlockingIOError):
            listener.accept()
        self.assertEqual({f"{server.net}.99"}, set(server.diverted()))

    def test_what_is_allowed_is_sent(self):
        server = self.serve("--allow-targets", "127.0.0.0/8,192.0.2.1")
        peer, (victim, _) = Peer(server), self.victims(server)
        self.call_naming(server, peer, victim)
        self.assertTrue(victim.receive(5).startswith(b"\x80\0"))
        self.assertEqual(server.diverted(), [])

    def test_what_is_no_address_is_refused(self):
        for text in ("somewhere", "127.0.0.0/33", "10.0.0.1:5060"):
            done = sipharness("serve", ROOT / "scenarios/primary_down.json", "--allow-targets", text)
            self.assert_exit(done, 2)
            self.assertIn("--allow-targets", done.stderr)


class Floods(Served):
    def test_connections_beyond_the_descriptors_are_refused(self):
        server = self.serve(descriptors=256)
        streams = [socket.create_connection(server.at) for _ in range(400)]
        self.assert_serves(server)
        told = server.remarks()
        self.assertEqual(len(told), 1, told)
        self.assertIn("256 descriptors", told[0])
        for stream in streams:
            stream.close()
        time.sleep(0.5)
        with socket.create_connection(server.at) as stream:
            stream.sendall(message("OPTIONS", stream.getsockname(), 1, call="late").replace(b"/UDP", b"/TCP"))
            stream.settimeout(10)
            self.assertTrue(stream.recv(4096).startswith(b"SIP/2.0 200"))

    def test_calls_take_no_descriptor_each(self):
        server = self.serve(descriptors=256)
        peer = Peer(server)
        for number in range(600):
            headers = CONTACT.format(peer.me) + "Content-Type: application/sdp\r\n"
            peer.send(message("INVITE", peer.me, number, headers=headers, call="many",
                              body=SDP.format(ip=peer.me[0], port=peer.me[1])))
        time.sleep(4)  # they are answered
        self.assertLess(len(list(pathlib.Path(f"/proc/{server.process.pid}/fd").iterdir())), 60)
        self.assert_serves(server)

    def test_a_healthy_phone_is_answered_throughout(self):
        server = self.serve()
        phone, attack = flood(server, datagrams=3000, connections=200, accounts=500, seconds=12)
        self.assertEqual(phone.unanswered, 0, f"of {phone.asked}")
        self.assertGreater(phone.asked, 8)
        self.assertLess(max(rss for _, rss in attack.memory), 200 * 1024)
        self.assert_serves(server)

    def test_many_phones_of_a_capture_cost_little_each(self):
        capture = CaptureWriter()
        for number in range(2000):
            phone, user = f"10.1.{number // 250}.{number % 250 + 1}:5060", str(20000 + number)
            register = message("REGISTER", tuple(phone.split(":")), number, user=user, call="many",
                               headers=f"Contact: <sip:{user}@{phone}>\r\nExpires: 3600\r\n", uri="sip:10.0.0.11")
            answer = register.replace(b"REGISTER sip:10.0.0.11 SIP/2.0", b"SIP/2.0 200 OK")
            answer = answer.replace(b"\r\nCall-ID", b";tag=t\r\nCall-ID")
            capture.udp(number * 0.01, phone, "10.0.0.11:5060", register)
            capture.udp(number * 0.01 + 0.001, "10.0.0.11:5060", phone, answer)
        path = capture.write(self.scratch / "many.pcap")
        check = subprocess.Popen([PROGRAM, "check", path, "--primary", "10.0.0.11:5060", "--quiet"],
                                 stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(check.pid, 0)
        check.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(check.returncode, 0)
        self.assertLess(usage.ru_maxrss, 150 * 1024, "KiB")
        profile = json.loads((ROOT / "scenarios/profiles/external.json").read_text())
        profile["account"] = {"user": "20000"}
        (self.scratch / "profile.json").write_text(json.dumps(profile))
        done = sipharness("check", path, "--primary", "10.0.0.11:5060", "--profile", self.scratch / "profile.json",
                          "--json", "-")
        result = json.loads(done.stdout)
        self.assertEqual({finding["device"] for finding in result["findings"]}, {result["devices"][0]["name"]})
        told = [note for note in result["notes"] if "under test" in note]
        self.assertEqual(len(told), 9, told)
        self.assertEqual(told[-1], "1991 more accounts were seen; none is under test")
        self.assertLess(len(result["messages"]["left_out"]), 8)


class Killed(EndToEnd):
    def setUp(self):
        """Temporary folders of its own: whatever starts beside this test would clear what a run leaves."""
        super().setUp()
        temporary = self.scratch / "temporary"
        temporary.mkdir()
        environment = unittest.mock.patch.dict(os.environ, TMPDIR=str(temporary))
        environment.start()
        self.addCleanup(environment.stop)

    def belongs(self, home):
        """Processes with that HOME."""
        found = []
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if f"HOME={home}".encode() in (process / "environ").read_bytes().split(b"\0"):
                    found.append(process.name)
            except OSError:
                pass
        return found

    def await_true(self, wanted, timeout=30):
        until = time.monotonic() + timeout
        while not wanted():
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    def start(self):
        """A run whose softphone has two children, one of them in a session of its own; the process and its home."""
        notes = self.scratch / "home"
        script = f'echo "$HOME" >{notes}; sleep 277 & setsid sleep 278 & wait'
        profile = self.scratch / "script.json"
        profile.write_text(json.dumps({
            "name": "script", "kind": "process", "account": {"password": {"test": PASSWORD}},
            "drive": {"command": ["bash", "-c", script], "files": {"conf": ["password ${account.password}"]}}}))
        story = self.scratch / "story.json"
        story.write_text(json.dumps({
            "title": "A test", "duration": "60s", "configure": {"register_expiration": "2min"},
            "servers": {"primary": {"port": 5070}, "secondary": {"port": 5080}},
            "timeline": [{"at": "0s", "do": "boot"}], "expect": ["DUT-ALIVE"]}))
        run = subprocess.Popen([PROGRAM, "run", story, "--device", "process:script", "--profile", profile, "--out",
                                self.scratch / "runs"], cwd=ROOT, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(run.stderr.close)
        if not self.await_true(lambda: notes.exists() and notes.read_text().strip()):
            run.kill()
            self.fail(run.communicate()[1].decode())
        home = pathlib.Path(notes.read_text().strip())
        self.assertTrue(self.await_true(lambda: len(self.belongs(home)) >= 3))
        return run, home

    def assert_gone(self, home):
        self.assertTrue(self.await_true(lambda: not self.belongs(home)), self.belongs(home))
        self.assertTrue(self.await_true(lambda: not home.exists()))

    def test_nothing_is_left_of_a_killed_run(self):
        run, home = self.start()
        self.assertEqual(home.stat().st_mode & 0o777, 0o700)
        self.assertEqual((home / "conf").stat().st_mode & 0o777, 0o600)
        self.assertIn(PASSWORD, (home / "conf").read_text())
        run.send_signal(signal.SIGKILL)
        run.wait()
        self.assert_gone(home)

    def test_the_next_start_clears_what_no_guard_could(self):
        run, home = self.start()
        for guard in self.guards_of(run):
            os.kill(guard, signal.SIGKILL)
        run.send_signal(signal.SIGKILL)
        run.wait()
        self.assertTrue((home / "conf").exists())
        Server(self.scratch).stop()
        self.assert_gone(home)

    def guards_of(self, run):
        found = []
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                text = status.read_text()
            except OSError:
                continue
            if "Name:\tsipharness-grd\n" in text and f"PPid:\t{run.pid}\n" in text:
                found.append(int(status.parent.name))
        self.assertTrue(found)
        return found


if __name__ == "__main__":
    unittest.main()
