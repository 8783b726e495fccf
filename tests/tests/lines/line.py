#!/usr/bin/env python3
"""A line between two network namespaces: real TCP at both ends, and in between a rate, a delay, a queue and breaks.

Begun in a namespace of its own (unshare --net); makes the other one itself. Prints one line when the line is up: the process ids whose
namespaces are its near and its far end, 10.77.0.1 and 10.77.0.2. Ends when its standard input is closed. Needs root and /dev/net/tun.
"""

import argparse
import collections
import ctypes
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
CLONE_NEWNET = 0x40000000


def tun(address):
    """A TUN device in this process' namespace, up, with that address."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", b"line", IFF_TUN | IFF_NO_PI))
    for command in (
        "link set lo up",
        f"addr add {address}/30 dev line",
        "link set line up mtu 1500 txqueuelen 1000",
    ):
        subprocess.run(["ip", *command.split()], check=True)
    return device


def far_end():
    """The other namespace, held by a child that lives as long as we do; its process id and its TUN device."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        ours.close()
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            sys.exit(f"no namespace: {os.strerror(ctypes.get_errno())}")
        device = tun("10.77.0.2")
        socket.send_fds(theirs, [b"t"], [device])
        os.close(device)
        theirs.recv(1)
        os._exit(0)
    theirs.close()
    _, devices, _, _ = socket.recv_fds(ours, 1, 1)
    if not devices:
        sys.exit("the far end did not come up")
    return child, devices[0], ours


class Way:
    """One direction."""

    def __init__(self, into, out, asked):
        self.into, self.out, self.asked = into, out, asked
        self.packets = collections.deque()
        self.queued = 0
        self.free_at = 0.0

    def take(self, now, is_up):
        for _ in range(64):
            try:
                packet = os.read(self.into, 2048)
            except BlockingIOError:
                return
            if not is_up or self.waiting(now) + len(packet) > self.asked.queue:
                continue
            self.free_at = max(self.free_at, now) + len(packet) / self.asked.rate
            self.packets.append((self.free_at + self.asked.delay, packet))

    def waiting(self, now):
        """Bytes that have not left the queue yet."""
        return max(0.0, self.free_at - now) * self.asked.rate

    def give(self, now, is_up):
        if not is_up:
            self.packets.clear()
            self.free_at = 0.0
        while self.packets and self.packets[0][0] <= now:
            _, packet = self.packets.popleft()
            try:
                os.write(self.out, packet)
            except OSError:
                pass  # its receiver is gone, or has no room: a lost packet

    def next_at(self):
        return self.packets[0][0] if self.packets else None


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, required=True, help="bytes a second, each way")
    parser.add_argument("--delay", type=float, default=0.025, help="seconds, each way")
    parser.add_argument("--queue", type=int, default=65536, help="bytes that wait at most, each way")
    parser.add_argument("--on", type=float, default=0, help="seconds that it carries before each break; 0: always")
    parser.add_argument("--off", type=float, default=0, help="seconds of a break, in which all is lost")
    return parser.parse_args()


def main():
    asked = arguments()
    near = tun("10.77.0.1")
    child, far, held = far_end()
    ways = [Way(near, far, asked), Way(far, near, asked)]
    print(os.getpid(), child, flush=True)
    began = time.monotonic()
    while True:
        now = time.monotonic()
        cycle = asked.on + asked.off
        is_up = asked.on == 0 or (now - began) % cycle < asked.on
        for way in ways:
            way.take(now, is_up)
            way.give(now, is_up)
        due = [way.next_at() for way in ways if way.next_at() is not None]
        wait = min([0.05] + [max(0.0, at - time.monotonic()) for at in due])
        readable, _, _ = select.select([near, far, sys.stdin], [], [], wait)
        if sys.stdin in readable and not os.read(sys.stdin.fileno(), 4096):
            held.close()
            os.waitpid(child, 0)
            return


main()
