//! What is made to stop a parser: it may cost time and memory in proportion to its length, no more.

use super::*;
use std::time::Duration;

/// What one message may take of a processor, in a build without optimisation.
const PATIENT: Duration = Duration::from_secs(10);

/// Time on a processor of this thread: however busy the machine is.
fn worked() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("the kernel counts");
    Duration::from_nanos(told.split_whitespace().next().and_then(|ns| ns.parse().ok()).expect("nanoseconds"))
}

fn timed<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let done = work();
        (done, worked())
    });
    let (done, took) = thread.expect("a thread").join().unwrap_or_else(|_| panic!("{name} broke the reader"));
    println!("{name}: {} ms", took.as_millis());
    assert!(took < PATIENT, "{name} took {took:?}");
    done
}

/// As intake reads it: with everything that is done to a message that was read.
fn read_all(source: &[u8]) -> Result<Mail, Broken> {
    let _ = (salvage(source), identify(source));
    let mail = read_now(source)?;
    let words = match &mail.quoted {
        Some(quoted) => format!("{}\n{quoted}", mail.text),
        None => mail.text.clone(),
    };
    let _ = (alike("a@x.example", &mail.subject, &words), inline("Fwd: x", &words), inline(&mail.subject, &words));
    let _ = proof(domain::provider::ProviderKind::Microsoft, &mail.vouched, "a@x.example");
    Ok(mail)
}

#[test]
fn ten_thousand_headers() {
    let headers: String = (0..10_000).map(|n| format!("X-Header-{n}: value {n}\r\n")).collect();
    let received = "Received: by x.example with SMTP id 1; Sun, 3 May 2026 10:00:00 +0200\r\n".repeat(10_000);
    let source = format!("{headers}{received}From: a@x.example\r\nSubject: jams\r\n\r\nIt jams.\r\n");
    let mail = timed("20,000 headers", move || read_all(source.as_bytes())).expect("it can be read");
    assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("jams", "It jams."));
}

#[test]
fn a_thousand_levels_of_multipart() {
    let mut source = String::from("From: a@x.example\r\nSubject: deep\r\n");
    for n in 0..1_000 {
        source += &format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n");
    }
    source += "Content-Type: text/plain\r\n\r\nIt jams.\r\n";
    for n in (0..1_000).rev() {
        source += &format!("\r\n--b{n}--\r\n");
    }
    let mail = timed("1,000 levels of multipart", move || read_all(source.as_bytes())).expect("it can be read");
    assert!(mail.text.contains("It jams."), "{:?}", mail.text);
    let forwarded = "Content-Type: message/rfc822\r\nSubject: in\r\n\r\n".repeat(1_000);
    let source = format!("From: a@x.example\r\n{forwarded}Subject: x\r\n\r\nIt jams.\r\n");
    timed("1,000 levels of message/rfc822", move || read_all(source.as_bytes())).expect("it can be read");
}

#[test]
fn sixty_megabytes_of_base64_on_one_line() {
    let mut source = b"From: a@x.example\r\nSubject: big\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n".to_vec();
    source.resize(source.len() + (60 << 20), b'A');
    let mail = timed("60 MB of base64 on one line", move || read_all(&source)).expect("it can be read");
    assert_eq!(mail.parts[0].bytes, 45 << 20);
}

/// Bytes.
const LONG: usize = 128 << 10;

/// Whatever a clumsy parser would look through again and again: what takes the square of this
/// length takes minutes.
#[test]
fn nothing_takes_the_square_of_its_length() {
    let headers = [
        "=?",
        "=?utf-8?q?a?= ",
        "=?utf-8?b?",
        "(",
        "\"",
        "<",
        "a@b.example, ",
        ",",
        ";",
        "\r\n ",
        "\\",
        "a*0=b; ",
        "<a@b> ",
        ":",
    ];
    for piece in headers {
        let long = piece.repeat(LONG / piece.len());
        for name in ["Subject", "From", "To", "References", "Content-Type: text/plain; x", "Authentication-Results"] {
            let source = format!("{name}: {long}\r\nFrom: b@x.example\r\n\r\nIt jams.\r\n");
            let _ = timed(&format!("{name}: {piece:?}"), move || read_all(source.as_bytes()));
        }
    }
    let bodies = [
        ">",
        "> ",
        ">\n",
        "\n",
        "[",
        "<",
        "[cid:",
        "<http:",
        "On 1 ",
        "On 1 wrote:\n",
        "From: a@b.example\n",
        "-----\n",
        "_",
        "____________\n",
        "---------- Forwarded message ---------\n",
        "--b\n",
        "--b",
        "--b--\n",
        "a@b.example;",
        "=",
        "=3D",
        "&",
        "&amp;",
        "\u{fffd}",
        "Von: ",
    ];
    for piece in bodies {
        let long = piece.repeat(LONG / piece.len());
        for head in [
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html",
            "Content-Type: multipart/mixed; boundary=b",
            "Content-Type: message/rfc822",
            "Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable",
            "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status",
        ] {
            let source = format!("From: b@x.example\r\nSubject: Fwd: x\r\n{head}\r\n\r\n--b\r\n\r\n{long}\r\n");
            let _ = timed(&format!("{piece:?} in {head}"), move || read_all(source.as_bytes()));
        }
    }
}

#[test]
fn markup_made_for_the_cleaner() {
    let fonts: String = (0..40_000).map(|n| format!("<font color={n}>")).collect();
    for (name, html) in [
        ("fonts over paragraphs", fonts + &"<p>x".repeat(200_000)),
        ("800,000 levels of div", "<div>".repeat(800_000)),
        ("formatting and tables", "<b><table><td><i>".repeat(100_000)),
        ("attributes", format!("<a {}>", "b='c' ".repeat(200_000))),
        ("entities", "&notit;".repeat(300_000)),
        ("links", "<a href=x>".repeat(200_000)),
        ("select", "<select><option>".repeat(100_000)),
        ("svg", "<svg><foreignObject><p>".repeat(50_000)),
        ("template", "<template>".repeat(100_000)),
    ] {
        let source = format!("From: a@x.example\r\nContent-Type: text/html\r\n\r\n{html}");
        let mail = timed(name, move || read_all(source.as_bytes()));
        if let Ok(Some(html)) = mail.map(|mail| mail.html) {
            timed(&format!("{name}, shown"), move || {
                crate::html::document(&html, &Default::default(), true).html.len()
            });
        }
    }
}

/// xorshift: the same mutants in every run with the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides.max(1) as u64).unwrap_or(0)
    }
}

/// One change to a message, as carelessness or malice makes it.
fn mutated(dice: &mut Dice, set: &[Vec<u8>]) -> Vec<u8> {
    let pick = dice.roll(set.len());
    let mut mail = set[pick].clone();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(mail.len());
        match dice.roll(9) {
            0 => mail.truncate(at),
            1 => mail.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (at % 8)),
            2 => mail.insert(at.min(mail.len()), [0, 0xff, b'\r', b'\n', b'"', b'<', b'=', 0x80][at % 8]),
            3 => {
                // A header line twice, or elsewhere.
                let lines: Vec<&[u8]> = mail.split_inclusive(|b| *b == b'\n').collect();
                let line = lines.get(dice.roll(lines.len())).map(|l| l.to_vec()).unwrap_or_default();
                mail.splice(0..0, line);
            }
            4 => {
                let other = &set[dice.roll(set.len())];
                let from = dice.roll(other.len());
                mail.truncate(at);
                mail.extend_from_slice(&other[from..]);
            }
            5 => {
                let until = (at + dice.roll(64)).min(mail.len());
                mail.drain(at.min(until)..until);
            }
            6 => mail.retain(|b| *b != b'\r'),
            7 => {
                let until = (at + dice.roll(200)).min(mail.len());
                let piece = mail[at.min(until)..until].repeat(1 + dice.roll(30));
                mail.splice(at.min(until)..at.min(until), piece);
            }
            _ => mail.iter_mut().for_each(|b| *b = if *b == b'\n' && at.is_multiple_of(2) { b'\r' } else { *b }),
        }
    }
    mail
}

#[test]
fn three_thousand_mutants_of_the_torture_set() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
    let mut paths: Vec<_> =
        std::fs::read_dir(folder).expect("the set").map(|entry| entry.expect("one").path()).collect();
    paths.sort();
    let set: Vec<Vec<u8>> =
        paths.iter().map(|path| std::fs::read(path).expect("a message")).filter(|m| m.len() < 64 << 10).collect();
    let seed = option_env!("MAILKEEP_SEED").and_then(|seed| seed.parse().ok()).unwrap_or(20_261_122);
    let (read, broken) = timed(&format!("3,000 mutants of seed {seed}"), move || {
        let mut dice = Dice(seed);
        let (mut read, mut broken) = (0, 0);
        for n in 0..3_000 {
            let mail = mutated(&mut dice, &set);
            let outcome = std::panic::catch_unwind(|| read_all(&mail));
            match outcome {
                Ok(Ok(mail)) => {
                    assert!(
                        !mail.text.contains('\0') && !mail.subject.contains(['\0', '\n']),
                        "mutant {n} of seed {seed}"
                    );
                    read += 1;
                }
                Ok(Err(_)) => broken += 1,
                Err(_) => panic!("mutant {n} of seed {seed} broke the reader: {}", String::from_utf8_lossy(&mail)),
            }
        }
        (read, broken)
    });
    println!("{read} read, {broken} to be quarantined");
    assert!(read > 2_000 && broken > 0);
}
