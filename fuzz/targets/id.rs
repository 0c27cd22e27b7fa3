//! Ids and words are read in the one spelling there is, and written so again (X-05, I-01).

#![no_main]

use domain::access_request::Named;
use domain::center_change::Choice;
use domain::id::{AccountId, InvitationId, TagId, UserId};
use domain::job::Reason;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let ids = [
        text.parse::<AccountId>().ok().map(|id| id.to_string()),
        text.parse::<UserId>().ok().map(|id| id.to_string()),
        text.parse::<InvitationId>().ok().map(|id| id.to_string()),
        text.parse::<TagId>().ok().map(|id| id.to_string()),
    ];
    let read: Vec<String> = ids.into_iter().flatten().collect();
    assert!(read.iter().all(|id| id == text) && read.len() <= 1, "{read:?}");
    if let Ok(choice) = text.parse::<Choice>() {
        assert_eq!(choice.to_string().parse().as_ref(), Ok(&choice));
    }
    if let Ok(reason) = text.parse::<Reason>() {
        assert_eq!(reason.to_string().parse().as_ref(), Ok(&reason));
    }
    match Named::parse(text) {
        Ok(Named::Number(id)) => assert!(text.trim().eq_ignore_ascii_case(id.as_str())),
        Ok(Named::Link(token)) => assert!(text.trim().ends_with(&token) && (1..=64).contains(&token.len())),
        Ok(Named::Administrator(email)) => assert_eq!(text.trim(), email.as_str()),
        Err(_) => {}
    }
});
