//! Reads the guides' files: `key: value` lines under `[section]` heads; after `--` a script's own lines.

use super::{Choice, Guide, GuideStep, Line, Script, Whose};
use std::sync::OnceLock;

/// What is wrong with a file, and in which line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {0}: {1}")]
pub struct GuideError(pub usize, pub &'static str);

const FILES: [&str; 2] =
    [include_str!("../../data/guides/microsoft-entra.txt"), include_str!("../../data/guides/google-console.txt")];

/// Every guide. A file that does not parse is left out, and a test counts them.
pub fn all() -> &'static [Guide] {
    static GUIDES: OnceLock<Vec<Guide>> = OnceLock::new();
    GUIDES.get_or_init(|| FILES.iter().filter_map(|text| parse(text).ok()).collect())
}

/// The guide of a provider.
pub fn of(provider_key: &str) -> Option<&'static Guide> {
    all().iter().find(|guide| guide.provider == provider_key)
}

enum At {
    Head,
    Choice,
    Step,
    Script { body: bool },
    Mean,
}

fn list(words: &str, line: usize) -> Result<Vec<Whose>, GuideError> {
    words.split_whitespace().map(|w| Whose::from_key(w).ok_or(GuideError(line, "whose mailboxes?"))).collect()
}

/// Parses one file.
pub fn parse(text: &str) -> Result<Guide, GuideError> {
    let mut guide = Guide::default();
    let mut at = At::Head;
    for (n, raw) in text.lines().enumerate() {
        let n = n + 1;
        let line = raw.trim();
        if let Some(head) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            let (kind, rest) = head.split_once(' ').unwrap_or((head, ""));
            at = open(&mut guide, kind, rest, n)?;
            continue;
        }
        if let At::Script { body } = &mut at {
            if *body {
                if let Some(script) = guide.scripts.last_mut() {
                    script.text += raw;
                    script.text.push('\n');
                }
                continue;
            }
            if line == "--" {
                *body = true;
                continue;
            }
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (key, value) = line.split_once(':').ok_or(GuideError(n, "neither key nor section"))?;
        put(&mut guide, &at, key, value.trim(), n)?;
    }
    for script in &mut guide.scripts {
        script.text = script.text.trim_end().to_owned();
    }
    Ok(guide)
}

fn open(guide: &mut Guide, kind: &str, rest: &str, n: usize) -> Result<At, GuideError> {
    match kind {
        "whose" => {
            let whose = Whose::from_key(rest).ok_or(GuideError(n, "whose mailboxes?"))?;
            let empty = String::new;
            guide.choices.push(Choice {
                whose,
                title: empty(),
                hint: empty(),
                choose: empty(),
                audience: empty(),
                tenant: empty(),
            });
            Ok(At::Choice)
        }
        "step" => {
            guide.steps.push(GuideStep { title: String::new(), lines: Vec::new(), only: Vec::new() });
            Ok(At::Step)
        }
        "script" => {
            let (title, needs, text) = (String::new(), String::new(), String::new());
            guide.scripts.push(Script { title, needs, text, only: list(rest, n)? });
            Ok(At::Script { body: false })
        }
        "mean" => {
            guide.meanings.push(Default::default());
            Ok(At::Mean)
        }
        _ => Err(GuideError(n, "no such section")),
    }
}

fn put(guide: &mut Guide, at: &At, key: &str, value: &str, n: usize) -> Result<(), GuideError> {
    let unknown = || GuideError(n, "no such key here");
    let pair = || {
        let (field, value) = value.split_once(" | ").ok_or(GuideError(n, "a field and a value, split by |"))?;
        Ok((field.trim().to_owned(), value.trim().to_owned()))
    };
    let text = || value.to_owned();
    match at {
        At::Head => match key {
            "provider" => guide.provider = text(),
            "console" => guide.console = text(),
            "address" => guide.address = text(),
            "checked" => guide.checked = text(),
            "who" => guide.who = text(),
            "no-script" => guide.no_script = text(),
            _ => return Err(unknown()),
        },
        At::Choice => {
            let choice = guide.choices.last_mut().ok_or_else(unknown)?;
            match key {
                "title" => choice.title = text(),
                "hint" => choice.hint = text(),
                "choose" => choice.choose = text(),
                "audience" => choice.audience = text(),
                "tenant" => choice.tenant = text(),
                _ => return Err(unknown()),
            }
        }
        At::Step => {
            let step = guide.steps.last_mut().ok_or_else(unknown)?;
            match key {
                "title" => step.title = text(),
                "only" => step.only = list(value, n)?,
                "click" => step.lines.push(Line::Click(text())),
                "care" => step.lines.push(Line::Care(text())),
                "copy" => pair().map(|(field, value)| step.lines.push(Line::Copy(field, value)))?,
                "choose" => pair().map(|(field, value)| step.lines.push(Line::Choose(field, value)))?,
                _ => return Err(unknown()),
            }
        }
        At::Script { .. } => {
            let script = guide.scripts.last_mut().ok_or_else(unknown)?;
            match key {
                "title" => script.title = text(),
                "needs" => script.needs = text(),
                _ => return Err(unknown()),
            }
        }
        At::Mean => {
            let meaning = guide.meanings.last_mut().ok_or_else(unknown)?;
            match key {
                "title" => meaning.0 = text(),
                "text" => meaning.1 = text(),
                _ => return Err(unknown()),
            }
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Time;

    const REDIRECT: &str = "https://desk.example/oauth/callback";

    #[test]
    fn every_file_is_a_whole_guide() {
        for text in FILES {
            let guide = parse(text).unwrap();
            let day: Vec<i64> = guide.checked.split('-').map(|p| p.parse().unwrap()).collect();
            assert!(Time::from_date(day[0], day[1] as u8, day[2] as u8).is_some(), "{}", guide.checked);
            assert!(guide.address.starts_with("https://") && !guide.who.is_empty());
            assert_eq!(guide.choices.iter().map(|c| c.whose).collect::<Vec<_>>(), Whose::ALL);
            for whose in Whose::ALL {
                let filled = guide.filled(whose, REDIRECT, "Mailkeep");
                assert!(filled.steps.len() >= 4, "{}: {whose:?}", guide.provider);
                let text = filled.text();
                assert!(text.contains(REDIRECT) && !text.contains('{'), "{text}");
                assert!(filled.steps.iter().all(|s| !s.title.is_empty() && !s.lines.is_empty()));
                // What a shell would read as ours is gone; its own braces stay.
                for script in &filled.scripts {
                    assert!(!["{redirect}", "{name}", "{audience}"].iter().any(|m| script.text.contains(m)));
                }
            }
        }
        assert_eq!(all().len(), FILES.len());
    }

    #[test]
    fn what_goes_wrong_most_often_is_said() {
        let said = |key, whose| of(key).unwrap().filled(whose, REDIRECT, "Mailkeep").text();
        let one = said("microsoft", Whose::One);
        for words in
            ["Web, not", "Value, not Secret ID", "IMAP.AccessAsUser.All", "SMTP.Send", "Expires", "Single tenant only"]
        {
            assert!(one.contains(words), "{words}: {one}");
        }
        assert!(
            one.contains("Grant admin consent") && !said("microsoft", Whose::Several).contains("Grant admin consent")
        );
        assert!(said("microsoft", Whose::Personal).contains("Tenant, here: common"));
        assert!(
            said("google", Whose::Several).contains("7 days")
                && said("google", Whose::One).contains("Audience: Internal")
        );
        let google = of("google").unwrap();
        assert!(google.no_script.contains("gcloud"));
        assert_eq!(google.meanings.len(), 3);
    }

    #[test]
    fn a_damaged_file_names_its_line() {
        assert_eq!(parse("provider: x\n[stop]").unwrap_err().0, 2);
        assert_eq!(parse("[step]\ncopy: no value").unwrap_err().0, 2);
        assert_eq!(parse("[whose nobody]").unwrap_err().0, 1);
        assert_eq!(parse("words").unwrap_err().0, 1);
    }
}
