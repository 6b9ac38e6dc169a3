"""Copies a mailbox's rows in the database of a stopped Mailkeep: copies.py DATABASE, with the copies as JSON on the
standard input: {"of": ADDRESS, "copies": [{"id", "address", "passwords": {DIRECTION: HEX} | "grant": {...}}]}.

Folders are not copied: the program finds them at its first sign-in.
"""
import json, sqlite3, sys, time

wanted = json.load(sys.stdin)
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.row_factory = sqlite3.Row
now = int(time.time() * 1000)


def put(table, row, **other):
    row = {**dict(row), **other}
    db.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", list(row.values()))


db.execute("BEGIN")
mailbox = db.execute("SELECT * FROM mailbox WHERE address = ?", [wanted["of"]]).fetchone()
directions = db.execute("SELECT * FROM direction WHERE mailbox_id = ?", [mailbox["id"]]).fetchall()
grants = {row["id"]: row for row in db.execute("SELECT * FROM grants")}
accounts = {row["id"]: row for row in db.execute("SELECT * FROM account")}
for copy in wanted["copies"]:
    put("mailbox", mailbox, id=copy["id"], address=copy["address"], node_id=None)
    grant = copy.get("grant")
    if grant:
        old = grants[directions[0]["grant_id"]]
        put("account", accounts[old["account_id"]], id=grant["id"], object_id=grant["object"], login=copy["address"])
        put("grants", old, id=grant["id"], account_id=grant["id"], refresh_sealed=bytes.fromhex(grant["refresh"]),
            access_sealed=bytes.fromhex(grant["access"]), access_expires_at=now + 1000 * grant["expires_in"])
    for row in directions:
        sealed = copy.get("passwords", {}).get(row["direction"])
        put("direction", row, mailbox_id=copy["id"], user_name=copy["address"],
            password_sealed=bytes.fromhex(sealed) if sealed else None, grant_id=grant["id"] if grant else None)
db.execute("COMMIT")
