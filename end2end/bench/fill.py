"""Fills a Maildir with a help desk's mail, the same for the same seed.

    fill.py MAILDIR UID ADDRESS COUNT [SEED [ANSWERS]]

Plain and alternative messages of 10 to 20 KB, in eight character sets and all transfer encodings; two in five
(or ANSWERS, a share) answer others, one in a hundred names no Message-ID. Prints COUNT and the bytes that an IMAP server will send.
"""
import base64, email.header, os, quopri, random, sys, time

box, uid, address, count = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
seed = int(sys.argv[5]) if len(sys.argv) > 5 else 1
answering = float(sys.argv[6]) if len(sys.argv) > 6 else 0.4
dice = random.Random(seed)
WORDS = {
    "us-ascii": "order invoice parcel broken screen refund login account error thanks waiting since monday urgent please label battery",
    "utf-8": "größe żółć naïve 订单 заказ 👍 paiement übermorgen 注文 façade",
    "windows-1252": "straße prüfen façade élève señor año coût “quoted” – dash",
    "iso-8859-2": "zamówienie płatność wysyłka hasło błąd źródło dziękuję",
    "windows-1251": "заказ оплата доставка ошибка пароль спасибо вернуть",
    "koi8-r": "заказ доставка ошибка спасибо пароль",
    "iso-2022-jp": "注文 配送 返金 問題 請求書",
    "gb18030": "订单 退款 发货 密码 问题 谢谢",
}
WORDS = {name: words.split() for name, words in WORDS.items()}
SHARES = [40, 24, 12, 8, 6, 2, 4, 4]
recent = []


def text(charset, size):
    words, lines, length = WORDS[charset] + WORDS["us-ascii"] * dice.randint(0, 1), [], 0
    while length < size:
        lines.append(" ".join(dice.choices(words, k=dice.randint(4, 12))))
        length += len(lines[-1]) + 1
        if dice.random() < 0.1:
            lines.append("")
    return "\n".join(lines) + "\n"


def leaf(kind, body, charset):
    raw = body.encode(charset, "replace")
    plain = charset in ("us-ascii", "iso-2022-jp")
    encoding = "7bit" if plain else dice.choice(["base64", "quoted-printable", "quoted-printable", "8bit"])
    if encoding == "base64":
        raw = base64.encodebytes(raw)
    elif encoding == "quoted-printable":
        raw = quopri.encodestring(raw)
    return f"Content-Type: text/{kind}; charset={charset}\nContent-Transfer-Encoding: {encoding}\n\n".encode() + raw


def body(charset):
    if dice.random() < 0.4:
        return leaf("plain", text(charset, dice.randint(6000, 10500)), charset)
    said = text(charset, dice.randint(2300, 4600))
    html = "<html><body>" + "".join(f'<p style="margin:0">{line}</p>\n' for line in said.split("\n")) + "</body></html>\n"
    bar = f"bar{dice.getrandbits(60):x}"
    parts = b"".join(f"--{bar}\n".encode() + leaf(kind, what, charset) + b"\n" for kind, what in (("plain", said), ("html", html)))
    return f'Content-Type: multipart/alternative; boundary="{bar}"\n\n'.encode() + parts + f"--{bar}--\n".encode()


def field(words, charset):
    return email.header.Header(" ".join(words), None if charset == "us-ascii" else charset, maxlinelen=70).encode()


def message(n):
    charset = dice.choices(list(WORDS), weights=SHARES)[0]
    sender, own = f"customer{dice.randrange(500)}@customer.example", f"<{n}.{dice.getrandbits(48):x}@customer.example>"
    answers = bool(recent) and dice.random() < answering
    head = [
        f"Return-Path: <{sender}>",
        f"Received: from out.customer.example (out.customer.example [192.0.2.{dice.randrange(255)}])\n\tby mx.rig.example with ESMTPS id {dice.getrandbits(40):x}\n\tfor <{address}>; Sat, 21 Nov 2026 20:00:00 +0000",
        f"From: {field(dice.choices(WORDS[charset], k=2), charset)} <{sender}>",
        f"To: <{address}>",
        f"Subject: {'Re: ' if answers else ''}{field(dice.choices(WORDS[charset], k=5), charset)}",
        f"Date: Sat, 21 Nov 2026 {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02} +0000",
        "MIME-Version: 1.0",
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=customer.example; s=s1;\n\th=from:to:subject:date; b=" + "\n\t ".join("B" * 70 for _ in range(5)),
    ]
    if dice.random() > 0.01:
        head.append(f"Message-ID: {own}")
        recent.append(own)
        del recent[:-200]
    if answers:
        named = dice.sample(recent[:-1] or recent, min(len(recent[:-1] or recent), dice.choice([1, 1, 2, 3, 20])))
        head += [f"In-Reply-To: {named[-1]}", "References: " + "\n ".join(named)]
    return "\n".join(head).encode() + b"\n" + body(charset)


# Every codec is loaded before the rights of root are given up: another user may not read Python's library.
for name, words in WORDS.items():
    field(words, name), " ".join(words).encode(name)
os.setegid(uid)
os.seteuid(uid)
os.umask(0o077)
now, sent = int(time.time()), 0
for n in range(count):
    what = message(n)
    wire = len(what) + what.count(b"\n")
    sent += wire
    name = f"{now}.M{n:06}P{os.getpid()}S{seed}.rig,S={len(what)},W={wire}"
    with open(f"{box}/tmp/{name}", "wb") as file:
        file.write(what)
    os.rename(f"{box}/tmp/{name}", f"{box}/new/{name}")
print(count, sent)
