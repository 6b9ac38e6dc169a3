//! Whether a database is where it was last at work, or a copy of what was.
//!
//! A copy starts silent: two installations of one desk would answer customers twice, and each
//! refresh of a sign-in would cost the other one its token. What is compared lies half in the
//! database and half outside it (a mark beside the file, the file itself, the machine), because a
//! copy takes along whatever is inside. In doubt a database counts as a copy: that costs a click.

use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Where a database is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// For people: a path, or a server and a name without a password.
    pub shown: String,
    /// Which file it is: a copy is another file. Unknown where the file system does not tell.
    pub file: Option<String>,
    /// Which machine, where that outlives a restart: not in a container.
    pub machine: Option<String>,
    /// On a database server: which server, database and table. Nodes share it.
    pub server: Option<String>,
}

/// What the database says of its home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Also in the mark beside the file.
    pub mark: String,
    /// Counted upwards at every start and end and by the hour, here first and then in the mark.
    pub beats: u64,
    pub place: Place,
}

/// What lies beside the database's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    pub mark: String,
    pub beats: u64,
}

/// Why a database counts as a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A backup was put back.
    Restored,
    /// The file beside it has counted further: an older state was put in the file's place.
    Older,
    /// Another file than the one last at work, or without the mark beside it.
    Elsewhere,
    /// The same file on another machine.
    OtherMachine,
    /// Another database server, or another database there.
    OtherServer,
    /// The operator asked for it.
    Asked,
}

/// What a start finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was ever noted.
    New,
    AtHome,
    Copy(Why),
}

/// A copy that waits for its answer, or was told to stay as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silent {
    pub since: Time,
    pub why: Why,
    /// Where it was at work.
    pub from: Option<String>,
    /// When the backup was made.
    #[serde(default)]
    pub made_at: Option<Time>,
    /// An admin said that it stays silent.
    #[serde(default)]
    pub stays: bool,
}

/// Judges what a start finds.
pub fn judge(home: Option<&Home>, mark: Option<&Mark>, here: &Place) -> Verdict {
    let Some(home) = home else { return Verdict::New };
    if let (Some(was), Some(is)) = (&home.place.server, &here.server) {
        return if was == is { Verdict::AtHome } else { Verdict::Copy(Why::OtherServer) };
    }
    if home.place.server.is_some() != here.server.is_some() {
        return Verdict::Copy(Why::OtherServer);
    }
    let same_file = match (&home.place.file, &here.file) {
        (Some(was), Some(is)) => was == is,
        _ => home.place.shown == here.shown,
    };
    let Some(mark) = mark else { return Verdict::Copy(Why::Elsewhere) };
    if !same_file || mark.mark != home.mark {
        return Verdict::Copy(Why::Elsewhere);
    }
    // A process that died between its two notes leaves the database ahead, never behind.
    if home.beats < mark.beats {
        return Verdict::Copy(Why::Older);
    }
    match (&home.place.machine, &here.machine) {
        (Some(was), Some(is)) if was != is => Verdict::Copy(Why::OtherMachine),
        _ => Verdict::AtHome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(shown: &str, file: &str, machine: &str) -> Place {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Place { shown: shown.into(), file: some(file), machine: some(machine), server: None }
    }

    #[test]
    fn copies_are_told_from_restarts() {
        use Verdict::{AtHome, Copy};
        use Why::{Elsewhere, Older, OtherMachine};
        let home = Home { mark: "m".into(), beats: 7, place: place("/data/mailkeep.db", "12:99", "alpha") };
        let boxed = Home { place: place("/data/mailkeep.db", "12:99", ""), ..home.clone() };
        let blind = Home { place: place("/data/mailkeep.db", "", "alpha"), ..home.clone() };
        for (what, home, mark, here, verdict) in [
            ("started again, or rebooted", &home, Some(("m", 7)), place("/data/mailkeep.db", "12:99", "alpha"), AtHome),
            ("died between two notes", &home, Some(("m", 6)), place("/data/mailkeep.db", "12:99", "alpha"), AtHome),
            (
                "a new container on the same volume",
                &boxed,
                Some(("m", 7)),
                place("/data/mailkeep.db", "12:99", ""),
                AtHome,
            ),
            ("the volume is mounted elsewhere", &boxed, Some(("m", 7)), place("/mnt/mailkeep.db", "12:99", ""), AtHome),
            ("moved out of a container", &boxed, Some(("m", 7)), place("/srv/mailkeep.db", "12:99", "alpha"), AtHome),
            ("the folder is renamed", &home, Some(("m", 7)), place("/srv/mailkeep.db", "12:99", "alpha"), AtHome),
            ("no file numbers here", &blind, Some(("m", 7)), place("/data/mailkeep.db", "", "alpha"), AtHome),
            ("the file alone is copied", &home, None, place("/copy/mailkeep.db", "40:99", "alpha"), Copy(Elsewhere)),
            ("its mark is gone", &home, None, place("/data/mailkeep.db", "12:99", "alpha"), Copy(Elsewhere)),
            (
                "the whole folder is copied",
                &home,
                Some(("m", 7)),
                place("/copy/mailkeep.db", "40:99", "alpha"),
                Copy(Elsewhere),
            ),
            (
                "copied to another machine, same path",
                &home,
                Some(("m", 7)),
                place("/data/mailkeep.db", "40:99", "beta"),
                Copy(Elsewhere),
            ),
            (
                "another desk's file is put here",
                &home,
                Some(("n", 3)),
                place("/data/mailkeep.db", "12:99", "alpha"),
                Copy(Elsewhere),
            ),
            (
                "copied where files have no numbers",
                &blind,
                Some(("m", 7)),
                place("/copy/mailkeep.db", "", "alpha"),
                Copy(Elsewhere),
            ),
            (
                "an older state is written over the file",
                &home,
                Some(("m", 9)),
                place("/data/mailkeep.db", "12:99", "alpha"),
                Copy(Older),
            ),
            (
                "the machine is cloned",
                &home,
                Some(("m", 7)),
                place("/data/mailkeep.db", "12:99", "beta"),
                Copy(OtherMachine),
            ),
        ] {
            let mark = mark.map(|(mark, beats)| Mark { mark: mark.into(), beats });
            assert_eq!(judge(Some(home), mark.as_ref(), &here), verdict, "{what}");
        }
        assert_eq!(judge(None, None, &place("/data/mailkeep.db", "12:99", "alpha")), Verdict::New);
    }

    #[test]
    fn nodes_share_a_server_and_its_copy_is_noticed() {
        let on =
            |server: &str| Place { shown: "db.example/desk".into(), server: Some(server.into()), ..Place::default() };
        let home = Home { mark: String::new(), beats: 0, place: on("77/16384/16399") };
        assert_eq!(judge(Some(&home), None, &on("77/16384/16399")), Verdict::AtHome);
        for other in ["78/16384/16399", "77/20000/16399", "77/16384/20001"] {
            assert_eq!(judge(Some(&home), None, &on(other)), Verdict::Copy(Why::OtherServer), "{other}");
        }
        let file = place("/data/mailkeep.db", "12:99", "alpha");
        assert_eq!(judge(Some(&home), None, &file), Verdict::Copy(Why::OtherServer));
    }
}
