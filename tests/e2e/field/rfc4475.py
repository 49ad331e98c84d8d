"""A phone that sends the messages of RFC 4475: those that break the grammar, and no others, are told."""
import csv
import json
import re

from capture_writer import CaptureWriter, request, response
from field_test import FieldTest, ROOT

PHONE, SERVER = "192.0.2.50:5060", "192.0.2.10:5060"
FOLDER = ROOT / "tests/data/rfc4475"
VIA = re.compile(rb"^(?:via|v) *:|(?<=[;,]),", re.IGNORECASE | re.MULTILINE)


def register(capture):
    via = f"SIP/2.0/UDP {PHONE};branch=z9hG4bKr1;rport"
    one = ("<sip:1001@192.0.2.10>;tag=8c1f03b7", "<sip:1001@192.0.2.10>", "r1@phone", 1)
    contact = f"Contact: <sip:1001@{PHONE}>"
    capture.udp(0, PHONE, SERVER, request("REGISTER", "sip:192.0.2.10", via, *one, contact, "Expires: 3600"))
    capture.udp(0.01, SERVER, PHONE, response(200, "OK", via, *one, "REGISTER", contact + ";expires=3600"))


class Rfc4475(FieldTest):
    def test_dut_parse_tells_of_each_what_is_wrong(self):
        with (FOLDER / "messages.csv").open() as table:
            rows = list(csv.DictReader(table, restkey="more"))
        messages = {row["name"]: (FOLDER / f"{row['name']}.sip").read_bytes() for row in rows}
        # Who sends several Vias is a proxy and no phone; the parser's own test has these.
        rows = [row for row in rows if len(VIA.findall(messages[row["name"]].split(b"\r\n\r\n")[0])) == 1]
        capture = CaptureWriter()
        register(capture)
        for number, row in enumerate(rows, 3):
            capture.udp(number, PHONE, SERVER, messages[row["name"]])
        done, result = self.check(capture.write(self.scratch / "rfc4475.pcap"), "--primary", SERVER,
                                  "--only", "DUT-PARSE")
        told = dict(re.findall(r"frame (\d+): (.*?) at byte", json.dumps(result)))
        for number, row in enumerate(rows, 3):
            what = ",".join([row["what"], *row.get("more", [])])
            with self.subTest(row["name"], section=row["section"]):
                self.assertEqual(told.get(str(number), ""), what, done.stdout)
