"""A phone in somebody's hand: a live SIP user agent on UDP that shares no code with the harness. It registers
at its servers, refreshes at 80 % of what was granted (or after REFRESH seconds, if that is sooner), answers
calls, and does what it is told line by line on its standard input: `dial NUMBER`, `hangup`, `answer`, `restart`,
`quit`. Deliberately simple.

    hand_phone.py ADDRESS[:PORT] USER EXPIRES[/REFRESH] SERVER:PORT [SERVER:PORT]
"""
import os
import random
import select
import socket
import sys
import time

from priority import raise_priority


def headers_of(text):
    """Start line and headers by lower-case name (the first of each)."""
    lines = text.split("\r\n\r\n")[0].split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return lines[0], headers


class Phone:
    T1, T2 = 0.5, 4.0
    REFUSAL = os.environ.get("HAND_PHONE_REFUSES")  # every call: "403 Forbidden"

    def __init__(self, local, user, expires, servers, refresh=1e9):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(local)
        self.local = self.socket.getsockname()
        self.user, self.expires, self.servers, self.refresh = user, expires, servers, refresh
        self.timers = []  # (time, function)
        self.boot()

    # --- Time ---
    def later(self, delay, call):
        self.timers.append((time.monotonic() + delay, call))

    def run(self, commands):
        while True:
            due = min((t for t, _ in self.timers), default=time.monotonic() + 1)
            ready, _, _ = select.select([self.socket, *commands], [], [], max(0, due - time.monotonic()))
            now = time.monotonic()
            for entry in [e for e in self.timers if e[0] <= now]:
                self.timers.remove(entry)
                entry[1]()
            for source in ready:
                if source is self.socket:
                    data, peer = self.socket.recvfrom(65535)
                    self.receive(data.decode("utf-8", "replace"), peer)
                    continue
                line = source.readline()
                if not line:
                    commands.remove(source)
                elif not self.obey(line.split()):
                    return

    def obey(self, words):
        if words[:1] == ["dial"]:
            self.dial(words[1])
        elif words == ["hangup"]:
            self.hang_up()
        elif words == ["answer"]:
            self.answer()
        elif words == ["restart"]:
            self.boot()
        return words != ["quit"]

    # --- Messages ---
    def token(self):
        return f"{random.getrandbits(48):012x}"

    def boot(self):
        self.timers, self.open, self.call, self.ringing = [], {}, None, None
        self.registrations = {server: [self.token() + "@hand", 0] for server in self.servers}
        for server in self.servers:
            self.register(server)

    def request(self, method, server, uri, **headers):
        host = f"{self.local[0]}:{self.local[1]}"
        fields = {"Via": f"SIP/2.0/UDP {host};branch=z9hG4bK{self.token()};rport", "Max-Forwards": "70",
                  "From": f"<sip:{self.user}@{server[0]}>;tag={self.token()}",
                  "To": f"<sip:{self.user}@{server[0]}>", "Contact": f"<sip:{self.user}@{host}>",
                  "User-Agent": "hand/1.0"}
        fields.update({name.replace("_", "-"): value for name, value in headers.items()})
        return f"{method} {uri} SIP/2.0\r\n" + "".join(f"{n}: {v}\r\n" for n, v in fields.items()) + \
            "Content-Length: 0\r\n\r\n"

    def send(self, text, server):
        self.socket.sendto(text.encode(), server)

    def transact(self, text, server, done):
        """Sends by the rules of RFC 3261 17.1 and calls done(headers, status), status None if unanswered."""
        branch = headers_of(text)[1]["via"]
        invite = text.startswith("INVITE")
        self.open[branch] = {"done": done, "calm": False}
        state = self.open[branch]

        def again(interval, left):
            if state["calm"] or self.open.get(branch) is not state:
                return
            if left <= 0:
                del self.open[branch]
                done({}, None)
                return
            self.send(text, server)
            self.later(min(interval, left), lambda: again(2 * interval if invite else min(2 * interval, self.T2),
                                                          left - interval))
        again(self.T1, 64 * self.T1)

    # --- Registration ---
    def register(self, server):
        call_id, number = self.registrations[server]
        self.registrations[server][1] = number + 1
        text = self.request("REGISTER", server, f"sip:{server[0]}:{server[1]}", Call_ID=call_id,
                            CSeq=f"{number + 1} REGISTER", Expires=str(self.expires))

        def done(headers, status):
            if status == 200:
                contact = headers.get("contact", "")
                granted = int(contact.rpartition("expires=")[2] or self.expires)
                self.later(min(granted * 0.8, self.refresh), lambda: self.register(server))
            else:
                self.later(20, lambda: self.register(server))
        self.transact(text, server, done)

    # --- Calls ---
    def dial(self, number, to=0):
        server = self.servers[to]
        call_id, tag = self.token() + "@hand", self.token()
        text = self.request("INVITE", server, f"sip:{number}@{server[0]}:{server[1]}", Call_ID=call_id,
                            From=f"<sip:{self.user}@{server[0]}>;tag={tag}", To=f"<sip:{number}@{server[0]}>",
                            CSeq="1 INVITE")
        sent = headers_of(text)[1]

        def done(headers, status):
            if status is None and to + 1 < len(self.servers):
                return self.dial(number, to + 1)
            if status is None:
                return None
            success = status < 300
            target = headers.get("contact", "").strip("<>") if success else text.split(" ")[1]
            ack = {"Call_ID": call_id, "From": sent["from"], "To": headers["to"], "CSeq": "1 ACK"}
            if not success:
                ack["Via"] = sent["via"]
            self.send(self.request("ACK", server, target, **ack), server)
            if success:
                self.call = (server, target, {"Call_ID": call_id, "From": sent["from"], "To": headers["to"]}, 2)
            return None
        self.transact(text, server, done)

    def hang_up(self):
        if self.call:
            server, target, dialog, number = self.call
            self.call = None
            self.transact(self.request("BYE", server, target, CSeq=f"{number} BYE", **dialog), server,
                          lambda headers, status: None)

    def answer(self):
        if self.ringing:
            (headers, peer), self.ringing = self.ringing, None
            tag = self.token()
            self.respond(headers, peer, "200 OK", tag)
            self.call = (peer, headers["contact"].strip("<>"),
                         {"Call_ID": headers["call-id"], "From": f"{headers['to']};tag={tag}",
                          "To": headers["from"]}, 1)

    # --- Receiving ---
    def receive(self, text, peer):
        start, headers = headers_of(text)
        if start.startswith("SIP/2.0 "):
            return self.receive_response(int(start.split(" ")[1]), headers)
        method = start.split(" ")[0]
        if method == "INVITE" and self.REFUSAL:
            self.respond(headers, peer, self.REFUSAL, self.token())
        elif method == "INVITE" and not self.ringing:
            self.ringing = (headers, peer)
            self.respond(headers, peer, "180 Ringing", "r" + self.token())
        elif method in ("BYE", "OPTIONS", "NOTIFY", "CANCEL"):
            if method == "BYE":
                self.call = None
            self.respond(headers, peer, "200 OK", "" if "tag=" in headers["to"] else self.token())
        return None

    def receive_response(self, status, headers):
        via = headers.get("via", "")
        branch = via.partition("branch=")[2].partition(";")[0]
        for key in [k for k in self.open if f"branch={branch};" in k + ";"]:
            state = self.open[key]
            if status < 200:
                state["calm"] = state["calm"] or headers["cseq"].endswith("INVITE")
                continue
            del self.open[key]
            state["done"](headers, status)

    def respond(self, request, peer, status, tag):
        to = request["to"] + (f";tag={tag}" if tag and "tag=" not in request["to"] else "")
        contact = f"<sip:{self.user}@{self.local[0]}:{self.local[1]}>"
        lines = [f"SIP/2.0 {status}", f"Via: {request['via']}", f"From: {request['from']}", f"To: {to}",
                 f"Call-ID: {request['call-id']}", f"CSeq: {request['cseq']}", f"Contact: {contact}",
                 "Content-Length: 0"]
        self.send("\r\n".join(lines) + "\r\n\r\n", peer)


def endpoint(text, port=0):
    host, _, number = text.partition(":")
    return (host, int(number or port))


if __name__ == "__main__":
    raise_priority()
    local, name, seconds, *where = sys.argv[1:]
    wanted, _, sooner = seconds.partition("/")
    Phone(endpoint(local), name, int(wanted), [endpoint(s, 5060) for s in where],
          float(sooner or 1e9)).run([sys.stdin])
