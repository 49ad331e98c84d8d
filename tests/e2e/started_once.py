"""Commands of the program as forks of one that was started once (started_once.cpp), for each thread of the tests its
own."""
import os
import socket
import struct
import subprocess
import threading

PRELOADED = os.environ.get("STARTED_ONCE_LIBRARY")
_of_thread = threading.local()


class Started:
    def __init__(self, program, folder):
        self.ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [program], cwd=folder, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], start_new_session=True,
                env={**os.environ, "LD_PRELOAD": PRELOADED, "STARTED_ONCE": str(theirs.fileno())})

    def status_of(self, arguments, streams, timeout):
        words = b"".join(os.fsencode(argument) + b"\0" for argument in arguments)
        self.ours.settimeout(timeout)
        socket.send_fds(self.ours, [struct.pack("=I", len(words))], streams)
        self.ours.sendall(words)
        return struct.unpack("=i", self.ours.recv(4, socket.MSG_WAITALL))[0]

    def end(self):
        os.killpg(self.process.pid, 9)
        self.process.wait()
        self.ours.close()


def _started(program, folder):
    if not hasattr(_of_thread, "started"):
        _of_thread.started = Started(program, folder)
    return _of_thread.started


def _text_of(file):
    file.seek(0)
    return file.read().decode().replace("\r\n", "\n").replace("\r", "\n")


def run(program, arguments, folder, timeout):
    """As subprocess.run() with text captured and nothing to read."""
    started = _started(program, folder)
    with open(os.memfd_create("out"), "w+b") as out, open(os.memfd_create("error"), "w+b") as error, \
            open(os.devnull, "rb") as nothing:
        try:
            status = started.status_of(arguments, [nothing.fileno(), out.fileno(), error.fileno()], timeout)
        except TimeoutError:
            started.end()
            del _of_thread.started
            raise subprocess.TimeoutExpired([program, *arguments], timeout) from None
        return subprocess.CompletedProcess([program, *arguments], os.waitstatus_to_exitcode(status), _text_of(out),
                                           _text_of(error))
