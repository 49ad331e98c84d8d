"""A flood of hostile traffic against `sipharness serve`, and a healthy phone beside it.

hostile_test.py runs a small one. By hand, for the figures:
    python3 tests/e2e/flood.py --datagrams 45000 --connections 2000 --accounts 5000 --seconds 180
"""
import argparse
import json
import os
import pathlib
import random
import resource
import selectors
import signal
import socket
import subprocess
import tempfile
import threading
import time

from support import PROGRAM, ROOT, SCENARIOS, own_network

PORT, NAMES_PORT = 5070, 5353
SDP = ("v=0\r\no=- 1 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n")


def message(method, me, number=0, *, headers="", body="", user="1001", to_tag="", cseq=1, uri="sip:h", call="c"):
    """A request as text; `me` is (address, port)."""
    tag = f";tag={to_tag}" if to_tag else ""
    return (f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {me[0]}:{me[1]};branch=z9hG4bK{call}{number};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{user}@h>;tag=f\r\nTo: <sip:{user}@h>{tag}\r\n"
            f"Call-ID: {call}{number}\r\nCSeq: {cseq} {method}\r\n{headers}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


class Server:
    """`sipharness serve` at addresses of its own."""

    def __init__(self, scratch, *options, scenario="primary_down.json", descriptors=None):
        self.net = own_network()
        self.at = (f"{self.net}.111", PORT)
        self.folder = pathlib.Path(scratch) / f"serve-{self.net}"
        self.folder.mkdir()
        story = json.loads((SCENARIOS / scenario).read_text())
        for name, host in (("primary", 111), ("secondary", 112)):
            story["servers"][name]["address"] = f"{self.net}.{host}"
        if "dns" in story:
            story["dns"].update(address=f"{self.net}.113", port=NAMES_PORT)
        path = self.folder / "scenario.json"
        path.write_text(json.dumps(story))
        limit = (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors,) * 2)) if descriptors else None
        self.log = open(self.folder / "log", "w", encoding="utf-8")
        self.process = subprocess.Popen([PROGRAM, "serve", path, "--out", self.folder / "runs", *options], cwd=ROOT,
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT,
                                        preexec_fn=limit)
        until = time.monotonic() + 60
        while "Ctrl-C ends" not in (self.folder / "log").read_text():
            if time.monotonic() > until or self.process.poll() is not None:
                raise AssertionError((self.folder / "log").read_text())
            time.sleep(0.05)

    def rss(self):
        """Resident memory in KiB."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
        return 0

    def processor_time(self):
        """Seconds of a processor so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def journal(self):
        path = next((self.folder / "runs").glob("*/journal.jsonl"))
        return [json.loads(line) for line in path.read_text().splitlines()]

    def remarks(self):
        return [entry["text"] for entry in self.journal() if entry["event"] == "remark"]

    def diverted(self):
        return [entry["named"] for entry in self.journal() if entry["event"] == "diverted"]

    def stop(self):
        """Its exit code after Ctrl-C."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=60)
        self.log.close()
        return code


class Peer:
    """A UDP socket at an address of the server's network."""

    def __init__(self, server, host=1, port=0):
        self.server = server
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((f"{server.net}.{host}", port))
        self.me = self.socket.getsockname()

    def __del__(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendto(data, self.server.at)

    def receive(self, timeout=2.0):
        """The next datagram; empty if none comes."""
        self.socket.settimeout(timeout)
        try:
            return self.socket.recv(65536)
        except (TimeoutError, socket.timeout):
            return b""

    def ask(self, data, timeout=2.0):
        """The first response with the request's branch; retransmits as T1 says."""
        branch = data.split(b"branch=")[1].split(b";")[0].split(b"\r\n")[0]
        until, wait = time.monotonic() + timeout, 0.5
        while (left := until - time.monotonic()) > 0:
            self.send(data)
            again = time.monotonic() + min(wait, left)
            wait *= 2
            while (pause := again - time.monotonic()) > 0:
                reply = self.receive(pause)
                if reply.startswith(b"SIP/2.0") and branch in reply:
                    return reply
        return b""


class Healthy(threading.Thread):
    """A phone that registers and says OPTIONS every second, and counts how long answers take."""

    def __init__(self, server):
        super().__init__(daemon=True)
        self.peer, self.over = Peer(server, 2, 5060), threading.Event()
        self.asked, self.waits, self.unanswered = 0, [], 0

    def register(self):
        contact = f"Contact: <sip:1001@{self.peer.me[0]}:5060>\r\nExpires: 120\r\n"
        return message("REGISTER", self.peer.me, self.asked, headers=contact, call="healthy-r")

    def run(self):
        while not self.over.is_set():
            began = time.monotonic()
            for request in (self.register(), message("OPTIONS", self.peer.me, self.asked, call="healthy-o")):
                start = time.monotonic()
                self.asked += 1
                if self.peer.ask(request, timeout=8).startswith(b"SIP/2.0 200"):
                    self.waits.append(time.monotonic() - start)
                else:
                    self.unanswered += 1
            self.over.wait(max(0.0, 1 - (time.monotonic() - began)))

    def finish(self):
        self.over.set()
        self.join()


LINE_ENDS = (b"\r\n X-Evil: 1", b"\rX", b"\n ", b"\0", b"\r\n")


def mutated(data, rng):
    data = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        at, length = rng.randrange(len(data)), rng.randrange(1, 17)
        kind = rng.randrange(4)
        if kind == 0:
            data[at] = rng.randrange(256)
        elif kind == 1:
            data[at:at] = data[at:at + length]
        elif kind == 2:
            del data[at:at + length]
        else:
            data[at:at] = rng.choice(LINE_ENDS)
        if not data:
            data = bytearray(b"x")
    return bytes(data)


def originals(me, number):
    """One request of each kind that a server does something for."""
    contact = f"Contact: <sip:x@{me[0]}:{me[1]}>\r\n"
    route = f"Record-Route: <sip:{me[0]};lr>\r\n"
    event = "Event: message-summary\r\n"
    offer = "Content-Type: application/sdp\r\n"
    body = SDP.format(ip=me[0], port=40000)
    return (message("REGISTER", me, number, headers=contact, call="fr"),
            message("INVITE", me, number, headers=contact + route + offer, body=body, call="fi"),
            message("SUBSCRIBE", me, number, headers=contact + event, call="fs"),
            message("OPTIONS", me, number, call="fo"), message("CANCEL", me, number, call="fi"),
            message("BYE", me, number, to_tag="t", call="fi"), message("ACK", me, number, to_tag="t", call="fi"),
            message("PUBLISH", me, number, headers=event, call="fp"), b"\r\n\r\n", b"\x00\x01\x00\x00")


class Flood:
    """Datagrams of a few sources (some gone before they are answered), accounts, connections; spread evenly."""

    def __init__(self, server, datagrams, connections, accounts, seconds):
        self.server, self.seconds = server, seconds
        rng = random.Random(3261)
        self.jobs = ([("datagram", i) for i in range(datagrams)] + [("connection", i) for i in range(connections)] +
                     [("account", i) for i in range(accounts)])
        rng.shuffle(self.jobs)
        self.rng, self.streams, self.sent = rng, [], 0
        self.refused = 0
        self.peers = [Peer(server, 20 + i) for i in range(20)]
        self.memory = []
        self.drain = selectors.DefaultSelector()
        for peer in self.peers:
            peer.socket.setblocking(False)

    def connect(self):
        stream = socket.socket()
        stream.setblocking(False)
        try:
            stream.connect(self.server.at)
        except BlockingIOError:
            pass
        except OSError:
            self.refused += 1
        self.streams.append(stream)

    def carry_out(self, kind, number):
        if kind == "connection":
            return self.connect()
        if number % 50 == 0:  # one source goes before it is answered, and another takes its place
            gone = self.rng.randrange(len(self.peers))
            self.peers[gone].socket.close()
            self.peers[gone] = Peer(self.server, 20 + gone)
            self.peers[gone].socket.setblocking(False)
        peer = self.rng.choice(self.peers)
        if kind == "account":
            contact = f"Contact: <sip:{number}@{peer.me[0]}>\r\n"
            data = message("REGISTER", peer.me, number, headers=contact, user=f"forged{number}", call="fa")
        else:
            data = mutated(self.rng.choice(originals(peer.me, number)), self.rng)
        try:
            peer.send(data)
        except OSError:
            pass
        try:
            while peer.socket.recv(65536):
                pass
        except OSError:
            pass

    def run(self):
        start, next_sample = time.monotonic(), 0.0
        for index, job in enumerate(self.jobs):
            due = start + self.seconds * index / len(self.jobs)
            if (pause := due - time.monotonic()) > 0:
                time.sleep(pause)
            self.carry_out(*job)
            self.sent += 1
            if (now := time.monotonic() - start) >= next_sample:
                self.memory.append((now, self.server.rss()))
                next_sample = now + 1
        self.memory.append((time.monotonic() - start, self.server.rss()))

    def close(self):
        for stream in self.streams:
            stream.close()
        for peer in self.peers:
            peer.socket.close()


def flood(server, datagrams, connections, accounts, seconds):
    """The healthy phone and the flood, both over."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    phone, attack = Healthy(server), Flood(server, datagrams, connections, accounts, seconds)
    phone.start()
    attack.run()
    phone.finish()
    attack.close()
    return phone, attack


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for option, default in (("datagrams", 45000), ("connections", 2000), ("accounts", 5000), ("seconds", 180)):
        parser.add_argument(f"--{option}", type=int, default=default)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        server = Server(scratch)
        before = server.rss()
        phone, attack = flood(server, options.datagrams, options.connections, options.accounts, options.seconds)
        every = 30
        memory = [max(rss for at, rss in attack.memory if at // every == part)
                  for part in sorted({at // every for at, _ in attack.memory})]
        used = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        ticks = os.sysconf("SC_CLK_TCK")
        code = server.stop()
    waits = sorted(phone.waits)
    print(f"{attack.sent} hostile events in {options.seconds} s; exit {code}")
    print(f"healthy phone: {phone.asked} requests, {phone.unanswered} unanswered, median "
          f"{waits[len(waits) // 2] * 1000:.1f} ms, 99 % {waits[len(waits) * 99 // 100] * 1000:.1f} ms, "
          f"worst {waits[-1] * 1000:.1f} ms")
    print(f"memory: {before} KiB before; at most in each {every} s: {' '.join(map(str, memory))} KiB")
    print(f"CPU: {(int(used[11]) + int(used[12])) / ticks:.1f} s")


if __name__ == "__main__":
    main()
