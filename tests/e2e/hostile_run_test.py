"""What strangers send while a healthy phone is tested: the run ends in time, stays small, sends nothing to third
parties, can be read and judged again, and says of the phone what it says without them. Real sockets, loopback."""
import json
import random
import socket
import struct
import subprocess
import threading
import time
import unittest

from external_test import Lab, address, scenario
from flood import SDP, message, mutated, originals
from support import PROGRAM, ROOT, result_of

SECONDS = 8
RESET = struct.pack("ii", 1, 0)
STATUSES = ("100 Trying", "180 Ringing", "200 OK", "302 Moved", "401 Unauthorized", "481 Gone", "503 Away", "603 No")
METHODS = ("INVITE", "REGISTER", "OPTIONS", "BYE", "NOTIFY")


def no_phone_of_ours(data):
    return data.replace(b"1001", b"2002")


class Strangers(threading.Thread):
    """Sends what `attacks` make, one after the other, each from a machine of its own."""

    def __init__(self, servers, attacks, folder):
        super().__init__(daemon=True)
        self.servers, self.folder, self.over = servers, folder, threading.Event()
        self.attacks = [(attack, self.open_at(20 + host)) for host, attack in enumerate(attacks)]
        self.rng, self.streams, self.sent = random.Random(3261), [], 0
        self.victim = (address(99), 9999)

    @staticmethod
    def open_at(host):
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.bind((address(host), 0))
        opened.setblocking(False)
        return opened

    def run(self):
        while not self.over.wait(0.02):
            for attack, source in self.attacks:
                for data in attack(self, source.getsockname()):
                    self.send(source, data)
                self.forget_answers(source)

    def send(self, source, data):
        self.sent += 1
        try:
            source.sendto(data, self.servers[self.sent % 2])
        except OSError:
            pass

    @staticmethod
    def forget_answers(source):
        try:
            while source.recv(65536):
                pass
        except OSError:
            pass

    def finish(self):
        self.over.set()
        self.join()
        for opened in [*self.streams, *(source for _, source in self.attacks)]:
            opened.close()

    # --- Attacks ----------------------------------------------------------------------------------
    def damaged(self, me):
        for data in originals(me, self.sent):
            yield mutated(no_phone_of_ours(data), self.rng)

    def accounts(self, me):
        for number in range(self.sent, self.sent + 10):
            contact = f"Contact: <sip:{number}@{me[0]}:{me[1]}>\r\nExpires: 60\r\n"
            yield message("REGISTER", me, number, headers=contact, user=f"forged{number}", call="account")

    def options(self, me):
        for number in range(20):
            yield message("OPTIONS", me, self.sent + number, user="2002", call="options")

    def responses(self, _):
        for number, status in enumerate(STATUSES):
            at = self.servers[number % 2]
            yield (f"SIP/2.0 {status}\r\nVia: SIP/2.0/UDP {at[0]}:{at[1]};branch=z9hG4bK{self.sent}{number}\r\n"
                   f"From: <sip:2002@h>;tag=a\r\nTo: <sip:2002@h>;tag=b\r\nCall-ID: unasked{number}\r\n"
                   f"CSeq: 1 {METHODS[number % 5]}\r\nContact: <sip:x@{self.victim[0]}:9999>\r\n\r\n").encode()

    def storms(self, me):
        for method in ("INVITE", "CANCEL", "ACK", "ACK", "CANCEL", "BYE", "UPDATE"):
            headers = f"Contact: <sip:x@{me[0]}:{me[1]}>\r\nContent-Type: application/sdp\r\n"
            body = SDP.format(ip=self.victim[0], port=self.victim[1])
            yield message(method, me, self.sent // 40, headers=headers, user="2002", call="storm", body=body)

    def third_parties(self, me):
        victim, own = f"{self.victim[0]}:9999", f"Contact: <sip:x@{me[0]}:{me[1]}>\r\n"
        event = "Event: message-summary\r\n"
        for headers in (f"Contact: <sip:x@{victim}>\r\n", f"{own}Record-Route: <sip:{victim};lr>\r\n",
                        f"{own}Route: <sip:{victim};lr>\r\n", f"Contact: <sip:x@{victim};transport=tcp>\r\n"):
            for method in ("INVITE", "SUBSCRIBE", "REGISTER"):
                data = message(method, me, self.sent, headers=headers + event, user="2003", call="third")
                yield data
                yield data.replace(b";rport", f";maddr={self.victim[0]};received={self.victim[0]}".encode())

    def huge(self, me):
        own = f"Contact: <sip:x@{me[0]}:{me[1]}>\r\n"
        if self.rng.random() > 0.05:
            return
        for headers in (own + "a:\r\n" * 14000, own + "Subject: " + "\r\n x" * 14000 + "\r\n",
                        own + "".join(f"X-{n}: {n}\r\n" for n in range(80)), own + "Content-Length: 99999999\r\n",
                        "Contact: " + ",".join(f"<sip:{n}@h>" for n in range(4000)) + "\r\n",
                        own + "Call-ID: two\r\nCSeq: 9 FOO\r\nFrom: <sip:z@h>;tag=q\r\nX\0Y: 1\r\nA\rB: 2\r\n"):
            yield message("REGISTER", me, self.sent, headers=headers, user="2004", call="huge")

    def tcp(self, me):
        """Opens a connection, and sends a part of a message, or one that claims too much, on one of those there are."""
        for _ in range(5):
            stream = socket.socket()
            stream.bind((me[0], 0))
            stream.setblocking(False)
            stream.connect_ex(self.servers[len(self.streams) % 2])
            self.streams.append(stream)
            self.say_on(self.rng.choice(self.streams), me)
            self.sent += 1
        return ()

    def say_on(self, stream, me):
        whole = message("OPTIONS", me, self.sent, user="2002", call="tcp").replace(b"/UDP", b"/TCP")
        try:
            stream.send(self.rng.choice((
                whole[:self.rng.randrange(1, len(whole))], b"\r\n\r\n" * 20, mutated(whole, self.rng), whole,
                whole.replace(b"Content-Length: 0", b"Content-Length: 999999999"))))
        except OSError:
            return
        if self.rng.random() < 0.2:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            stream.close()
            self.streams.remove(stream)

    def hijacks(self, me):
        for headers in ("Contact: *\r\nExpires: 0\r\n", f"Contact: <sip:1001@{me[0]}:{me[1]}>\r\nExpires: 60\r\n"):
            yield message("REGISTER", me, self.sent, headers=headers, call="hijack")
        for method in ("INVITE", "BYE", "CANCEL", "ACK"):
            yield message(method, me, self.sent, headers=f"Contact: <sip:x@{me[0]}:{me[1]}>\r\n", call="hijack")

    def copies(self, _):
        """What the phone sent last, once more."""
        try:
            sent = (self.folder().resolve() / "capture.pcap").read_bytes()
        except OSError:
            return
        for method in (b"REGISTER", b"INVITE"):
            last = sent.rpartition(method + b" sip:")[2].partition(b"\r\n\r\n")[0]
            if b"@hand" in last:
                yield method + b" sip:" + last + b"\r\n\r\n"


OF_NOBODY = (Strangers.damaged, Strangers.accounts, Strangers.options, Strangers.responses, Strangers.storms,
             Strangers.third_parties, Strangers.huge, Strangers.tcp)


class AmongStrangers(Lab):
    def victims(self):
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind((address(99), 9999))
        datagrams.settimeout(0)
        listener = socket.create_server((address(99), 9999))
        listener.settimeout(0)
        for victim in (datagrams, listener):
            self.addCleanup(victim.close)
        return datagrams, listener

    def run_among(self, *attacks):
        """The result of a run with a phone that registers, calls and is called, and what it took."""
        datagrams, listener = self.victims()
        out, began = self.scratch / "runs", time.monotonic()
        story = scenario(f"{SECONDS}s", [], ["GRP-REG-01", "DUT-PARSE"], phases=False)
        run = subprocess.Popen(
            [PROGRAM, "run", "--device", "external", "--no-bracket", "--account", "1001", "--bind", self.servers,
             "--out", out, "--wait", "20s", self.file(story)], cwd=ROOT, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(run.kill)
        phone = self.phone(expires="60/2")
        servers = [(self.servers, 5070), (self.servers, 5080)]
        strangers = Strangers(servers, attacks, lambda: out / "latest")
        memory = self.call_meanwhile(run, phone, strangers, out)
        _, stderr = run.communicate(timeout=120)
        strangers.finish()
        self.assertIn(run.returncode, (0, 3), stderr)
        self.assertLess(time.monotonic() - began, SECONDS + 30)
        self.assertLess(memory, 300 * 1024, "KiB")
        with self.assertRaises(BlockingIOError):
            datagrams.recv(1)
        with self.assertRaises(BlockingIOError):
            listener.accept()
        folder = (out / "latest").resolve()
        for line in (folder / "journal.jsonl").read_text().splitlines():
            json.loads(line)
        self.assert_same_again(folder)
        self.assertGreater(strangers.sent, 100)
        return result_of(folder)

    def call_meanwhile(self, run, phone, strangers, out):
        """The most memory that the run had, KiB. Strangers come once the phone was there."""
        commands, began, most = [(1.5, "dial 2001"), (5.5, "hangup")], None, 0
        while run.poll() is None:
            capture = out / "latest" / "capture.pcap"
            if began is None and capture.exists() and b"@hand" in capture.read_bytes():
                began = time.monotonic()
                strangers.start()
            if began and commands and time.monotonic() - began > commands[0][0]:
                phone.stdin.write(commands.pop(0)[1] + "\n")
                phone.stdin.flush()
            try:
                with open(f"/proc/{run.pid}/statm", encoding="ascii") as pages:
                    most = max(most, int(pages.read().split()[1]) * 4)
            except (OSError, IndexError):
                pass
            time.sleep(0.1)
        return most

    def judged(self, result):
        return {f["requirement"]: f["verdict"] for f in result["findings"] if f["verdict"] in ("pass", "fail", "warn")}

    def test_what_they_send_for_themselves_is_nothing_to_the_phone(self):
        result = self.run_among(*OF_NOBODY)
        verdicts = self.judged(result)
        self.assertEqual({row for row, verdict in verdicts.items() if verdict != "pass"}, set(), result["notes"])
        self.assertEqual([fault for fault in result["capture"]["faults"] if "the capture lost" not in fault], [])
        if not any(f["blame"] == "host" for f in result["findings"]):  # it was not late
            self.assertLessEqual({"GRP-REG-01", "DUT-PARSE", "RFC3261-ACK-2XX"}, set(verdicts))
        self.assertLess(len(result["notes"]), 20)

    def test_what_they_send_in_its_name_is_not_held_against_the_phone(self):
        result = self.run_among(Strangers.hijacks, Strangers.copies)
        self.assertEqual({row for row, verdict in self.judged(result).items() if verdict != "pass"}, set())
        undecided = [f for f in result["findings"] if f["verdict"] == "inconclusive" and f["blame"] == "user"]
        self.assertTrue(any("two devices? switch one off" in f["reason"] for f in undecided), undecided[:3])


if __name__ == "__main__":
    unittest.main()
