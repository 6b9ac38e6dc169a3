use super::*;

const fn candidate(ticket: i64, tie: Tie, participant: bool) -> Candidate {
    Candidate { ticket: TicketId(ticket), tie, participant }
}

#[test]
fn the_strongest_tie_of_a_participant_wins() {
    use Tie::{Known, Signed, Tagged};
    let table: &[(&str, &[Candidate], Option<i64>)] = &[
        ("nothing points anywhere", &[], None),
        ("a signed tie", &[candidate(1, Signed, true)], Some(1)),
        ("signed before known, whatever the order", &[candidate(2, Known, true), candidate(1, Signed, true)], Some(1)),
        ("known before tagged", &[candidate(3, Tagged, true), candidate(2, Known, true)], Some(2)),
        ("a tag alone, from a participant", &[candidate(3, Tagged, true)], Some(3)),
        ("a tag alone, from a stranger", &[candidate(3, Tagged, false)], None),
        ("a signed tie, from a stranger", &[candidate(1, Signed, false)], None),
        ("a known Message-ID, from a stranger", &[candidate(2, Known, false)], None),
        ("a stranger there, a participant here", &[candidate(1, Signed, false), candidate(3, Tagged, true)], Some(3)),
        ("of two alike the nearer", &[candidate(5, Known, true), candidate(4, Known, true)], Some(5)),
    ];
    for (name, candidates, wanted) in table {
        assert_eq!(choose(candidates).map(|c| c.ticket.0), *wanted, "{name}");
    }
}

#[test]
fn a_stranger_is_told_of_as_a_possible_reply() {
    use Tie::{Known, Signed, Tagged};
    let table: &[(&str, &[Candidate], Option<i64>)] = &[
        ("nothing points anywhere", &[], None),
        ("a guessed number", &[candidate(3, Tagged, false)], Some(3)),
        (
            "the strongest",
            &[candidate(3, Tagged, false), candidate(2, Known, false), candidate(1, Signed, false)],
            Some(1),
        ),
        ("a participant's tie is no guess", &[candidate(3, Tagged, true)], None),
    ];
    for (name, candidates, wanted) in table {
        assert_eq!(possible(candidates).map(|c| c.ticket.0), *wanted, "{name}");
    }
}

#[test]
fn tags_in_subjects() {
    for (subject, tag) in [
        ("Re: Printer [#123]", Some(123)),
        ("[#7] AW: Printer", Some(7)),
        ("Re: [#7] Printer [#8]", Some(8)),
        ("Printer #123", None),
        ("Printer [#]", None),
        ("Printer [#12a]", None),
        ("Printer [# 12]", None),
        ("Printer [#0]", None),
        ("Printer [#99999999999999999999]", None),
        ("Printer [#12", None),
        ("[#[#4]", Some(4)),
        ("", None),
    ] {
        assert_eq!(subject_tag(subject).map(|t| t.0), tag, "{subject:?}");
    }
}

#[test]
fn titles() {
    for (subject, title) in [
        ("Re: Printer", "Printer"),
        ("RE: AW: Fwd:  Printer  is  broken", "Printer is broken"),
        ("Re[2]: Printer [#12]", "Printer"),
        ("re : Printer", "Printer"),
        ("Antw: Sv: Printer", "Printer"),
        ("回复：打印机", "打印机"),
        ("PD: Drukarka", "Drukarka"),
        ("転送: プリンター", "プリンター"),
        ("Note: the printer", "Note: the printer"),
        ("Printer [urgent]", "Printer [urgent]"),
        ("Printer [#x] [#3]", "Printer [#x]"),
        ("Re:", ""),
        ("", ""),
    ] {
        assert_eq!(base_subject(subject), title, "{subject:?}");
    }
    assert_eq!(reply_subject("AW: Printer [#3]", TicketId(4)), "Re: Printer [#4]");
    assert_eq!(reply_subject("", TicketId(4)), "Re: [#4]");
}

#[test]
fn tokens_go_there_and_back_also_folded() {
    let token = Token { ticket: TicketId(12), nonce: "00ff".into(), signature: "0123456789abcdef0123".into() };
    let id = format!("{}@desk.example", token.in_message_id());
    assert_eq!(Token::from_message_id(&id), Some(token.clone()));
    assert_eq!(Token::from_message_id(&id.to_uppercase()), Some(token.clone()));
    let plus = Token { nonce: String::new(), ..token };
    let address = format!("support+{}@desk.example", plus.in_plus_address());
    assert_eq!(Token::from_plus_address(&address), Some(plus));
    for id in [
        "",
        "mk.12.00ff.0123@x",
        "mk.12@x",
        "mk.-1.00ff.0123456789abcdef0123@x",
        "a@b",
        "mk.12.00ff.0123456789abcdef0123.9@x",
        "mk.1.zz.0123456789abcdef0123@x",
    ] {
        assert_eq!(Token::from_message_id(id), None, "{id:?}");
    }
    for address in ["support@desk.example", "support+mk-12@desk.example", "support+mk-x-0123456789abcdef0123@d.example"]
    {
        assert_eq!(Token::from_plus_address(address), None, "{address:?}");
    }
}
