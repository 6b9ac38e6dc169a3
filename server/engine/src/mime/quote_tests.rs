use super::*;

#[test]
fn plain_quotations() {
    for (name, text, kept, folded) in [
        ("nothing quoted", "Hello\nthere", "Hello\nthere", false),
        (
            "Gmail",
            "Thanks!\n\nOn Mon, 3 May 2026 at 10:00, Anna <a@x.example> wrote:\n> Hi\n> there\n",
            "Thanks!",
            true,
        ),
        (
            "folded attribution",
            "Thanks!\n\nOn Mon, 3 May 2026 at 10:00, Anna Long Name\n<a@x.example> wrote:\n\n> Hi",
            "Thanks!",
            true,
        ),
        ("German", "Danke\n\nAm 03.05.2026 um 10:00 schrieb Anna:\n> Hallo", "Danke", true),
        ("French", "Merci\n\nLe 3 mai 2026 à 10:00, Anna a écrit :\n> Bonjour", "Merci", true),
        ("Outlook", "Done.\n\nFrom: Anna\nSent: Monday\nTo: Bob\nSubject: Hi\n\nold text", "Done.", true),
        ("Outlook, German", "Erledigt.\n\n-----Ursprüngliche Nachricht-----\nVon: Anna\n\nalt", "Erledigt.", true),
        ("a ruled line", "Done.\n________________________________\nFrom: Anna <a@x.example>\nold", "Done.", true),
        ("answered below", "> Is it on?\n\nYes, it is.", "Yes, it is.", true),
        (
            "answered between",
            "Hi\n> Is it on?\nYes.\n> Is it hot?\nNo.",
            "Hi\n> Is it on?\nYes.\n> Is it hot?\nNo.",
            false,
        ),
        ("only quoted", "> one\n> two", "> one\n> two", false),
        (
            "forwarded",
            "See below\n\n---------- Forwarded message ---------\nFrom: Anna\nDate: x\nSubject: y\n\nbody",
            "See below\n\n---------- Forwarded message ---------\nFrom: Anna\nDate: x\nSubject: y\n\nbody",
            false,
        ),
        ("a sentence that begins with On", "On 3 May we met:\nit rained", "On 3 May we met:\nit rained", false),
        ("From: in a sentence", "From: nobody\nnothing else", "From: nobody\nnothing else", false),
        ("empty", "", "", false),
    ] {
        let (text, quoted) = split(text);
        assert_eq!((text.as_str(), quoted.is_some()), (kept, folded), "{name}");
    }
}

#[test]
fn formatted_quotations() {
    let gmail = r#"<div dir="ltr">Thanks!<br></div><br><div class="gmail_quote"><div>On Mon, 3 May 2026 Anna wrote:</div><blockquote>Hi</blockquote></div>"#;
    assert_eq!(split_html(gmail), Some(("Thanks!".into(), "On Mon, 3 May 2026 Anna wrote:\n\nHi".into())));
    let outlook = r#"<p>Done</p><hr><div id="divRplyFwdMsg"><b>From:</b> Anna</div><div>old</div>"#;
    assert_eq!(split_html(outlook).map(|(text, _)| text), Some("Done".into()));
    assert_eq!(split_html("<p>Nothing quoted</p>"), None);
    assert_eq!(split_html(r#"<div class="gmail_quote">only quoted</div>"#), None);
    let forward = r#"See<div class="gmail_quote">---------- Forwarded message ---------<br>From: x</div>"#;
    assert_eq!(split_html(forward), None);
}
