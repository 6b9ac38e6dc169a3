"""Fills the embedded database of a stopped Mailkeep with a help desk of two years, the same for the same seed.

    fill_desk.py DATABASE MAILBOXES TICKETS [SEED]

Rows as the engine writes them, with what pages read: mailboxes that sign in by Microsoft, Google or a password, one in
a hundred of them stopped; tickets whose requesters mostly wrote once, some often; messages, their receipts, deliveries
and search entries; what the first admin has seen. Left out: the raw sources, which no list or conversation reads.
Words are drawn as a language draws them, few often and most seldom. Prints counts and what can be searched for, as JSON.
"""
import bisect, datetime, itertools, json, math, random, sqlite3, sys, time

database, mailboxes, tickets = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
dice = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
NOW = int(time.time() * 1000)
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
AGO = 730 * DAY

db = sqlite3.connect(database, isolation_level=None)
db.execute("PRAGMA synchronous = OFF")
if db.execute("SELECT count(*) FROM ticket").fetchone()[0] or db.execute("SELECT count(*) FROM person").fetchone()[0] != 1:
    sys.exit("the database must be new, with its first admin and nothing else")


def insert(table, columns, rows):
    marks = ", ".join("?" * len(columns.split(",")))
    db.execute("BEGIN")
    db.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
    db.execute("COMMIT")


# A vocabulary with a language's own distribution: the n-th word is drawn with 1/n.
PARTS = "ba ca da fa ga la ma na pa ra sa ta be de fe ge le me ne pe re se te bi di fi li mi ni pi ri si ti bo co do go lo mo no po ro so to bu cu du fu lu mu nu ru su tu".split()
KNOWN = "the to and is of my it we not order have for when please with invoice parcel printer account refund thanks delivery error password battery label screen replacement warranty cable".split()
VOCABULARY = KNOWN + ["".join(dice.choices(PARTS, k=dice.randint(2, 4))) for _ in range(20_000)]
STEPS = list(itertools.accumulate(1 / (n + 2) for n in range(len(VOCABULARY))))


def words(count):
    return [VOCABULARY[bisect.bisect(STEPS, dice.random() * STEPS[-1])] for _ in range(count)]


# Drawing every word anew takes minutes; sentences are drawn and texts are put together from them.
SENTENCES = [" ".join(words(dice.randint(4, 18))).capitalize() + "." for _ in range(20_000)]


def text(sentences):
    out = []
    for n, one in enumerate(dice.choices(SENTENCES, k=sentences)):
        out.append(one + ("\n\n" if n % 4 == 3 else " "))
    return "".join(out).strip()


def fill_people():
    admin, hash_ = db.execute("SELECT id, password_hash FROM person").fetchone()
    names = [f"{first} {last}" for first in "Jonas Mia Li Aino Omar Ines".split() for last in "Weber Lind Chen Korhonen Haddad".split()]
    names = names[: max(3, min(len(names), tickets // 200))]
    insert("person", "name, email, role, password_hash, created_at", [(name, f"{name.lower().replace(' ', '.')}@desk.example", "agent", hash_, NOW - AGO) for name in names])
    return admin, [row[0] for row in db.execute("SELECT id FROM person")]


def fill_mailboxes():
    """Seven in ten by Microsoft's sign-in, one and a half by Google's, the rest by password."""
    insert("registration", "id, provider_key, name, client_id, tenant, is_default, created_at",
           [(1, "microsoft", "Microsoft", "5ea51de0-4d61-4b6b-8a1f-00000000de50", "common", True, NOW - AGO), (2, "google", "Google", "5ea51de0.apps.example", "", True, NOW - AGO)])
    servers = {"microsoft": ("outlook.office365.com", "smtp.office365.com", 587, "starttls"), "google": ("imap.gmail.com", "smtp.gmail.com", 465, "implicit"), "other": ("mail.litware.example", "mail.litware.example", 465, "implicit")}
    accounts, grants, boxes, sides, folders, events, episodes, lost = [], [], [], [], [], [], [], []
    for n in range(1, mailboxes + 1):
        provider = "microsoft" if n % 20 < 14 else "google" if n % 20 < 17 else "other"
        domain, stopped = f"{provider if provider != 'other' else 'litware'}{n % 40}.example", n % 100 == 50 or (mailboxes < 50 and n == 2)
        address, since, began = f"{['support', 'sales', 'billing', 'returns', 'hello'][n % 5]}{n}@{domain}", NOW - dice.randint(HOUR, 5 * DAY), NOW - AGO + n * HOUR
        boxes.append((n, address, f"Desk {n}", provider, False, began, 1, False, "now", f"Desk {n}", "Kind regards", 1, 0))
        grant = None
        if provider != "other":
            grant = n
            accounts.append((n, provider, domain if provider == "microsoft" else "", f"object-{n}", address, f"Desk {n}", began))
            grants.append((n, 1 if provider == "microsoft" else 2, n, 1, NOW + HOUR, "mail offline_access", began, NOW - dice.randint(0, 50) * MINUTE, NOW + dice.randint(1, 50) * MINUTE, 0, since if stopped else None, "sign_in_revoked" if stopped else None))
        imap, smtp, port, tls = servers[provider]
        diagnosis = "sign_in_revoked" if grant else "password_refused"
        for direction, host, at, kind in (("incoming", imap, 993, "implicit"), ("outgoing", smtp, port, tls)):
            sides.append((n, direction, True, host, at, kind, "grant" if grant else "password", address, grant, NOW - dice.randint(0, 20) * MINUTE, since if stopped else None, diagnosis if stopped else None, stopped, "AADSTS50173: the grant was revoked." if stopped else None, 1 if stopped else 0, NOW - dice.randint(0, 30) * DAY, 1))
            if stopped:
                episodes.append((n, direction, since, None, diagnosis, True, "AADSTS50173: the grant was revoked."))
            for _ in range(dice.randint(0, 4)):
                failed = NOW - dice.randint(6 * DAY, AGO // 2)
                episodes.append((n, direction, failed, failed + dice.randint(1, 30) * MINUTE, "timed_out", False, "timed out"))
        folders += [(2 * n - 1, n, "INBOX", "inbox", 1, True, NOW - dice.randint(0, 60) * 1000), (2 * n, n, "Sent Items", "sent", 1, True, NOW - dice.randint(0, 60) * 1000)]
        events += [(n, began, '"Created"', 1), (n, began + MINUTE, json.dumps({"Connected": {"account": address}}), 1)]
        if stopped:
            lost.append(n)
    insert("account", "id, provider_key, tenant_id, object_id, login, name, signed_in_at", accounts)
    insert("grants", "id, registration_id, account_id, generation, access_expires_at, scopes, granted_at, refreshed_at, refresh_due_at, failed_refreshes, lost_at, lost_diagnosis", grants)
    insert("mailbox", "id, address, name, provider_key, draft, created_at, created_by, delete_after_fetch, import_mode, from_name, signature, node_id, epoch", boxes)
    insert("direction", "mailbox_id, direction, used, host, port, tls, credential, user_name, grant_id, proved_at, failing_since, failing_diagnosis, failing_definite, failing_said, failures, last_at, generation", sides)
    insert("folder", "id, mailbox_id, name, role, uid_validity, watched, fetched_at, cursor, import_before", [row + (0, 0) for row in folders])
    insert("event", "mailbox_id, at, event, person_id", events)
    insert("episode", "mailbox_id, direction, began_at, ended_at, diagnosis, definite, said", episodes)
    return {n: box[1] for n, box in enumerate(boxes, 1)}, lost


def fill_tickets(admin, agents, addresses, lost):
    """Nine in ten are closed; what moved last is open or waits. A quarter goes on after its first message."""
    people = max(5, tickets * 3 // 5)
    regulars = max(3, min(400, tickets // 100))
    happenings = []
    busy = list(itertools.accumulate(1 / math.sqrt(n) for n in range(1, mailboxes + 1)))
    requesters, who = {}, []
    for ticket in range(tickets):
        at = NOW - int((1 - (ticket + dice.random()) / tickets) * AGO) - MINUTE
        happenings.append((at, ticket, "incoming"))
        person = dice.randrange(regulars) if dice.random() < 0.2 else dice.randrange(regulars, people)
        who.append((person, bisect.bisect(busy, dice.random() * busy[-1]) + 1))
        if dice.random() < 0.18:
            for _ in range(1 + (dice.random() < 0.15) * dice.randint(1, 8)):
                at = min(NOW - 1000, at + dice.randint(10 * MINUTE, 2 * DAY))
                happenings.append((at, ticket, "reply"))
                if dice.random() < 0.45:
                    at = min(NOW - 1000, at + dice.randint(10 * MINUTE, 3 * DAY))
                    happenings.append((at, ticket, "incoming"))
    happenings.sort()
    for person, _ in who:
        requesters.setdefault(person, len(requesters) + 1)
    insert("requester", "id, address, name", [(number, f"customer{person}@{['mail', 'post', 'web'][person % 3]}.example", " ".join(w.capitalize() for w in words(2))) for person, number in requesters.items()])
    names = dict(db.execute("SELECT id, address || char(10) || name FROM requester"))
    staff = dict(db.execute("SELECT id, name FROM person"))
    subjects = [f"{' '.join(words(dice.randint(2, 7))).capitalize()} {1_000_000 + n}" for n in range(tickets)]
    rows = [None] * tickets
    uids, waits = {}, len(lost) * 3
    messages, receipts, deliveries, recipients, attempts, found, seen = [], [], [], [], [], [], {}

    def flush():
        insert("message", "id, ticket_id, kind, person_id, author, from_address, to_list, cc_list, subject, text, quoted, html, remote_images, at, created_at, header_id", messages)
        insert("receipt", "folder_id, uid_validity, uid, mailbox_id, disposition, ticket_id, message_id, arrived_at, stored_at, settled_at, late, tries, message_key", receipts)
        insert("delivery", "id, message_id, ticket_id, mailbox_id, state, header_id, due_at, attempts, state_at, created_at, said, server, node_id, epoch, checks", deliveries)
        insert("delivery_recipient", "delivery_id, address, kind, state, said", recipients)
        insert("delivery_attempt", "delivery_id, began_at, handing_over_at, ended_at, outcome, epoch", attempts)
        insert("search", "rowid, subject, text, people, ticket_id", found)
        for full in (messages, receipts, deliveries, recipients, attempts, found):
            full.clear()

    delivery = 0
    total = len(happenings)
    for message, (at, ticket, kind) in enumerate(happenings, 1):
        person, box = who[ticket]
        address, name = names[requesters[person]].split("\n")
        own, number, subject, key = addresses[box], ticket + 1, subjects[ticket], f"{message}.{dice.getrandbits(48):x}@post.example"
        said = text(max(1, int(dice.gauss(9, 5))))
        quoted = "\n".join(f"> {line}" for line in text(6).split("\n")) if rows[ticket] and dice.random() < 0.7 else None
        if kind == "incoming":
            html = "<p>" + said.replace("\n\n", "</p><p>") + "</p>" if dice.random() < 0.6 else None
            messages.append((message, number, kind, None, name, address, json.dumps([own]), "[]", subject, said, quoted, html, 0, at, at, key))
            uids[box] = uids.get(box, 0) + 1
            receipts.append((2 * box - 1, 1, uids[box], box, "reply" if rows[ticket] else "ticket", number, message, at, at + 200, at + 300, False, 1, key))
            came = (at, message)
            people_ = f"{name} {address} {json.dumps([own])} []"
        else:
            agent = dice.choice(agents)
            messages.append((message, number, kind, agent, staff[agent], own, json.dumps([f"{name} <{address}>"]), "[]", f"Re: {subject}", said, None, None, 0, at, at, key))
            delivery += 1
            state, to = "sent", "accepted"
            if lost and message > total * 0.97 and waits and dice.random() < 0.3:
                waits, state, to, box_ = waits - 1, "waiting", "waiting", dice.choice(lost)
            elif message > total * 0.99 and dice.random() < 0.02:
                state, to, box_ = dice.choice(["refused", "uncertain"]), "handed", box
            else:
                box_ = box
            deliveries.append((delivery, message, number, box_, state, key, at, 0 if state == "waiting" else 1, at, at, "550 5.1.1 no such user" if state == "refused" else None, "smtp.office365.com", 1, 0, 0))
            recipients.append((delivery, address, "to", to if state != "refused" else "refused", "550 5.1.1 no such user" if state == "refused" else None))
            if state != "waiting":
                attempts.append((delivery, at, at + 80, at + 200, "sent" if state == "sent" else "refused" if state == "refused" else None, 0))
            came = rows[ticket] and (rows[ticket][8], rows[ticket][10])
            people_ = f"{staff[agent]} {own} {json.dumps([f'{name} <{address}>'])} []"
        found.append((message, subject, said + "\n" + (quoted or ""), people_, number))
        created = rows[ticket][6] if rows[ticket] else at
        late = (NOW - at) / DAY
        status = "closed" if dice.random() < (0.15 if late < 7 else 0.6 if late < 30 else 0.97) else "waiting" if kind == "reply" else "open"
        assignee = dice.choice(agents) if kind == "reply" or dice.random() < 0.5 else None
        rows[ticket] = (number, subject, status, box, requesters[person], assignee, created, at, came[0], own, came[1])
        if late > 1 or dice.random() < 0.4:
            seen[number] = message
        if len(messages) >= 2_000:
            flush()
    flush()
    insert("ticket", "id, subject, status, mailbox_id, requester_id, assignee_id, created_at, updated_at, customer_at, reply_from, customer_message_id", rows)
    insert("ticket_seen", "ticket_id, person_id, message_id", [(ticket, admin, message) for ticket, message in seen.items()])
    insert("ticket_count", "status, tickets", db.execute("SELECT status, count(*) FROM ticket GROUP BY status").fetchall())
    db.executemany("UPDATE folder SET cursor = ?, found = ? WHERE id = ?", [(uid, uid, 2 * box - 1) for box, uid in uids.items()])
    return total


admin, agents = fill_people()
addresses, lost = fill_mailboxes()
messages = fill_tickets(admin, agents, addresses, lost)
one = lambda sql: db.execute(sql).fetchone()[0]


def word_in(part):
    """The first word, by how often they are drawn, whose beginning stands in at most this part of all messages."""
    for word in VOCABULARY[len(KNOWN) :: 7]:
        found = one(f"SELECT count(*) FROM search WHERE search MATCH '\"{word}\"*'")
        if 0 < found <= part * messages:
            return [word, found]


print(json.dumps({
    "mailboxes": mailboxes, "tickets": tickets, "messages": messages, "replies": one("SELECT count(*) FROM delivery"), "requesters": one("SELECT count(*) FROM requester"),
    "several": one("SELECT count(*) FROM (SELECT 1 FROM ticket GROUP BY requester_id HAVING count(*) > 1)"),
    "open": one("SELECT count(*) FROM ticket WHERE status = 'open'"), "waiting": one("SELECT count(*) FROM ticket WHERE status = 'waiting'"), "closed": one("SELECT count(*) FROM ticket WHERE status = 'closed'"),
    "stopped": len(lost), "longest": one("SELECT ticket_id FROM message GROUP BY ticket_id ORDER BY count(*) DESC, ticket_id LIMIT 1"),
    "recent": [row[0] for row in db.execute("SELECT id FROM ticket ORDER BY updated_at DESC, id DESC LIMIT 2000")],
    "customers": [row[0] for row in db.execute("SELECT address FROM requester ORDER BY id DESC LIMIT 100")],
    "frequent": word_in(0.05), "seldom": word_in(0.002),
}))
db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
