use super::*;

fn mail(source: &str) -> Mail {
    read_now(source.replace('\n', "\r\n").as_bytes()).expect("it can be read")
}

#[test]
fn a_plain_message() {
    let mail = mail(
        "Message-ID: <1@x.example>\nFrom: Anna <Anna@X.example>\nTo: support@desk.example, \"Bob, B.\" <bob@y.example>\nSubject: =?utf-8?q?Dr=C3=BCcker?=\nDate: Sun, 3 May 2026 10:00:00 +0200\nIn-Reply-To: <0@x.example>\nReferences: <a@x.example> <b@x.example> <0@x.example>\n\nHello\n",
    );
    assert_eq!(mail.identity.key, "1@x.example");
    assert_eq!(mail.ancestors, ["0@x.example", "b@x.example", "a@x.example"]);
    assert_eq!(mail.from, Some(Party { name: "Anna".into(), address: "anna@x.example".into() }));
    assert_eq!(mail.to[1].line(), "Bob B. <bob@y.example>");
    assert_eq!(mail.subject, "Drücker");
    assert_eq!(mail.date, Some(Time(1_777_795_200_000)));
    assert_eq!((mail.text.as_str(), mail.quoted, mail.html), ("Hello", None, None));
    assert_eq!(mail.automatic, Automatic::No);
}

#[test]
fn identity_outlives_another_rendering() {
    let one = mail(
        "Message-ID: <1@x>\nFrom: Anna <a@x>\nTo: b@y\nSubject: =?utf-8?q?H=C3=BC?=\nDate: Sun, 3 May 2026 10:00:00 +0200\n\nHello\n",
    );
    let two = mail(
        "Received: by z\nDate: Sun, 3 May 2026 08:00:00 +0000\nSubject: =?iso-8859-1?q?H=FC?=\nTo: <b@y>\nFrom: \"Anna\" <A@x>\nMessage-ID:\n <1@x>\n\nOther bytes\n",
    );
    assert_eq!(one.identity, two.identity);
    let header = "Message-ID: <1@x>\r\nFrom: Anna <a@x>\r\nTo: b@y\r\nSubject: =?utf-8?q?H=C3=BC?=\r\nDate: Sun, 3 May 2026 10:00:00 +0200\r\n\r\n";
    assert_eq!(identify(header.as_bytes()), one.identity);
    let other = mail(
        "Message-ID: <1@x>\nFrom: Anna <a@x>\nTo: b@y\nSubject: Other\nDate: Sun, 3 May 2026 10:00:00 +0200\n\nHello\n",
    );
    assert_eq!(one.identity.key, other.identity.key);
    assert_ne!(one.identity.digest, other.identity.digest);
}

#[test]
fn without_message_id_the_text_takes_part() {
    let one = mail("From: a@x\nSubject: s\n\nfirst\n");
    let two = mail("From: a@x\nSubject: s\n\nsecond\n");
    assert!(one.identity.key.starts_with("none:"));
    assert_ne!(one.identity, two.identity);
    assert_eq!(one.identity, mail("From: a@x\nSubject: s\n\nfirst\n").identity);
    assert!(mail(&format!("Message-ID: <{}@x>\nFrom: a@x\n\nt\n", "a".repeat(900))).identity.key.starts_with("long:"));
}

#[test]
fn automatic_mail() {
    use Automatic::{Answer, Bounce, Generated, No};
    for (header, wanted) in [
        ("Subject: x", No),
        ("Auto-Submitted: no", No),
        ("Auto-Submitted: auto-replied", Answer),
        ("Auto-Submitted: auto-replied; owner-email=\"x\"", Answer),
        ("Auto-Submitted: auto-generated", Generated),
        ("auto-submitted: Auto-Notified", Generated),
        ("Precedence: bulk", No),
        ("Precedence: auto_reply", Answer),
        ("List-Id: <x.example>", No),
        ("X-Auto-Response-Suppress: All", No),
        ("X-Autoreply: yes", Answer),
        ("Return-Path: <>", Generated),
        ("Return-Path: <>\nIn-Reply-To: <1@x>", Answer),
        ("Return-Path: <a@x.example>", No),
        ("X-Failed-Recipients: b@y.example", Bounce),
        ("Content-Type: multipart/report; report-type=disposition-notification; boundary=b", Answer),
    ] {
        assert_eq!(mail(&format!("From: a@x.example\n{header}\n\ntext\n")).automatic, wanted, "{header}");
    }
    assert_eq!(mail("From: MAILER-DAEMON@x.example\nReturn-Path: <>\n\ntext\n").automatic, Bounce);
}

#[test]
fn nesting_is_bounded_before_the_parser_recurses() {
    let deep = |levels: usize| "Content-Type: message/rfc822\r\n\r\n".repeat(levels) + "Subject: x\r\n\r\nx";
    assert_eq!(read_now(deep(30_000).as_bytes()), Err(Broken::TooDeep));
    let thread = std::thread::Builder::new().stack_size(STACK);
    let source = deep(LEVELS - 1);
    let read = thread.spawn(move || read_now(source.as_bytes()).map(|_| ())).expect("a thread");
    assert_eq!(read.join().expect("no overflow"), Ok(()));
}

#[test]
fn text_of_markup() {
    for (html, text) in [
        ("<p>One</p><p>Two &amp; three</p>", "One\n\nTwo & three"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<head><title>no</title><style>p{}</style></head>yes", "yes"),
        ("<script>if (a < b) {}</script>yes", "yes"),
        ("<style>never closed", "never closed"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<a href=\"x>y\">link</a>", "link"),
        ("<a href=\"open>link</a> more", "link more"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<!-- gone -->x<!-- open", "x"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("", ""),
    ] {
        assert_eq!(to_text(html), text, "{html}");
    }
    let started = std::time::Instant::now();
    for piece in ["<", "<a \"", "<style>", "<!--", "&amp", "</"] {
        to_text(&piece.repeat((1 << 20) / piece.len()));
    }
    assert!(started.elapsed().as_secs() < 20, "quadratic");
}
