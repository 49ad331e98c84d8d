"""A phone that registers at servers again and again, and nothing else.

    registering_phone.py OWN_ADDRESS SERVER:PORT...
"""
import itertools
import socket
import sys
import time


def register(own, server, number):
    call = f"{server[1]}@{own[0]}"
    return "\r\n".join([
        f"REGISTER sip:{server[0]}:{server[1]} SIP/2.0",
        f"Via: SIP/2.0/UDP {own[0]}:{own[1]};branch=z9hG4bK{server[1]}n{number};rport", "Max-Forwards: 70",
        f"From: <sip:1001@{server[0]}>;tag=f{server[1]}", f"To: <sip:1001@{server[0]}>", f"Call-ID: {call}",
        f"CSeq: {number} REGISTER", f"Contact: <sip:1001@{own[0]}:{own[1]}>", "Expires: 60", "Content-Length: 0",
        "", ""]).encode()


def main():
    port = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    port.bind((sys.argv[1], 5062))
    servers = [(address, int(number)) for address, number in (server.split(":") for server in sys.argv[2:])]
    for number in itertools.count(1):
        for server in servers:
            try:
                port.sendto(register(port.getsockname(), server, number), server)
            except OSError as error:
                print(f"registering_phone: {error}", file=sys.stderr)
                return
        time.sleep(1)


if __name__ == "__main__":
    main()
