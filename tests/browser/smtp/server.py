#!/usr/bin/python3
"""A real SMTP server on loopback for tests, which can also behave badly.

    smtp/server.py --folder MAILS [--port 0] [--mode normal] [--mode-file FILE]

Prints `listening on 127.0.0.1:PORT`. Writes each accepted message as MAILS/0001.eml and so on, with the envelope
in front as X-Envelope-From and X-Envelope-To. A word written into FILE changes the mode at run time; it is read
at the start of each connection, and again at RCPT and DATA. The modes:

    normal         take every message
    slow N         take it, but only after N seconds
    refuse         550 at RCPT: there is no such mailbox
    temporary      451 at RCPT: try again later
    drop-data      break the connection after the message has come, without an answer
    drop-greeting  break the connection before the first line
"""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP

MODES = ("normal", "slow", "refuse", "temporary", "drop-data", "drop-greeting")


class Behaviour:
    """The mode of now: the word in the file if there is one, else the one the server was started with."""

    def __init__(self, started_with, file):
        self.started_with = started_with
        self.file = file

    def now(self):
        words = []
        if self.file and self.file.exists():
            words = self.file.read_text().split()
        words = words or self.started_with.split()
        if not words or words[0] not in MODES:
            sys.exit(f"smtp: unknown mode {words}; there are {', '.join(MODES)}")
        return words[0], float(words[1]) if len(words) > 1 else 0.0


class Handler:
    """What is done with recipients and messages."""

    def __init__(self, folder, behaviour):
        self.folder = folder
        self.behaviour = behaviour
        self.count = len(list(folder.glob("*.eml")))

    async def handle_RCPT(self, server, session, envelope, address, options):
        mode, _ = self.behaviour.now()
        if mode == "refuse":
            return "550 5.1.1 no such mailbox here"
        if mode == "temporary":
            return "451 4.3.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mode, seconds = self.behaviour.now()
        if mode == "drop-data":
            server.transport.abort()
            return "421 4.3.2 going away"
        if mode == "slow":
            await asyncio.sleep(seconds)
        self.store(envelope)
        return "250 2.0.0 taken"

    def store(self, envelope):
        self.count += 1
        head = f"X-Envelope-From: {envelope.mail_from}\r\n"
        head += "".join(f"X-Envelope-To: {address}\r\n" for address in envelope.rcpt_tos)
        unfinished = self.folder / f"{self.count:04}.part"
        unfinished.write_bytes(head.encode() + envelope.content)
        # Renamed in one go: whoever looks into the folder never sees half a message.
        unfinished.rename(self.folder / f"{self.count:04}.eml")


class Server(SMTP):
    """Breaks off before the greeting when told to."""

    def __init__(self, handler, behaviour, **options):
        super().__init__(handler, **options)
        self.behaviour = behaviour

    def connection_made(self, transport):
        self.dropped = self.behaviour.now()[0] == "drop-greeting"
        if self.dropped:
            transport.abort()
        else:
            super().connection_made(transport)

    def connection_lost(self, error):
        if not self.dropped:
            super().connection_lost(error)

    def data_received(self, data):
        if not self.dropped:
            super().data_received(data)

    def eof_received(self):
        return None if self.dropped else super().eof_received()


async def main():
    arguments = argparse.ArgumentParser(description="A real SMTP server for tests.")
    arguments.add_argument("--folder", type=Path, required=True)
    arguments.add_argument("--port", type=int, default=0)
    arguments.add_argument("--mode", default="normal")
    arguments.add_argument("--mode-file", type=Path)
    given = arguments.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    behaviour = Behaviour(given.mode, given.mode_file)
    behaviour.now()
    handler = Handler(given.folder, behaviour)

    loop = asyncio.get_running_loop()

    def session():
        return Server(handler, behaviour, hostname="localhost", enable_SMTPUTF8=True, loop=loop)

    server = await loop.create_server(session, "127.0.0.1", given.port)
    print(f"listening on 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
    os._exit(0)  # connections that are still slow are not waited for


asyncio.run(main())
