# How many of the mails that lie in the large mailboxes are stored byte for byte.
#   compare.py DATABASE MAILDIRS
import glob, hashlib, sqlite3, sys

db = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True)
stored = set()
for (source,) in db.execute("SELECT id FROM source WHERE complete AND bytes > 1000000").fetchall():
    digest = hashlib.sha256()
    for (chunk,) in db.execute("SELECT bytes FROM source_chunk WHERE source_id = ? ORDER BY place", (source,)):
        digest.update(chunk)
    stored.add(digest.digest())

equal = 0
for path in glob.glob(f"{sys.argv[2]}/large*/Maildir/*/*"):
    if "/new/" not in path and "/cur/" not in path:
        continue
    digest = hashlib.sha256()
    with open(path, "rb") as mail:
        # On disk with bare line feeds, on the wire with CRLF.
        for block in iter(lambda: mail.read(1 << 20), b""):
            digest.update(block.replace(b"\n", b"\r\n"))
    equal += digest.digest() in stored
print(equal)
