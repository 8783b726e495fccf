"""Runs the command in its arguments after the first, and ends it when whoever holds our standard input is gone, however that went.

The first argument is the folder of its data, which goes with it.
"""

import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import threading

folder, command = sys.argv[1], sys.argv[2:]
# A group of its own: whatever it starts ends with it, and Ctrl-C reaches it through us alone.
child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)


def end():
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (AttributeError, ProcessLookupError):
        child.kill()
    child.wait()
    shutil.rmtree(folder, ignore_errors=True)
    # It has sockets outside of its folder too, and being killed it leaves them there; their names end with its ports.
    for port in re.findall(r"\.port[.a-z]*=(\d+)", " ".join(command)):
        for left in glob.glob(f"/tmp/seaweedfs-*-{port}.sock"):
            os.unlink(left)


def ended_by_itself():
    child.wait()
    end()
    os._exit(1)


signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
try:
    threading.Thread(target=ended_by_itself, daemon=True).start()
    sys.stdin.buffer.read()
finally:
    end()
