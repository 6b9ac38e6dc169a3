//! Presets: none lost, and found by domain and MX.

use domain::presets::{AuthKind, Encryption, preset_for_domain, preset_for_mx, presets};
use domain::provider::ProviderKind;

#[test]
fn all_113_presets_are_there() {
    let facts: Vec<Vec<&str>> =
        include_str!("../facts/presets.tsv").lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!((facts.len(), presets().len()), (113, 113));
    for (fact, preset) in facts.iter().zip(presets()) {
        let tls = |encryption| match encryption {
            Encryption::Tls => "tls",
            Encryption::Starttls => "starttls",
        };
        let auth: Vec<&str> = preset
            .auth
            .iter()
            .map(|kind| match kind {
                AuthKind::Oauth2 => "oauth2",
                AuthKind::AppPassword => "app_password",
                AuthKind::Password => "password",
            })
            .collect();
        let ours = [
            preset.provider.to_owned(),
            preset.imap.host("%EMAILDOMAIN%"),
            preset.imap.port.to_string(),
            tls(preset.imap.encryption).to_owned(),
            preset.smtp.host("%EMAILDOMAIN%"),
            preset.smtp.port.to_string(),
            tls(preset.smtp.encryption).to_owned(),
            auth.join("|"),
            preset.domains.split(' ').count().to_string(),
        ];
        assert_eq!(fact.as_slice(), ours.as_slice());
    }
}

#[test]
fn domains_and_mx_hosts_find_their_preset() {
    let by_domain = |domain| preset_for_domain(domain).map(|preset| preset.provider);
    let by_mx = |host| preset_for_mx(host).map(|preset| preset.provider);
    assert_eq!(by_domain("Gmail.com"), Some("Gmail / Google Workspace"));
    assert_eq!(by_domain("contoso.onmicrosoft.com"), Some("Microsoft 365 (Exchange Online)"));
    assert_eq!(by_domain("hotmail.co.uk"), Some("Outlook.com / Hotmail / Live / MSN"));
    assert_eq!(by_domain("contoso.example"), None);
    assert_eq!(by_domain("shop.usa.com"), None, "a domain below a free provider's is not its own");
    assert_eq!(by_domain(""), None);
    assert_eq!(by_domain("a b.com"), None);
    assert_eq!(by_mx("contoso-com.mail.protection.outlook.com."), Some("Microsoft 365 (Exchange Online)"));
    assert_eq!(by_mx("hotmail-com.olc.protection.outlook.com"), Some("Outlook.com / Hotmail / Live / MSN"));
    assert_eq!(by_mx("contoso-com.o-v1.mx.microsoft"), Some("Microsoft 365 (Exchange Online)"));
    assert_eq!(by_mx("ASPMX.L.GOOGLE.COM"), Some("Gmail / Google Workspace"));
    assert_eq!(by_mx("smtp.google.com"), Some("Gmail / Google Workspace"));
    assert_eq!(by_mx("in1-smtp.messagingengine.com"), Some("Fastmail"));
    assert_eq!(by_mx("mx01.mail.icloud.com"), Some("Apple iCloud Mail"));
    assert_eq!(by_mx("mta7.am0.yahoodns.net"), Some("Yahoo Mail"));
    assert_eq!(by_mx("mx.zoho.eu"), Some("Zoho Mail (EU)"));
    assert_eq!(by_mx("eu-smtp-inbound-1.mimecast.com"), None);
    assert_eq!(by_mx("google.com.evil.example"), None);
    let inbox = preset_for_domain("inbox.lv").unwrap();
    assert_eq!(inbox.imap.host("inbox.lv"), "mail.inbox.lv");
    let icloud = preset_for_domain("me.com").unwrap();
    assert_eq!(icloud.imap.user("ada@me.com"), Some("ada"));
    assert_eq!(icloud.smtp.user("ada@me.com"), Some("ada@me.com"));
    assert_eq!(preset_for_domain("outlook.com").unwrap().kind(), ProviderKind::Microsoft);
    assert_eq!(preset_for_domain("gmail.com").unwrap().kind(), ProviderKind::Google);
}
