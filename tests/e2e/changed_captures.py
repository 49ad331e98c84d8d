"""Changes to a capture. Those of HARMLESS leave every finding as it was; those of LOSSY take knowledge
away, and may turn a verdict into inconclusive or not applicable, never into its opposite."""
import dataclasses
import re

import captured_frames
from capture_writer import LINUX_SLL, RAW_IP, request, response

SECOND = 10**9


def moved(frame, by):
    return dataclasses.replace(frame, at=frame.at + by)


def merged(frames, others):
    return sorted([*frames, *others], key=lambda frame: frame.at)


# --- Harmless ------------------------------------------------------------------------------------


def shifted_clock(frames):
    return [moved(frame, 12_345_678 * SECOND) for frame in frames]


def doubled(frames):
    """As a SPAN port that mirrors both directions of a link does."""
    return merged(frames, [moved(frame, 40_000) for frame in frames])


def doubled_and_routed(frames):
    """The copy was seen behind a router: other addresses of the link, one hop less."""
    copies = []
    for frame in frames:
        data = bytearray(frame.data)
        data[0:12] = b"\x02\0\0\0\0\x0b\x02\0\0\0\0\x0a"
        if frame.ether_type == 0x0800:
            total = ((data[24] << 8) | data[25]) + 0x100
            data[22] -= 1
            total = (total & 0xFFFF) + (total >> 16)
            data[24:26] = bytes([total >> 8, total & 0xFF])
        else:
            data[21] -= 1
        copies.append(dataclasses.replace(moved(frame, 90_000), data=bytes(data)))
    return merged(frames, copies)


def beside_other_phones(frames):
    """Two more phones at a server of their own."""
    others = []
    start, end = frames[0].at, frames[-1].at
    for number in (7, 8):
        phone, server = f"198.51.100.{number}:5060", "198.51.100.200:5060"
        user = f"<sip:80{number}@198.51.100.200>"
        contact = f"Contact: <sip:80{number}@{phone}>"
        at, cseq = start + number * 10_000_000, 1
        while at < end:
            via = f"SIP/2.0/UDP {phone};branch=z9hG4bK80{number}n{cseq}"
            names = (f"{user};tag=a8c0ffee{number}{cseq}", user, f"{number}-other@{phone}", cseq)
            others.append(captured_frames.datagram(
                at, phone, server,
                request("REGISTER", "sip:198.51.100.200", via + ";rport", *names, contact, "Expires: 60")))
            answer = (names[0], names[1] + ";tag=5e7f", *names[2:], "REGISTER")
            others.append(captured_frames.datagram(
                at + 2_000_000, server, phone,
                response(200, "OK", f"{via};rport=5060;received=198.51.100.{number}", *answer,
                         contact + ";expires=60")))
            at, cseq = at + 55 * SECOND, cseq + 1
    return merged(frames, others)


def beside_media_and_web(frames):
    """RTP, DNS and TLS between others."""
    others = []
    at = frames[0].at
    for number in range(200):
        at += 20_000_000
        rtp = bytes([0x80, 0, number >> 8, number & 255]) + number.to_bytes(4, "big") + b"\1\2\3\4" + b"\xd5" * 160
        others.append(captured_frames.datagram(at, "198.51.100.7:16384", "198.51.100.9:16386", rtp))
        query = number.to_bytes(2, "big") + b"\1\0\0\1\0\0\0\0\0\0\7example\3org\0\0\1\0\1"
        others.append(captured_frames.datagram(at, "198.51.100.7:40000", "198.51.100.53:53", query))
    return merged(frames, [frame for frame in others if frame.at < frames[-1].at])


HARMLESS_FRAMES = (shifted_clock, doubled, doubled_and_routed, beside_other_phones, beside_media_and_web)
HARMLESS_LINKS = {"raw_ip": RAW_IP, "linux_sll": LINUX_SLL}


def renamed(text):
    """Other addresses and ports of the same length, in any file of a run folder."""
    text = re.sub(rb"127\.0\.0\.(1[12])", rb"127.9.8.\1", text)
    return text.replace(b"5070", b"6170").replace(b"5080", b"6180")


def moved_payload(frame):
    """In an answer of a name server addresses are four bytes and ports two."""
    if 53 not in (port for _, port in frame.endpoints):
        return renamed(frame.payload)
    moved = frame.payload
    for last in (11, 12):
        moved = moved.replace(bytes((127, 0, 0, last)), bytes((127, 9, 8, last)))
    for before, after in ((5070, 6170), (5080, 6180)):
        moved = moved.replace(before.to_bytes(2, "big"), after.to_bytes(2, "big"))
    return moved


def with_other_addresses(frames):
    """The servers move; lengths stay, so that bodies and streams do."""
    changed = []
    for frame in frames:
        if not frame.is_udp():
            return None
        (source, source_port), (destination, destination_port) = frame.endpoints
        ends = [dotted(a, p) for a, p in ((source, source_port), (destination, destination_port))]
        if len(source) != 4:
            return None
        changed.append(captured_frames.datagram(
            frame.at, *(renamed(end.encode()).decode() for end in ends), moved_payload(frame),
            ident=frame.ident))
    return changed


V4 = re.compile(rb"127\.(\d+)\.(\d+)\.(\d+)")


def as_ipv6(frames):
    """The same conversation over IPv6: addresses in every header and body, lengths anew."""
    changed = []
    for frame in frames:
        if not frame.is_udp() or len(frame.addresses[0]) != 4:
            return None
        ends = [V4.sub(rb"[2001:db8::\1:\2:\3]", dotted(*end).encode()).decode() for end in frame.endpoints]
        changed.append(captured_frames.datagram(frame.at, *ends, message_over_ipv6(frame.payload)))
    return changed


def message_over_ipv6(payload):
    head, found, body = payload.partition(b"\r\n\r\n")
    body = V4.sub(rb"2001:db8::\1:\2:\3", body.replace(b"IN IP4", b"IN IP6"))
    head = re.sub(rb"(received=)" + V4.pattern, rb"\g<1>2001:db8::\2:\3:\4", head)
    head = V4.sub(rb"[2001:db8::\1:\2:\3]", head)
    head = re.sub(rb"(?im)^(content-length|l)[ \t]*:[ \t]*\d+",
                  rb"\1: " + str(len(body)).encode(), head)
    return head + found + body


def dotted(address, port):
    return ".".join(str(octet) for octet in address) + f":{port}"


# --- Lossy ---------------------------------------------------------------------------------------


def head_cut(frames):
    return frames[len(frames) // 3:]


def tail_cut(frames):
    return frames[:len(frames) * 2 // 3]


def every_tenth_gone(frames):
    return [frame for number, frame in enumerate(frames) if number % 10 != 9]


def server_addresses(frames):
    """Where REGISTERs and INVITEs go to."""
    return {frame.endpoints[1][0] for frame in frames
            if frame.is_udp() and frame.payload.startswith((b"REGISTER ", b"SUBSCRIBE "))}


def requests_alone(frames):
    """What servers send is not seen."""
    servers = server_addresses(frames)
    return [frame for frame in frames if frame.addresses[0] not in servers]


def answers_alone(frames):
    """What the device sends is not seen."""
    servers = server_addresses(frames)
    return [frame for frame in frames if frame.addresses[0] in servers]


LOSSY = (head_cut, tail_cut, every_tenth_gone, requests_alone, answers_alone)


def cut_or_lost_at_random(frames, rng):
    """By name: the head gone, the tail, single frames, several at once, one direction of one end."""
    end = rng.choice([end for frame in frames for end in frame.addresses])
    way = rng.choice((0, 1))
    share = rng.choice((0.05, 0.1, 0.2))
    at = rng.randrange(len(frames))
    return {"head": frames[rng.randrange(1, len(frames)):],
            "tail": frames[:rng.randrange(1, len(frames))],
            "single": [frame for frame in frames if rng.random() > share],
            "burst": frames[:at] + frames[at + rng.randrange(1, 8):],
            "direction": [frame for frame in frames if frame.addresses[way] != end]}
