"""A mail server for the stories: SMTP with STARTTLS, TLS from the start, or neither, and a login where one is asked for.

    smtp_server.py MODE CERTIFICATE KEY FOLDER      MODE: starttls | implicit | none

Prints its port, takes the login of user "tongban" with password "right-password" over TLS only, and writes every mail that
it takes into FOLDER, one file each: sender, receivers, whether TLS was on, who was logged in, an empty line, the message.
"""

import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

mode, certificate, key, folder = sys.argv[1:5]
folder = pathlib.Path(folder)


class Keeper:
    taken = 0

    async def handle_DATA(self, server, session, envelope):
        head = [
            f"from {envelope.mail_from}",
            f"to {' '.join(envelope.rcpt_tos)}",
            f"tls {'yes' if session.ssl or mode == 'implicit' else 'no'}",
            f"login {session.auth_data.login.decode() if session.auth_data else '-'}",
        ]
        text = "\n".join(head) + "\n\n" + envelope.content.decode("utf-8", "replace")
        (folder / f"{Keeper.taken:04}.part").write_text(text)
        (folder / f"{Keeper.taken:04}.part").rename(folder / f"{Keeper.taken:04}.mail")
        Keeper.taken += 1
        return "250 OK"


def login(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"tongban", b"right-password")
    return AuthResult(success=right, handled=False, auth_data=data if right else None)


async def main():
    context = None
    if mode != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)

    def conversation():
        return SMTP(
            Keeper(),
            hostname="relay.example.org",
            tls_context=context if mode == "starttls" else None,
            authenticator=login,
            auth_require_tls=mode != "implicit",
            loop=asyncio.get_running_loop(),
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(conversation, "127.0.0.1", 0, ssl=context if mode == "implicit" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())
