#!/usr/bin/python3
"""A mail server for tests: aiosmtpd on a free loopback port, in one of several moods.

    server.py MODE FOLDER [--cert PEM --key PEM] [--client PEM]

It prints its port, then serves until its standard input ends. Each mail it takes becomes FOLDER/N.eml, all that
clients sent, on connection N, FOLDER/N.dialogue (decrypted, where there was TLS), and each recipient that any client
named a line of FOLDER/recipients.

MODE is one of
    normal            takes everything
    refuse            550 to every recipient: there is no such person
    refuse-quota      552 to every recipient: the mailbox is full
    refuse-policy     550 to every recipient: it is not wanted from us
    refuse-data       554 to DATA, before a mail comes
    refuse-mail       554 to every mail, after its data
    refuse-sender     553 to every sender
    temporary         451 to every recipient
    slow              takes the first mail's data, then says nothing for a minute; is quick afterwards
    silent            lets connect, and says nothing at all
    drop-greeting     closes before its greeting
    drop-data         closes after the data, without an answer, and keeps nothing
    drop-taken        takes the first mail and closes without an answer; says so of others
    one-mail          closes each connection a moment after its first mail
    starttls          demands STARTTLS, then user "kim" with password "p@ss: /%"
    smtps             the same with TLS from the first byte
    certified         TLS from the first byte, for whoever shows the certificate of --client
"""

import argparse
import asyncio
import logging
import pathlib
import ssl
import sys
import warnings

try:
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
except ImportError:
    sys.exit("aiosmtpd is missing: install it with `apt install python3-aiosmtpd`.")


class Mood:
    """The server's side of a mode."""

    def __init__(self, mode, folder):
        self.mode = mode
        self.folder = folder
        self.mails = 0
        self.tries = 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.mode == "refuse-sender":
            return "553 5.7.1 Nobody here writes as this sender"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Sender noted"

    async def handle_RCPT(self, server, session, envelope, address, options):
        with (self.folder / "recipients").open("a") as recipients:
            print(repr(address), file=recipients)
        refusals = {
            "refuse": "550 5.1.1 No such person here",
            "refuse-quota": "552 5.2.2 Mailbox full",
            "refuse-policy": "550 5.7.1 Not wanted from you",
        }
        if self.mode in refusals:
            return refusals[self.mode]
        if self.mode == "temporary":
            return "451 4.3.0 Come back in a while"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient noted"

    async def handle_DATA(self, server, session, envelope):
        self.tries += 1
        if self.mode == "refuse-mail":
            return "554 5.6.0 This mail is not wanted"
        if self.mode == "slow" and self.tries == 1:
            await asyncio.sleep(60)
        if self.mode == "drop-data":
            server.transport.abort()
            return "250 never sent"
        self.mails += 1
        (self.folder / f"{self.mails}.eml").write_bytes(envelope.original_content)
        if self.mode == "drop-taken" and self.tries == 1:
            server.transport.abort()
        if self.mode == "one-mail":
            asyncio.get_running_loop().call_later(0.2, server.transport.close)
        return f"250 2.0.0 Queued as {self.mails}"


class Recorded(SMTP):
    """SMTP that writes down what the client sends."""

    connections = 0

    def __init__(self, folder, *args, **kwargs):
        super().__init__(*args, **kwargs)
        Recorded.connections += 1
        self.record = folder / f"{Recorded.connections}.dialogue"
        self.record.touch()

    def data_received(self, data):
        with self.record.open("ab") as record:
            record.write(data)
        super().data_received(data)

    async def smtp_DATA(self, arg):
        if self.event_handler.mode == "refuse-data":
            await self.push("554 5.5.1 No valid recipients")
        else:
            await super().smtp_DATA(arg)


def sign_in(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"kim", b"p@ss: /%")
    # Not "handled": aiosmtpd then answers 535 itself.
    return AuthResult(success=right, handled=False)


class Closing(asyncio.Protocol):
    def connection_made(self, transport):
        transport.abort()


async def serve(options):
    loop = asyncio.get_running_loop()
    folder = pathlib.Path(options.folder)
    mood = Mood(options.mode, folder)
    tls = None
    if options.cert:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(options.cert, options.key)
    if options.client:
        tls.verify_mode = ssl.CERT_REQUIRED
        tls.load_verify_locations(options.client)
    settings = {"enable_SMTPUTF8": True, "hostname": "mail.test", "loop": loop}
    if options.mode == "starttls":
        settings |= {"tls_context": tls, "require_starttls": True}
    if options.mode in ("starttls", "smtps"):
        settings |= {"auth_required": True, "authenticator": sign_in}
    if options.mode == "smtps":
        settings |= {"auth_require_tls": False}

    def protocol():
        if options.mode == "drop-greeting":
            return Closing()
        if options.mode == "silent":
            return asyncio.Protocol()
        return Recorded(folder, mood, **settings)

    wrapped = tls if options.mode in ("smtps", "certified") else None
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=wrapped)
    print(server.sockets[0].getsockname()[1], flush=True)
    # Ends with the test, however that ends.
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    # aiosmtpd warns of what a mode does on purpose.
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    parser = argparse.ArgumentParser()
    parser.add_argument("mode")
    parser.add_argument("folder")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--client")
    asyncio.run(serve(parser.parse_args()))
