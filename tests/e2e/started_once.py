"""Commands of the program as forks of one that was started once (started_once.cpp), for each thread of the tests its
own."""
import atexit
import os
import socket
import struct
import subprocess
import threading

PRELOADED = os.environ.get("STARTED_ONCE_LIBRARY")
_of_thread = threading.local()
_all = []


class Started:
    def __init__(self, program, folder):
        self.ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [program], cwd=folder, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()], start_new_session=True,
                env={**os.environ, "LD_PRELOAD": PRELOADED, "STARTED_ONCE": str(theirs.fileno())})
        _all.append(self)

    def exit_code_of(self, arguments, streams, timeout):
        words = b"".join(os.fsencode(argument) + b"\0" for argument in arguments)
        self.ours.settimeout(timeout)
        socket.send_fds(self.ours, [struct.pack("=I", len(words))], streams)
        self.ours.sendall(words)
        status = self.ours.recv(4, socket.MSG_WAITALL)
        if not status:
            raise EOFError(f"its end, with exit code {self.end()}")
        return os.waitstatus_to_exitcode(struct.unpack("=i", status)[0])

    def end(self):
        """Its own exit code."""
        _all.remove(self)
        if getattr(_of_thread, "started", None) is self:
            del _of_thread.started
        self.ours.close()
        return self.process.wait()

    def kill(self):
        os.killpg(self.process.pid, 9)
        self.end()


@atexit.register
def _end_all():
    """What it finds of itself at its end, leaks of memory, fails the tests."""
    codes = [started.end() for started in list(_all)]
    if any(codes):
        os._exit(1)


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
            code = started.exit_code_of(arguments, [nothing.fileno(), out.fileno(), error.fileno()], timeout)
        except TimeoutError:
            started.kill()
            raise subprocess.TimeoutExpired([program, *arguments], timeout) from None
        except EOFError as its_end:
            raise AssertionError(f"{arguments}: {its_end}\n{_text_of(error)}") from None
        return subprocess.CompletedProcess([program, *arguments], code, _text_of(out), _text_of(error))
