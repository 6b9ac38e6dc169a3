use super::*;

fn shown(body: &str) -> String {
    clean(body, &HashMap::new(), false).0
}

#[test]
fn hostile_markup_is_harmless() {
    for body in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<svg><script>alert(1)</script></svg>",
        "<svg onload=alert(1)>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\" java\nscript:alert(1)\">x</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
        "<iframe src=\"https://evil.example\"></iframe>",
        "<object data=\"https://evil.example\"></object><embed src=\"https://evil.example\">",
        "<form action=\"https://evil.example\"><input name=a><button>b</button></form>",
        "<base href=\"https://evil.example/\"><link rel=stylesheet href=\"https://evil.example/x.css\">",
        "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
        "<style>@import url(https://evil.example/x.css);</style>",
        "<div style=\"background:url(https://evil.example/a.png)\">x</div>",
        "<div style=\"background-color:u\\72l(https://evil.example/a.png)\">x</div>",
        "<div style=\"list-style-type:url(https://evil.example/a.png)\">x</div>",
        "<table background=\"https://evil.example/a.png\"><tr><td background=\"https://evil.example/b.png\">x</table>",
        "<img srcset=\"https://evil.example/a.png 2x\">",
        "<video poster=\"https://evil.example/a.png\"><source src=\"https://evil.example/a.mp4\"></video>",
        "<audio src=\"https://evil.example/a.mp3\">",
        "<img src=\"//evil.example/a.png\">",
        "<img src=\"/files/../evil.example\"><a href=\"/files/evil.example\">x</a>",
        "<img src=\"https://evil.example/a.png\">",
        "<img src=\"data:image/svg+xml,<svg onload=alert(1)>\">",
        "<p onclick=\"alert(1)\" id=x class=y>text</p>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<div style=\"position:fixed;top:0;left:0;width:100%\">x</div>",
    ] {
        let html = shown(body).to_lowercase();
        for never in [
            "alert(1)</script",
            "<script",
            "onerror",
            "onload",
            "onclick",
            "javascript:",
            "evil.example",
            "url(",
            "<iframe",
            "<form",
            "<input",
            "<svg",
            "<style",
            "<meta",
            "<link",
            "<base",
            "position",
        ] {
            assert!(!html.contains(never), "{never} in {html} of {body}");
        }
    }
}

#[test]
fn links_open_apart() {
    let html = shown("<a href=\"https://x.example/a?b=1&amp;c=2\">x</a>");
    assert!(html.contains("target=\"_blank\"") && html.contains("rel=\"noopener noreferrer\""), "{html}");
    assert!(html.contains("https://x.example/a?b=1&amp;c=2"), "{html}");
    assert!(shown("<a href=\"mailto:a@x.example\">x</a>").contains("mailto:a@x.example"));
}

#[test]
fn images_are_counted_blocked_and_mapped() {
    let body = "<img src=\"https://x.example/1.png\"><img src=\"HTTP://x.example/2.png\"><img src=\"cid:logo%40x\"><img src=\"cid:other\"><img src=\"data:image/png;base64,AAAA\">";
    let files = HashMap::from([("logo@x".to_owned(), "/files/abc".to_owned())]);
    let blocked = document(body, &files, false);
    assert_eq!(blocked.remote_images, 2);
    assert!(!blocked.html.contains("x.example"), "{}", blocked.html);
    assert!(blocked.html.contains("src=\"/files/abc\""), "{}", blocked.html);
    assert!(blocked.html.contains("data:image/png;base64,AAAA"));
    let shown = document(body, &files, true);
    assert!(shown.html.contains("https://x.example/1.png"));
    assert_eq!(shown.remote_images, 2);
    assert_eq!(count_remote(body), 2);
}

#[test]
fn deep_nesting_is_survived() {
    let body = "<div>".repeat(5_000) + "x";
    assert!(document(&body, &HashMap::new(), false).html.contains('x'));
}

#[test]
fn ordinary_formatting_stays() {
    let html = shown(
        "<p style=\"color:red;margin:0\">Hello <b>you</b></p><table bgcolor=\"#fff\"><tr><td colspan=2>x</td></tr></table>",
    );
    assert!(html.contains("color:red") && html.contains("<b>you</b>") && html.contains("colspan=\"2\""), "{html}");
}
