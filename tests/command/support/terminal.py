"""Runs a command in a terminal of its own, and writes what the terminal gets to standard output.

    python3 terminal.py COLUMNS COMMAND ARGS...

With the variable INTERRUPT in the environment, which names a pipe of the file system, Ctrl-C is typed once the command has opened
that pipe. The exit code is that of the command.
"""

import fcntl
import os
import pty
import struct
import sys
import termios
import threading

columns, command = int(sys.argv[1]), sys.argv[2:]
pipe = os.environ.pop("INTERRUPT", None)
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    os.execvp(command[0], command)


def interrupt():
    with open(pipe, "wb"):  # waits until the command opens the pipe
        os.write(terminal, b"\x03")


if pipe is not None:
    threading.Thread(target=interrupt, daemon=True).start()
while True:
    try:
        data = os.read(terminal, 1 << 16)
    except OSError:  # the command has ended
        break
    if not data:
        break
    os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
