"""Python's imaplib: whole messages in batches of 500, nothing kept.   batches.py PORT CA USER PASSWORD"""
import imaplib, ssl, sys

port, ca, user, password = sys.argv[1:]
imaplib._MAXLINE = 100_000_000
session = imaplib.IMAP4_SSL("localhost", int(port), ssl_context=ssl.create_default_context(cafile=ca))
session.login(user, password)
there, got, size = int(session.select("INBOX", readonly=True)[1][0]), 0, 0
for first in range(1, there + 1, 500):
    for part in session.fetch(f"{first}:{min(there, first + 499)}", "(UID BODY.PEEK[])")[1]:
        if isinstance(part, tuple):
            got, size = got + 1, size + len(part[1])
session.logout()
print(got, size)
