#!/usr/bin/env python3
"""A GRP26xx as its vendor's papers describe it: boots, fetches its configuration over HTTP, registers
by it, obeys its web interface and NOTIFYs, reports by action URLs. Written from the documents alone;
it shares no code with the harness and is no proof of what a real phone does.

Prints one line for each thing that happens. Ends on SIGTERM."""
import argparse
import asyncio
import json
import os
import re
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

from phone_sip import SipPhone, digest_response, parameters
from priority import raise_priority

# Meaning -> P-number and alias, from the vendor's templates.
PARAMETERS = {
    "active": ("P271", "account.1.enable"),
    "primary": ("P47", "account.1.sip.server.1.address"),
    "secondary": ("P2312", "account.1.sip.server.2.address"),
    "user": ("P35", "account.1.sip.userid"),
    "auth_user": ("P36", "account.1.sip.subscriber.userid"),
    "password": ("P34", "account.1.sip.subscriber.password"),
    "name": ("P3", "account.1.sip.subscriber.name"),
    "sip_port": ("P40", "account.1.sip.localPort"),
    "random_port": ("P78", "network.rtp.useRandomPort"),
    "registration": ("P31", "account.1.sip.registration"),
    "expiration": ("P32", "account.1.sip.registerExpiration"),
    "reregister_before": ("P2330", "account.1.sip.registerBeforeExpiration"),
    "retry_wait": ("P138", "account.1.sip.registrationFailureRetryWaitTime"),
    "t1": ("P209", "account.1.sip.timer.t1"),
    "t2": ("P250", "account.1.sip.timer.t2"),
    "retries": ("P60055", "account.1.network.maxNumOfRetries"),
    "remote_control": ("P32050", "remoteControl.enable"),
    "confirm": ("P32051", "remoteControl.confirmWindow.enable"),
    "allowed": ("P32052", "remoteControl.allowList"),
}
ACTIONS = {"setupCompleted": "P8304", "registered": "P8305", "unregistered": "P8306", "incomingCall": "P8310",
           "outgoingCall": "P8311", "establishedCall": "P8313", "terminatedCall": "P8314", "holdCall": "P8324",
           "unholdCall": "P8325"}
PARAMETERS.update({name: (p, f"ons.actionUrl.{name}") for name, p in ACTIONS.items()})


def read_configuration(text, mac):
    """The values of a gs_provision file by their meaning; an error if it is not for this phone."""
    root = ElementTree.fromstring(text)
    if root.tag != "gs_provision" or root.get("version") != "1":
        raise ValueError("not a gs_provision file")
    if root.findtext("mac", mac) != mac:
        raise ValueError("for another phone")
    config = root.find("config")
    by_number = {"1": True, "2": False}[config.get("version")]
    found = {(node.tag if by_number else node.get("name")): node.text or "" for node in config}
    column = 0 if by_number else 1
    return {name: found[keys[column]] for name, keys in PARAMETERS.items() if keys[column] in found}


def endpoint(text, default=5060):
    host, _, port = text.partition(":")
    return host, int(port or default)


def is_on(value):
    return value in ("1", "Yes")


class Settings:
    """What the phone makes of its configuration."""

    def __init__(self, values):
        self.servers = [endpoint(values["primary"]), endpoint(values["secondary"])]
        self.user = values["user"]
        self.auth_user = values.get("auth_user") or self.user
        self.password, self.name = values.get("password", ""), values.get("name", "")
        self.sip_port = int(values["sip_port"])
        self.expiration = int(values["expiration"]) * 60
        self.reregister_before = int(values["reregister_before"])
        self.retry_wait = int(values["retry_wait"])
        self.t1 = {"50": 0.5, "100": 1, "200": 2, "0.5sec": 0.5, "1sec": 1, "2sec": 2}[values["t1"]]
        self.t2 = {"200": 2, "400": 4, "800": 8, "2sec": 2, "4sec": 4, "8sec": 8}[values["t2"]]
        self.retries = int(values["retries"]) if "retries" in values else None


class Handset:
    def __init__(self, options):
        self.options = options
        self.values, self.sip, self.web = {}, None, None
        self.passcode = os.environ[options.passcode_env]
        self.background = set()

    def say(self, text):
        print(text, flush=True)

    def run(self, coroutine):
        task = asyncio.ensure_future(coroutine)
        self.background.add(task)
        task.add_done_callback(self.background.discard)

    # --- Booting and configuration ----------------------------------------------------------------
    async def boot(self):
        await asyncio.sleep(self.options.boot_time)
        await self.fetch_configuration()
        await self.register()
        await self.tell("setupCompleted")

    async def register(self):
        if self.sip:
            self.sip.stop()
            await asyncio.sleep(0)
        self.sip = None
        if not is_on(self.values.get("registration", "0")) or is_on(self.values.get("random_port", "1")):
            return self.say("has no account")
        settings = Settings(self.values)
        self.sip = SipPhone(settings, self.options.address, self.options.model, self.options.firmware,
                            self.options.mac, self.tell, not self.options.never_falls_back)
        self.sip.on_notify = self.on_notify
        await self.sip.start()
        self.say(f"registers for {settings.expiration} s at {settings.servers}")

    async def reboot(self):
        self.say("reboots")
        if self.sip:
            self.sip.stop()
            self.sip = None
        if self.web and self.options.boot_time > 0:
            self.web.close()
            await self.web.wait_closed()
        await self.boot()
        await self.serve_web()

    async def fetch_configuration(self):
        """True if it changed."""
        mac = self.options.mac
        while True:
            for name in (f"cfg{mac}", f"cfg{mac}.xml", f"cfg{self.options.model.lower()}.xml", "cfg.xml"):
                status, body = await self.fetch(name)
                self.say(f"GET /{name} -> {status}")
                if status == 200:
                    values = read_configuration(body, mac)
                    changed, self.values = values != self.values, values
                    return changed
            if not self.options.patient:
                return False
            await asyncio.sleep(0.5)

    async def fetch(self, name):
        options = self.options
        try:
            reader, writer = await asyncio.open_connection(*endpoint(options.config_server, 80),
                                                           local_addr=(options.address, 0))
        except OSError:
            return 0, b""
        agent = f"Grandstream Model HW {options.model} SW {options.firmware} DevId {options.mac}"
        writer.write(f"GET /{name} HTTP/1.1\r\nHost: {options.config_server}\r\nUser-Agent: {agent}\r\n\r\n".encode())
        reply = await reader.read()
        writer.close()
        head, _, body = reply.partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    async def tell(self, event, **variables):
        """Calls the action URL of an event; what it cannot fill in goes out as it was written."""
        template = self.values.get(event)
        if not template:
            return
        filled = template.replace("$mac", self.options.mac).replace("$local", self.values.get("name", ""))
        for name, value in variables.items():
            filled = filled.replace("$" + name, value)
        host, _, path = filled.partition("/")
        try:
            reader, writer = await asyncio.open_connection(*endpoint(host, 80), local_addr=(self.options.address, 0))
        except OSError:
            return
        # Blanks stay as they are, as phones have been seen to do.
        writer.write(f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        await reader.read()
        writer.close()

    # --- NOTIFY -----------------------------------------------------------------------------------
    def on_notify(self, request, source):
        event = request.get("Event").replace(" ", "")
        if event.split(";")[0] not in ("resync", "check-sync"):
            return self.sip.respond(request, source, 489, "Bad Event", "1")
        if self.options.challenge_notify and not self.knows_password(request):
            return self.sip.respond(request, source, 401, "Unauthorized", "1", [
                ("WWW-Authenticate", 'Digest realm="grandstream", nonce="notify-nonce", algorithm=MD5, qop="auth"')])
        self.sip.respond(request, source, 200, "OK", "1")
        self.say(f"obeys NOTIFY {event}")
        self.run(self.reboot() if "reboot=true" in event else self.resync())
        return None

    def knows_password(self, request):
        given = parameters(request.get("Authorization"))
        if given.get("nonce") != "notify-nonce":
            return False
        return given["response"] == digest_response(
            self.values["auth_user"], self.values["password"], "NOTIFY", given["uri"], given["realm"],
            given["nonce"], given["nc"], given["cnonce"])

    async def resync(self):
        if await self.fetch_configuration():
            await self.register()

    # --- The web interface ------------------------------------------------------------------------
    async def serve_web(self):
        self.web = await asyncio.start_server(self.on_connection, self.options.address, self.options.http_port)

    async def on_connection(self, reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return writer.close()
        if self.options.web == "hangs":
            await asyncio.sleep(3600)
        status, reply = self.reply_to(head.split()[1].decode(), writer.get_extra_info("peername")[0])
        if self.options.web == "garbage":
            # A page that repeats the request, passcode and all.
            reply = "<html>login " + head.decode() + "</html>"
        text = reply if isinstance(reply, str) else json.dumps(reply)
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n"
                     f"Connection: close\r\n\r\n{text}".encode())
        await writer.drain()
        return writer.close()

    def reply_to(self, target, peer):
        url = urllib.parse.urlsplit(target)
        query = dict(urllib.parse.parse_qsl(url.query))
        function = url.path.removeprefix("/cgi-bin/")
        if self.values and not is_on(self.values.get("remote_control", "1")):
            return 404, "not found"
        if self.values.get("allowed", "any") not in ("any", peer):
            return 403, "forbidden"
        handler = getattr(self, "web_" + re.sub(r"\W", "_", function.removeprefix("api-")), None)
        if handler is None:
            return 200, {"response": "error", "body": "unknown"}
        if query.get("passcode") != self.passcode:
            return 200, {"response": "error", "body": False}
        body = handler(query)
        self.say(f"web {function} -> {body is not False}")
        return 200, {"response": "error" if body is False else "success", "body": body}

    def web_get_accounts(self, _):
        registered = bool(self.sip) and any(self.sip.registered.values())
        return [{"id": 1, "sip_server": self.values.get("primary", ""), "sip_id": self.values.get("user", ""),
                 "name": self.values.get("name", ""), "reg": int(registered)}]

    def web_get_line_status(self, _):
        call = self.sip.current() if self.sip else None
        return [{"line": 1, "state": call.state if call else "idle", "acct": self.values.get("user", ""),
                 "remotename": "", "remotenumber": call.number if call else "", "active": int(bool(call))},
                {"line": 2, "state": "idle", "acct": "", "remotename": "", "remotenumber": "", "active": 0}]

    def web_make_call(self, query):
        if not self.sip or self.sip.calls:
            return False
        self.sip.run(self.sip.dial(query["phonenumber"]))
        return True

    def web_phone_operation(self, query):
        call = self.sip.current() if self.sip else None
        ringing = call is not None and call.state == "ringing" and not call.outgoing
        command = query.get("cmd")
        if command == "acceptcall" and ringing:
            self.sip.accept()
        elif command == "rejectcall" and ringing:
            self.sip.reject()
        elif command == "endcall" and call and not ringing:
            self.sip.run(self.sip.hang_up())
        elif command == "holdcall" and call and call.state in ("connected", "onhold"):
            self.sip.run(self.sip.toggle_hold())
        else:
            return False
        return True

    def web_sys_operation(self, query):
        if query.get("request") != "REBOOT":
            return "unknown"
        self.run(self.reboot())
        return "savereboot"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--http-port", type=int, default=80)
    parser.add_argument("--config-server", required=True, help="HOST:PORT")
    parser.add_argument("--passcode-env", required=True)
    parser.add_argument("--mac", default="c074ad000001")
    parser.add_argument("--model", default="GRP2614")
    parser.add_argument("--firmware", default="1.0.5.15")
    parser.add_argument("--boot-time", type=float, default=1)
    parser.add_argument("--patient", action="store_true", help="ask for the configuration until it comes")
    parser.add_argument("--off", action="store_true", help="do not boot by itself")
    parser.add_argument("--never-falls-back", action="store_true")
    parser.add_argument("--challenge-notify", action="store_true")
    parser.add_argument("--web", choices=["obeys", "hangs", "garbage", "closed"], default="obeys")
    return parser.parse_args()


async def main():
    options = arguments()
    handset = Handset(options)
    if options.web != "closed":
        await handset.serve_web()
    handset.say("stands")
    if not options.off:
        handset.run(handset.boot())
    await asyncio.Event().wait()


if __name__ == "__main__":
    raise_priority()
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit(130)
