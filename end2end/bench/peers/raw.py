"""The limit: one FETCH of everything over TLS, the bytes thrown away unread.   raw.py PORT CA USER PASSWORD"""
import re, socket, ssl, sys

port, ca, user, password = sys.argv[1:]
tcp = socket.create_connection(("localhost", int(port)))
tls = ssl.create_default_context(cafile=ca).wrap_socket(tcp, server_hostname="localhost")
room = memoryview(bytearray(1 << 20))


def ask(tag, command):
    """Sends, and reads up to the line with the tag; how many bytes that was, and the first of them."""
    tls.sendall(f"{tag} {command}\r\n".encode())
    size, tail, head = 0, b"", b""
    ends = re.compile(rb"(?:^|\r\n)" + tag.encode() + rb" (OK|NO|BAD)[^\r\n]*\r\n\Z")
    while not (end := ends.search(tail)):
        n = tls.recv_into(room)
        if not n:
            sys.exit("closed")
        size, tail, head = size + n, (tail + bytes(room[max(0, n - 1000) : n]))[-1000:], head or bytes(room[: min(n, 2000)])
    if end[1] != b"OK":
        sys.exit(tail.decode("latin1"))
    return size, head


tls.recv_into(room)
ask("a", f"LOGIN {user} {password}")
exists = int(re.search(rb"\* (\d+) EXISTS", ask("b", "EXAMINE INBOX")[1])[1])
size, _ = ask("c", "FETCH 1:* (UID BODY.PEEK[])")
print(exists, size)
