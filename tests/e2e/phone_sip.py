"""The SIP side of the stand-in phone: registers at both servers, calls by the first that answers, is
called, holds. Header shapes are those seen of Grandstream phones. Shares no code with the harness."""
import asyncio
import hashlib
import itertools
import random
import re

ALLOW = "INVITE, ACK, OPTIONS, CANCEL, BYE, SUBSCRIBE, NOTIFY, INFO, REFER, UPDATE, MESSAGE"
REFRESH_MARGIN = 5  # seconds before the lapse, where Reregister before Expiration is 0


class Sip:
    """A message taken apart: start line, headers in order, body."""

    def __init__(self, data):
        head, _, self.body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        self.start, *lines = head.split("\r\n")
        self.headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines if ":" in line]

    def get(self, name, default=""):
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def status(self):
        return int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def method(self):
        return self.get("CSeq").split()[-1]

    @property
    def branch(self):
        found = re.search(r"branch=([^;,\s]+)", self.get("Via"))
        return found.group(1) if found else ""


def parameters(challenge):
    return dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def digest_response(user, password, method, uri, realm, nonce, nc, cnonce):
    return md5(f"{md5(f'{user}:{realm}:{password}')}:{nonce}:{nc}:{cnonce}:auth:{md5(f'{method}:{uri}')}")


class Call:
    def __init__(self, server, call_id, local, remote):
        self.server, self.call_id, self.local, self.remote = server, call_id, local, remote
        self.cseq, self.target, self.route = 0, "", []
        self.state, self.number, self.invite = "ringing", "", None
        self.outgoing, self.answered = False, None


class SipPhone(asyncio.DatagramProtocol):
    def __init__(self, settings, address, model, firmware, mac, tell, falls_back=True):
        self.settings, self.address, self.tell, self.falls_back = settings, address, tell, falls_back
        self.agent = f"Grandstream {model} {firmware}"
        self.instance = f"urn:uuid:00000000-0000-1000-8000-{mac.upper()}"
        self.waiting, self.replies, self.registered = {}, {}, {}
        self.calls, self.tasks = {}, set()
        self.on_notify = None  # set by whoever handles the phone's configuration
        self.counter = itertools.count(1)
        self.transport = None

    # --- Life -------------------------------------------------------------------------------------
    async def start(self):
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: self, local_addr=(self.address, self.settings.sip_port))
        for server in self.settings.servers:
            self.registered[server] = False
            self.run(self.keep_registered(server))

    def stop(self):
        for task in list(self.tasks):
            task.cancel()
        if self.transport:
            self.transport.close()

    def run(self, coroutine):
        task = asyncio.ensure_future(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    def connection_made(self, transport):
        self.transport = transport

    def send(self, server, text):
        if not self.transport.is_closing():
            self.transport.sendto(text.encode(), server)

    # --- Messages ---------------------------------------------------------------------------------
    def number(self, digits=10):
        return str(random.randrange(10 ** (digits - 1), 10 ** digits))

    def new_call_id(self):
        letters = self.address.translate(str.maketrans("0123456789", "ABCDEFGHIJ"))
        count = next(self.counter)
        return f"{self.number(9)}-{self.settings.sip_port}-{count}@{letters}", 10 * (count - 1)

    def request(self, method, uri, branch, headers, body=""):
        where = f"{self.address}:{self.settings.sip_port}"
        lines = [f"{method} {uri} SIP/2.0", f"Via: SIP/2.0/UDP {where};branch={branch};rport"]
        lines += [f"{name}: {value}" for name, value in headers]
        lines += ["Max-Forwards: 70", f"User-Agent: {self.agent}", "Supported: replaces, path", f"Allow: {ALLOW}"]
        if body:
            lines.append("Content-Type: application/sdp")
        return "\r\n".join(lines + [f"Content-Length: {len(body)}", "", body])

    def new_branch(self):
        return "z9hG4bK" + self.number()

    def contact(self):
        return f"<sip:{self.settings.user}@{self.address}:{self.settings.sip_port}>"

    def respond(self, request, server, status, reason, tag="", extra=(), body=""):
        lines = [f"SIP/2.0 {status} {reason}"] + [f"Via: {via}" for via in request.all("Via")]
        lines += [f"Record-Route: {route}" for route in request.all("Record-Route")]
        to = request.get("To") + (f";tag={tag}" if tag and "tag=" not in request.get("To") else "")
        lines += [f"From: {request.get('From')}", f"To: {to}", f"Call-ID: {request.get('Call-ID')}",
                  f"CSeq: {request.get('CSeq')}", f"User-Agent: {self.agent}", f"Allow: {ALLOW}"]
        lines += [f"{name}: {value}" for name, value in extra]
        if body:
            lines.append("Content-Type: application/sdp")
        text = "\r\n".join(lines + [f"Content-Length: {len(body)}", "", body])
        self.replies[request.branch, request.method] = text
        self.send(server, text)
        return text

    def sdp(self, direction="sendrecv"):
        user = self.settings.user
        return (f"v=0\r\no={user} 8000 8000 IN IP4 {self.address}\r\ns=SIP Call\r\nc=IN IP4 {self.address}\r\n"
                f"t=0 0\r\nm=audio 5004 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
                f"a=ptime:20\r\na={direction}\r\n")

    # --- Client transactions ----------------------------------------------------------------------
    def request_timeout(self):
        longest = 64 * self.settings.t1
        if self.settings.retries is None:
            return longest
        return min(longest, self.settings.t1 * (2 ** (self.settings.retries + 1) - 1))

    async def transact(self, server, text, branch, invite=False, on_provisional=None):
        """The final response, or nothing; what came before it stops an INVITE from being repeated."""
        loop = asyncio.get_running_loop()
        queue = self.waiting[branch] = asyncio.Queue()
        deadline, interval, proceeding = loop.time() + self.request_timeout(), self.settings.t1, False
        self.send(server, text)
        again = loop.time() + interval
        try:
            while True:
                until = deadline if proceeding else min(again, deadline)
                try:
                    response = await asyncio.wait_for(queue.get(), max(0, until - loop.time()))
                except asyncio.TimeoutError:
                    if loop.time() >= deadline - 0.001:
                        return None
                    self.send(server, text)
                    interval = interval * 2 if invite else min(interval * 2, self.settings.t2)
                    again += interval
                    continue
                if response.status >= 200:
                    return response
                if invite:
                    proceeding, deadline = True, loop.time() + 180
                    if on_provisional:
                        on_provisional(response)
        finally:
            self.waiting.pop(branch, None)

    def credentials(self, challenge, method, uri):
        asked, cnonce = parameters(challenge), self.number(8)
        user, password = self.settings.auth_user, self.settings.password
        answer = digest_response(user, password, method, uri, asked["realm"], asked["nonce"], "00000001", cnonce)
        return (f'Digest username="{user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", '
                f'response="{answer}", algorithm=MD5, qop=auth, nc=00000001, cnonce="{cnonce}"')

    # --- Registration -----------------------------------------------------------------------------
    async def keep_registered(self, server):
        call_id, _ = self.new_call_id()
        tag, cseq = self.number(), 2000
        while True:
            response, cseq = await self.register(server, call_id, tag, cseq)
            was, now = self.registered[server], response is not None and response.status == 200
            self.registered[server] = now
            if was != now:
                self.run(self.tell("registered" if now else "unregistered"))
            await asyncio.sleep(self.refresh_after(response) if now else self.settings.retry_wait)

    def refresh_after(self, response):
        own = next((c for c in response.all("Contact") if f"{self.address}:{self.settings.sip_port}" in c), "")
        found = re.search(r"expires=(\d+)", own)
        granted = int(found.group(1)) if found else int(response.get("Expires") or self.settings.expiration)
        return max(1, granted - (self.settings.reregister_before or REFRESH_MARGIN))

    async def register(self, server, call_id, tag, cseq):
        aor, uri = f"<sip:{self.settings.user}@{server[0]}>", f"sip:{server[0]}:{server[1]}"
        contact = f'{self.contact()};reg-id={self.settings.servers.index(server) + 1};+sip.instance="<{self.instance}>"'
        authorization = []
        for _ in range(2):
            cseq += 1
            branch = self.new_branch()
            text = self.request("REGISTER", uri, branch, [
                ("From", f"{aor};tag={tag}"), ("To", aor), ("Call-ID", call_id), ("CSeq", f"{cseq} REGISTER"),
                ("Contact", contact), *authorization, ("Expires", self.settings.expiration)])
            response = await self.transact(server, text, branch)
            if response is None or response.status != 401:
                break
            authorization = [("Authorization", self.credentials(response.get("WWW-Authenticate"), "REGISTER", uri))]
        return response, cseq

    # --- Calling ----------------------------------------------------------------------------------
    async def dial(self, number):
        primary, secondary = self.settings.servers
        call_id, cseq = self.new_call_id()
        self.run(self.tell("outgoingCall", remote=number))
        first = primary if self.registered[primary] or not self.falls_back else secondary
        tag = self.number()
        if not await self.call_by(first, number, call_id, tag, cseq) and first == primary and self.falls_back:
            await self.call_by(secondary, number, call_id, tag, cseq)

    async def call_by(self, server, number, call_id, tag, cseq):
        """False if the server gave no answer at all."""
        local = f'"{self.settings.name}" <sip:{self.settings.user}@{server[0]}>;tag={tag}'
        uri = f"sip:{number}@{server[0]}:{server[1]}"
        call = self.calls[call_id] = Call(server, call_id, local, f"<sip:{number}@{server[0]}>")
        call.cseq, call.number, call.outgoing = cseq, number, True
        branch = self.new_branch()
        call.invite = (uri, branch)
        text = self.request("INVITE", uri, branch, [
            ("From", local), ("To", call.remote), ("Call-ID", call_id), ("CSeq", f"{cseq} INVITE"),
            ("Contact", self.contact())], self.sdp())
        response = await self.transact(server, text, branch, invite=True)
        if response is None:
            self.calls.pop(call_id, None)
            return False
        call.remote = response.get("To")
        if response.status >= 300:
            self.acknowledge(call, cseq, branch, uri)
            self.end(call)
            return response.status < 500
        self.set_up(call, response)
        self.acknowledge(call, cseq)
        call.state = "connected"
        self.run(self.tell("establishedCall", remote=number))
        return True

    def set_up(self, call, message):
        call.target = re.search(r"<([^>]+)>", message.get("Contact")).group(1)
        call.route = list(reversed(message.all("Record-Route")))

    def in_dialog(self, call, method, cseq, branch="", uri="", body="", extra=()):
        headers = [("Route", route) for route in call.route]
        headers += [("From", call.local), ("To", call.remote), ("Call-ID", call.call_id),
                    ("CSeq", f"{cseq} {method}"), ("Contact", self.contact()), *extra]
        return self.request(method, uri or call.target, branch or self.new_branch(), headers, body)

    def acknowledge(self, call, cseq, branch="", uri=""):
        self.send(call.server, self.in_dialog(call, "ACK", cseq, branch, uri))

    def end(self, call):
        if self.calls.pop(call.call_id, None):
            self.run(self.tell("terminatedCall", remote=call.number))

    async def hang_up(self):
        call = self.current()
        if call.state == "ringing" and call.outgoing:
            uri, branch = call.invite
            self.send(call.server, self.in_dialog(call, "CANCEL", call.cseq, branch, uri))
            return
        self.calls.pop(call.call_id, None)
        call.cseq += 1
        branch = self.new_branch()
        await self.transact(call.server, self.in_dialog(call, "BYE", call.cseq, branch), branch)
        await self.tell("terminatedCall", remote=call.number)

    async def toggle_hold(self):
        call = self.current()
        held = call.state == "onhold"
        call.cseq += 1
        cseq, branch = call.cseq, self.new_branch()
        text = self.in_dialog(call, "INVITE", cseq, branch, body=self.sdp("sendrecv" if held else "sendonly"))
        response = await self.transact(call.server, text, branch, invite=True)
        if response is None:
            return
        failed = response.status >= 300
        self.acknowledge(call, cseq, branch if failed else "", call.target if failed else "")
        if not failed:
            call.state = "connected" if held else "onhold"
            await self.tell("unholdCall" if held else "holdCall", remote=call.number)

    # --- Being called -----------------------------------------------------------------------------
    def current(self):
        return next(iter(self.calls.values()), None)

    def accept(self):
        call = self.current()
        request, server = call.invite
        tag = re.search(r"tag=(\S+)", call.local).group(1)
        text = self.respond(request, server, 200, "OK", tag, [("Contact", self.contact())], self.sdp())
        call.state, call.answered = "connected", asyncio.Event()
        self.run(self.repeat_until_acknowledged(call, text))
        self.run(self.tell("establishedCall", remote=call.number))

    async def repeat_until_acknowledged(self, call, text):
        interval = self.settings.t1
        for _ in range(10):
            try:
                return await asyncio.wait_for(call.answered.wait(), interval)
            except asyncio.TimeoutError:
                self.send(call.server, text)
                interval = min(interval * 2, self.settings.t2)

    def reject(self):
        call = self.current()
        request, server = call.invite
        self.respond(request, server, 486, "Busy Here", self.number())
        self.end(call)

    def datagram_received(self, data, source):
        message = Sip(data)
        if message.status:
            if message.branch in self.waiting:
                self.waiting[message.branch].put_nowait(message)
            elif message.method == "INVITE" and message.status >= 200:
                call = self.calls.get(message.get("Call-ID"))
                if call and call.state == "connected":
                    self.acknowledge(call, int(message.get("CSeq").split()[0]))
            return
        if message.method != "ACK" and (message.branch, message.method) in self.replies:
            return self.send(source, self.replies[message.branch, message.method])
        handler = getattr(self, "on_" + message.method.lower(), None)
        if handler:
            handler(message, source)
        else:
            self.respond(message, source, 405, "Method Not Allowed", self.number())

    def on_invite(self, request, source):
        known = self.calls.get(request.get("Call-ID"))
        if known:
            return self.respond(request, source, 200, "OK", "", [("Contact", self.contact())], self.sdp())
        if self.calls:
            return self.respond(request, source, 486, "Busy Here", self.number())
        tag = self.number()
        call = Call(source, request.get("Call-ID"), f"{request.get('To')};tag={tag}", request.get("From"))
        call.invite = (request, source)
        call.number = re.search(r"sip:([^@>]+)", request.get("From")).group(1)
        self.set_up(call, request)
        call.route = request.all("Record-Route")
        self.calls[call.call_id] = call
        self.respond(request, source, 180, "Ringing", tag, [("Contact", self.contact())])
        self.run(self.tell("incomingCall", remote=call.number))

    def on_ack(self, request, _):
        call = self.calls.get(request.get("Call-ID"))
        if call and call.answered:
            call.answered.set()

    def on_cancel(self, request, source):
        call = self.calls.get(request.get("Call-ID"))
        self.respond(request, source, 200 if call else 481, "OK" if call else "Does Not Exist", self.number())
        if call and call.state == "ringing":
            self.respond(call.invite[0], source, 487, "Request Terminated", self.number())
            self.end(call)

    def on_bye(self, request, source):
        call = self.calls.get(request.get("Call-ID"))
        self.respond(request, source, 200 if call else 481, "OK" if call else "Does Not Exist", self.number())
        if call:
            self.end(call)

    def on_options(self, request, source):
        self.respond(request, source, 200, "OK", self.number(), [("Accept", "application/sdp")])
