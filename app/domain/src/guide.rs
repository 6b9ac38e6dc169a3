//! Guides through a provider's console, to an app registration: what to click and what to copy.
//!
//! The words are data, one file per provider and console with the date it was checked, because
//! consoles move and the program does not. A guide holds no secret: it may be sent to anybody.

#[cfg(feature = "data")]
mod parse;

#[cfg(feature = "data")]
pub use parse::{GuideError, all, of};

use serde::{Deserialize, Serialize};

/// Whose mailboxes will sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// One organisation's.
    One,
    Several,
    /// Personal accounts, alone or besides.
    Personal,
}

impl Whose {
    pub const ALL: [Whose; 3] = [Whose::One, Whose::Several, Whose::Personal];

    /// The word in addresses and in the database.
    pub fn key(self) -> &'static str {
        match self {
            Whose::One => "one",
            Whose::Several => "several",
            Whose::Personal => "personal",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|w| w.key() == key)
    }
}

/// One answer to *whose mailboxes?*, and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    pub whose: Whose,
    pub title: String,
    pub hint: String,
    /// The console's word for the account types.
    pub choose: String,
    /// The same in a script.
    pub audience: String,
    /// What goes into our field *Tenant*; empty: the organisation's own, or none.
    pub tenant: String,
}

/// A line of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Line {
    /// Something to click.
    Click(String),
    /// A field and the value to copy into it.
    Copy(String, String),
    /// A field and what to choose in it.
    Choose(String, String),
    /// What goes wrong most often.
    Care(String),
}

/// A step, under one title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuideStep {
    pub title: String,
    pub lines: Vec<Line>,
    /// For whose mailboxes; empty: all.
    pub only: Vec<Whose>,
}

/// The same as the steps, for a shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    pub title: String,
    /// What must be installed.
    pub needs: String,
    pub text: String,
    pub only: Vec<Whose>,
}

/// A guide through one console.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guide {
    /// The provider's key.
    pub provider: String,
    pub console: String,
    /// Where the console is.
    pub address: String,
    /// `YYYY-MM-DD`: when its words were compared with the provider's documentation.
    pub checked: String,
    /// Who may do it.
    pub who: String,
    /// Why there is no script, where there is none.
    pub no_script: String,
    /// What the console's choices mean: title and text.
    pub meanings: Vec<(String, String)>,
    pub choices: Vec<Choice>,
    pub steps: Vec<GuideStep>,
    pub scripts: Vec<Script>,
}

impl Guide {
    /// The choice for these mailboxes; the first where none fits.
    pub fn choice(&self, whose: Whose) -> Option<&Choice> {
        self.choices.iter().find(|c| c.whose == whose).or(self.choices.first())
    }

    /// The steps and scripts for these mailboxes, with every value filled in.
    #[must_use]
    pub fn filled(&self, whose: Whose, redirect: &str, name: &str) -> Guide {
        let choice = self.choice(whose);
        let of = |pick: fn(&Choice) -> &str| choice.map_or("", pick);
        let values = [
            ("{redirect}", redirect),
            ("{name}", name),
            ("{choose}", of(|c| &c.choose)),
            ("{audience}", of(|c| &c.audience)),
            ("{tenant}", of(|c| &c.tenant)),
        ];
        let fill = |text: &str| values.iter().fold(text.to_owned(), |text, (mark, value)| text.replace(mark, value));
        let fits = |only: &[Whose]| only.is_empty() || only.contains(&whose);
        let line = |line: &Line| match line {
            Line::Click(words) => Line::Click(fill(words)),
            Line::Copy(field, value) => Line::Copy(field.clone(), fill(value)),
            Line::Choose(field, value) => Line::Choose(field.clone(), fill(value)),
            Line::Care(words) => Line::Care(fill(words)),
        };
        let steps = self.steps.iter().filter(|s| fits(&s.only)).map(|s| GuideStep {
            title: s.title.clone(),
            lines: s.lines.iter().map(line).collect(),
            only: s.only.clone(),
        });
        let scripts =
            self.scripts.iter().filter(|s| fits(&s.only)).map(|s| Script { text: fill(&s.text), ..s.clone() });
        Guide { steps: steps.collect(), scripts: scripts.collect(), ..self.clone() }
    }

    /// The steps as plain text, to send to whoever may do it.
    pub fn text(&self) -> String {
        let mut out = format!("{} ({})\n", self.console, self.address);
        for (n, step) in self.steps.iter().enumerate() {
            out += &format!("\n{}. {}\n", n + 1, step.title);
            for line in &step.lines {
                out += &match line {
                    Line::Click(words) => format!("   {words}\n"),
                    Line::Copy(field, value) | Line::Choose(field, value) => format!("   {field}: {value}\n"),
                    Line::Care(words) => format!("   Mind: {words}\n"),
                };
            }
        }
        out
    }
}
