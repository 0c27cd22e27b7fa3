//! What the operator's guide says of limits is what they are.

use app::limits::*;
use domain::time::Span;
use store::attempt::Limit;

const GUIDE: &str = include_str!("../../../../docs/operator.md");
const SOURCE: &str = include_str!("../../src/limits.rs");

/// A line of the guide and the limit it tells of, by its name.
macro_rules! lines {
    ($($line:literal: $limit:ident,)*) => { [$((stringify!($limit), $line, $limit)),*] };
}

/// The guide's table, line by line.
fn lines() -> Vec<(&'static str, &'static str, Limit)> {
    let lines = lines![
        "sign-ins of one address from one network": SIGN_IN,
        "sign-ins from one network": SIGN_IN_NETWORK,
        "sign-ins of one address, from wherever": SIGN_IN_ADDRESS,
        "sign-ins of one address from one device that has signed in as it before, instead of the three above": SIGN_IN,
        "codes of the second factor of one sign-in, from one network": SECOND_FACTOR,
        "codes of the second factor of one sign-in, from wherever": SECOND_FACTOR_LOGIN,
        "times that a passkey is asked for from one network, to sign in": PASSKEY,
        "passkeys that one person begins to add": PASSKEY_NEW,
        "mails about copies of one passkey": PASSKEY_COPIED,
        "reset mails to one address, asked for from one network": RESET,
        "reset mails to one address, from wherever": RESET_ADDRESS,
        "reset requests from one network": RESET_NETWORK,
        "reset mails to an address that was never confirmed": RESET_UNPROVEN,
        "reset mails to an address that was never confirmed, asked for from one network": RESET_UNPROVEN_NETWORK,
        "links to new addresses, of one person": EMAIL_CHANGE,
        "links that confirm one's own address, asked for by one person": EMAIL_PROOF,
        "invitations and other mails of one person to one address, from whatever accounts": MAILS_BY_PERSON,
        "adding one account to account centers": CENTER_LINK,
        "making executive administrators of one account center": EXECUTIVE,
        "links to one new address, from all persons": EMAIL_CHANGE_ADDRESS,
        "links to the address of a sign-in to be merged, of one person": LOGIN_MERGE,
        "links of that kind to one address, from all persons": LOGIN_MERGE_ADDRESS,
        "changes of one's own names in an account": OWN_NAMES,
        "API keys that one person makes": API_KEY,
        "changes of an account's white label": BRAND_CHANGE,
        "new logos of an account": BRAND_LOGO,
        "looks at whether a host name is an account's": BRAND_HOST,
        "sends again of one invitation": INVITATION_AGAIN,
        "answers to one invitation mail: no more of them, or more after all": INVITATION_BLOCK,
        "invitations of one account to one address": INVITATION_ADDRESS,
        "invitations of one account": INVITATION_ACCOUNT,
        "invitations of an account that is less than a day old, or of all such accounts of one account center": INVITATION_YOUNG,
        "changes of one's own password": PASSWORD_CHANGE,
        "lists of many users, of one account, or of one person in an account center": JOB,
        "looks at lists for several accounts, by one person": JOB_CHECK,
        "times that one inviter is told that an address has a place elsewhere": ELSEWHERE,
        "the same in one account, and from one network": ELSEWHERE_ALL,
        "the same in an account that is less than a day old": ELSEWHERE_YOUNG,
        "mails of one account that tell people elsewhere how to ask for access": ACCESS_OFFER,
        "access requests of one person": ACCESS_REQUEST,
        "access requests from one network": ACCESS_REQUEST_NETWORK,
        "access requests to one account": ACCESS_REQUEST_ACCOUNT,
        "access requests of one person to one account": ACCESS_REQUEST_AGAIN,
        "access reviews that one account begins": ACCESS_REVIEW,
        "connections of an account to a provider of single sign-on": PROVIDER,
        "ways to providers of single sign-on, from one network": SINGLE_SIGN_ON,
        "devices that one person turns push on for": PUSH,
        "times that one person begins to see an account as somebody else": SEE_AS,
        "requests of an account's directory": DIRECTORY,
        "tokens that an account makes for its directory": DIRECTORY_TOKEN,
        "pushes that one person sends to their own devices, to see whether they come": PUSH_TEST,
        "accounts that one person makes in account centers": ACCOUNT,
        "alerts that are mailed one by one to one address; one mail tells of the rest when the hour is over": ALERT,
        "test alerts of one account": ALERT_TEST,
        "addresses of nobody's user that one account begins to send alerts or summaries to": OUTSIDE_ADDRESS,
    ];
    lines.into()
}

fn window(window: Span) -> String {
    let minutes = window.as_micros() / 60_000_000;
    let (number, unit) = match minutes {
        1_440.. => (minutes / 1_440, "day"),
        60.. => (minutes / 60, "hour"),
        _ => (minutes, "minute"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

fn most(name: &str, limit: Limit) -> String {
    // Counted in shares, of which each has room for more than its part.
    let most = if name == "INVITATION_ACCOUNT" { INVITATIONS_A_DAY } else { limit.most };
    if most < 1_000 { most.to_string() } else { format!("{},{:03}", most / 1_000, most % 1_000) }
}

/// Seen to fail: with one limit changed, and with a line of the guide taken away.
#[test]
fn a06_the_guide_tells_of_every_limit_as_it_is() {
    let told = |(name, line, limit): (&str, &str, Limit)| {
        format!("| {line} | {} | {} |", most(name, limit), window(limit.window))
    };
    let told: Vec<String> = lines().into_iter().map(told).collect();
    let table = GUIDE.split("\n## Limits\n").nth(1).unwrap().split("| --- | --- | --- |\n").nth(1).unwrap();
    let table: Vec<&str> = table.lines().take_while(|line| !line.is_empty()).collect();
    assert_eq!(table, told, "docs/operator.md, under Limits, is to be:\n{}", told.join("\n"));
}

/// Seen to fail: with a limit that no line tells of.
#[test]
fn a06_no_limit_is_left_out_of_the_guide() {
    let names = SOURCE.lines().filter_map(|line| line.strip_prefix("pub const ")?.split_once(": Limit ="));
    let (names, lines): (Vec<&str>, _) = (names.map(|(name, _)| name).collect(), lines());
    assert!(names.len() > 20, "{names:?}");
    for name in names {
        assert!(lines.iter().any(|(told, ..)| *told == name), "the operator's guide tells nothing of {name}");
    }
}
