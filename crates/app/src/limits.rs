//! How often things may be tried. Attempts are counted in the database, so that all instances count as one,
//! and before anything is looked at, so that a refused attempt counts too.

use domain::capability::proof::ManageUsers;
use domain::email::canonical;
use domain::id::{AccountCenterId, AccountId, InvitationId};
use domain::time::{Span, Timestamp};
pub use store::attempt::Exceeded;
use store::attempt::{self, Limit};
use store::db::DbError;
use store::pass::{AccountPass, HasPlace};
use store::work::{Reader, Writer};

use crate::Refused;

/// Sign-ins of one address from one network, or from one device that has signed in before: slow for a guesser, no
/// weapon against the owner elsewhere.
pub const SIGN_IN: Limit = Limit { most: 10, window: Span::minutes(15) };
/// Sign-ins from one network, whatever the address.
pub const SIGN_IN_NETWORK: Limit = Limit { most: 100, window: Span::minutes(15) };
/// Sign-ins of one address from wherever, for guessers who have many networks. Its owner still gets in from a device
/// that has signed in before, and by a new password.
pub const SIGN_IN_ADDRESS: Limit = Limit { most: 300, window: Span::hours(1) };
/// Codes of the second factor of one login, tried from one network. Who tries has the password.
pub const SECOND_FACTOR: Limit = Limit { most: 10, window: Span::minutes(15) };
/// The same from wherever: of a million codes one fits at any moment, and one more where a clock seems to have moved, so a guesser who has the
/// password and many networks finds one in 27 years.
pub const SECOND_FACTOR_LOGIN: Limit = Limit { most: 100, window: Span::days(1) };
/// Times that a passkey is asked for from one network, to sign in: each is kept for five minutes.
pub const PASSKEY: Limit = Limit { most: 100, window: Span::minutes(15) };
/// Passkeys that one person begins to add: each is told by a mail.
pub const PASSKEY_NEW: Limit = Limit { most: 30, window: Span::days(1) };
/// Mails that tell the owner of a passkey that there are two of it.
pub const PASSKEY_COPIED: Limit = Limit { most: 3, window: Span::days(1) };
/// Reset mails to one address, asked for from one network.
pub const RESET: Limit = Limit { most: 3, window: Span::hours(1) };
/// Reset mails to one address, asked for from wherever.
pub const RESET_ADDRESS: Limit = Limit { most: 20, window: Span::hours(1) };
/// Reset requests from one network.
pub const RESET_NETWORK: Limit = Limit { most: 20, window: Span::hours(1) };
/// Reset mails to an address of which nobody has shown that it is theirs: whoever reads there need not have heard of us
///
pub const RESET_UNPROVEN: Limit = Limit { most: 3, window: Span::days(1) };
/// The same, asked for from one network, which must not use up what the owner has.
pub const RESET_UNPROVEN_NETWORK: Limit = Limit { most: 2, window: Span::days(1) };
/// Links to new addresses that one person has sent.
pub const EMAIL_CHANGE: Limit = Limit { most: 5, window: Span::hours(1) };
/// Linking an account into account centers, which its administrators are told of, and of its leaving too.
pub const CENTER_LINK: Limit = Limit { most: 5, window: Span::days(1) };
/// Making executive administrators of an account center, which the others are told of, and of their end too.
pub const EXECUTIVE: Limit = Limit { most: 30, window: Span::days(1) };
/// Mails that one person has sent to one address, from whatever accounts they administer.
pub const MAILS_BY_PERSON: Limit = Limit { most: 20, window: Span::days(1) };
/// Links that confirm one's own address.
pub const EMAIL_PROOF: Limit = Limit { most: 5, window: Span::days(1) };
/// Links to one new address, whoever has them sent.
pub const EMAIL_CHANGE_ADDRESS: Limit = Limit { most: 10, window: Span::days(1) };
/// Links to the address of a login to be merged that one person has sent.
pub const LOGIN_MERGE: Limit = Limit { most: 5, window: Span::hours(1) };
/// Links of that kind to one address, whoever has them sent.
pub const LOGIN_MERGE_ADDRESS: Limit = Limit { most: 10, window: Span::days(1) };
/// Changes of the names that an account shows of somebody, by themselves: each stays in its activity.
pub const OWN_NAMES: Limit = Limit { most: 30, window: Span::hours(1) };
/// Changes of what an account's brand will look like: each stays in its activity (G-10).
pub const BRAND_CHANGE: Limit = Limit { most: 60, window: Span::hours(1) };
/// New logos of an account: for each a picture is taken apart (G-10).
pub const BRAND_LOGO: Limit = Limit { most: 20, window: Span::hours(1) };
/// Looks at whether a host name is an account's, each of which asks servers of others (G-10).
pub const BRAND_HOST: Limit = Limit { most: 20, window: Span::hours(1) };
/// Keys for programs that one person makes.
pub const API_KEY: Limit = Limit { most: 20, window: Span::days(1) };
/// Requests of an account's directory: it is told when to go on.
pub const DIRECTORY: Limit = Limit { most: 600, window: Span::minutes(1) };
/// Tokens that an account makes for its directory.
pub const DIRECTORY_TOKEN: Limit = Limit { most: 20, window: Span::days(1) };
/// Times that one person begins to see an account as somebody else: each stays in its activity.
pub const SEE_AS: Limit = Limit { most: 60, window: Span::days(1) };
/// Connections of an account to a provider, each of which asks servers of others.
pub const PROVIDER: Limit = Limit { most: 20, window: Span::hours(1) };
/// Ways to providers of accounts, from one network.
pub const SINGLE_SIGN_ON: Limit = Limit { most: 100, window: Span::minutes(15) };
/// Devices that one person turns push on for (G-08).
pub const PUSH: Limit = Limit { most: 30, window: Span::days(1) };
/// Pushes that one person sends to their own devices to see whether they come.
pub const PUSH_TEST: Limit = Limit { most: 10, window: Span::hours(1) };
/// Access reviews that an account begins: each keeps a row for every user (U-23).
pub const ACCESS_REVIEW: Limit = Limit { most: 20, window: Span::days(1) };
/// Changes of mind of whoever got an invitation, whether they want more: each stays in the account's activity.
pub const INVITATION_BLOCK: Limit = Limit { most: 10, window: Span::hours(1) };
/// Sends again of one invitation (U-06).
pub const INVITATION_AGAIN: Limit =
    Limit { most: domain::invitation::RESENDS_PER_HOUR, window: Span::hours(1) };
/// Invitations of one account to one address. Other accounts are not counted: else one could keep another from
/// inviting somebody, and would learn that others did.
pub const INVITATION_ADDRESS: Limit = Limit { most: 10, window: Span::days(1) };
/// Invitations of one account, 5,000 a day and a little more, counted in 16 shares, one for each last digit of
/// their ids, so that people who invite at the same moment seldom wait for each other's counter. Chance spreads them: a
/// share has room for more than its sixteenth.
pub const INVITATION_ACCOUNT: Limit = Limit { most: 400, window: Span::days(1) };
/// Invitations of an account that is younger than [`YOUNG`]: nobody knows yet whether it is there for sending mails to
/// strangers.
pub const INVITATION_YOUNG: Limit = Limit { most: 100, window: YOUNG };
/// Refusals because an address has a place elsewhere, for one inviter: each tells that the address signs in here (U-15).
pub const ELSEWHERE: Limit = Limit { most: 20, window: Span::days(1) };
/// The same for one account, and for one network.
pub const ELSEWHERE_ALL: Limit = Limit { most: 60, window: Span::days(1) };
/// The same for an account that is younger than [`YOUNG`].
pub const ELSEWHERE_YOUNG: Limit = Limit { most: 3, window: YOUNG };
/// Access requests of one person (U-16).
pub const ACCESS_REQUEST: Limit = Limit { most: 10, window: Span::days(1) };
/// Access requests from one network.
pub const ACCESS_REQUEST_NETWORK: Limit = Limit { most: 60, window: Span::days(1) };
/// Access requests to one account, whoever makes them: each is a mail to its administrators.
pub const ACCESS_REQUEST_ACCOUNT: Limit = Limit { most: 100, window: Span::days(1) };
/// Access requests of one person to one account, who may give up and ask again.
pub const ACCESS_REQUEST_AGAIN: Limit = Limit { most: 3, window: Span::days(1) };
/// Mails of one account that tell people elsewhere how to ask.
pub const ACCESS_OFFER: Limit = Limit { most: 100, window: Span::days(1) };
/// Accounts that one person makes in account centers (C-13).
pub const ACCOUNT: Limit = Limit { most: 200, window: Span::days(1) };
/// Addresses without a user that an account sends alerts or summaries to, and did not before: each gets mails that somebody
/// else asked for.
pub const OUTSIDE_ADDRESS: Limit = Limit { most: 30, window: Span::days(1) };
/// Alerts that are mailed one by one to one address; what comes on top is told by one mail at the end of the hour (G-08).
pub const ALERT: Limit = Limit { most: 30, window: Span::hours(1) };
/// Test alerts of one account: each is mailed to everybody who is to be told.
pub const ALERT_TEST: Limit = Limit { most: 20, window: Span::hours(1) };
/// How long an account counts as young. Its invitations are counted as a young one's alone, which is less.
pub const YOUNG: Span = Span::days(1);

/// Invitations of an account that is not young, a day: what its shares are there for.
pub const INVITATIONS_A_DAY: i64 = 5_000;
/// Changes of one's own password: each is told by a mail.
pub const PASSWORD_CHANGE: Limit = Limit { most: 10, window: Span::hours(1) };
/// Lists of many users of one account, or of one person in an account center: each is kept for a month.
pub const JOB: Limit = Limit { most: 50, window: Span::days(1) };

/// Looks at lists for several accounts by one person: each reads a little of every account that it names.
pub const JOB_CHECK: Limit = Limit { most: 600, window: Span::hours(1) };

/// Counts an attempt, or refuses the operation.
pub fn count(w: &mut Writer, name: &str, limit: Limit) -> Result<(), Refused> {
    Ok(attempt::count(w, name, limit)??)
}

/// Counts an invitation of an account to an address, or what is told like one, under its id: before anything else is looked
/// at.
pub(crate) fn count_invitation(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    id: &str,
    address: &str,
) -> Result<(), Refused> {
    count_address(w, pass, address)?;
    if is_young(w, pass) {
        return count(w, &young(pass), INVITATION_YOUNG);
    }
    count(w, &shared(pass.account(), share_of(id)), INVITATION_ACCOUNT)
}

/// Counts a mail of an account to an address.
pub(crate) fn count_address(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    address: &str,
) -> Result<(), Refused> {
    let (account, address) = (pass.account(), canonical(address));
    count(w, &format!("invitations of {account} to {address}"), INVITATION_ADDRESS)
}

/// Counts a mail of a person to an address, from whatever account.
pub(crate) fn count_by(w: &mut Writer, pass: &impl HasPlace, address: &str) -> Result<(), Refused> {
    let Some(person) = &pass.place().person else { return Ok(()) };
    let name = format!("mails of {} to {}", person.login, canonical(address));
    count(w, &name, MAILS_BY_PERSON)
}

/// How many invitations the account may send now: said before a list of many is begun.
pub(crate) fn invitations_left(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<i64, DbError> {
    let account = pass.account();
    let (names, most) = if is_young(r, pass) {
        (vec![young(pass)], INVITATION_YOUNG.most)
    } else {
        let shares = "0123456789abcdef".split("").filter(|share| !share.is_empty());
        (shares.map(|share| shared(account, share)).collect(), INVITATIONS_A_DAY)
    };
    Ok((most - attempt::count_made(r, &names)?).max(0))
}

/// What an account's invitations are counted with: young accounts of one center are one.
pub(crate) fn invitations_counter(r: &Reader, pass: &AccountPass<ManageUsers>) -> String {
    if is_young(r, pass) { young(pass) } else { pass.account().to_string() }
}

fn is_young(r: &Reader, pass: &AccountPass<ManageUsers>) -> bool {
    r.now.since(pass.place().account_created_at) < YOUNG
}

/// The counter of a young account; those of one account center have one together, however many are made there.
fn young(pass: &AccountPass<ManageUsers>) -> String {
    let place = pass.place();
    let whose = place.center.as_ref().map_or(place.account.as_str(), AccountCenterId::as_str);
    format!("invitations of {whose}, young")
}

/// The counter of a share.
fn shared(account: &AccountId, share: &str) -> String {
    format!("invitations of {account}, share {share}")
}

/// The counters of refusals because an address has a place elsewhere: of inviter, account and network.
fn elsewhere(pass: &AccountPass<ManageUsers>, now: Timestamp, network: &str) -> Vec<(String, Limit)> {
    let place = pass.place();
    // An executive administrator may have no user here; the operator is nobody who learns anything by it.
    // One person counts as one, in whatever account; what they have set going counts for their user.
    let person = place.person.as_ref().map(|person| person.login.to_string());
    let by = person.or_else(|| place.user.as_ref().map(ToString::to_string));
    let by = by.or_else(|| place.directory.as_ref().map(|directory| directory.id.to_string()));
    let Some(by) = by else { return Vec::new() };
    let is_young = now.since(place.account_created_at) < YOUNG;
    let of_account = if is_young { ELSEWHERE_YOUNG } else { ELSEWHERE_ALL };
    vec![
        (format!("elsewhere, by {by}"), ELSEWHERE),
        (format!("elsewhere, by {}", place.account), of_account),
        (format!("elsewhere, from {network}"), ELSEWHERE_ALL),
    ]
}

/// Refuses to look whether addresses have a place elsewhere when that was told too often: then nothing is told, whatever
/// the address. `access_request::refuse_elsewhere` asks it in the unit that looks, so that many at once learn no more.
pub fn may_look_elsewhere(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    network: &str,
) -> Result<(), Refused> {
    let counters = elsewhere(pass, r.now, network);
    match attempt::find_exceeded(r, &counters)? {
        Some(exceeded) => Err(Refused::TooMany(exceeded)),
        None => Ok(()),
    }
}

/// Counts that it was told.
pub(crate) fn count_elsewhere(w: &mut Writer, pass: &AccountPass<ManageUsers>) -> Result<(), Refused> {
    let (now, network) = (w.now, w.origin().network.clone());
    elsewhere(pass, now, &network).into_iter().try_for_each(|(name, limit)| count(w, &name, limit))
}

/// The share of its account's count that an invitation of this id falls into.
pub fn share_of(id: &str) -> &str {
    &id[34..]
}

/// Counts that an invitation is sent again.
pub(crate) fn count_again(w: &mut Writer, id: &InvitationId) -> Result<(), Refused> {
    count(w, &format!("invitation {id}"), INVITATION_AGAIN)
}

/// Counts a sign-in. A device that has signed in as this login before has a counter of its own, so that nobody else can
/// use up the owner's tries.
pub(crate) fn count_sign_in(
    w: &mut Writer,
    email: &str,
    known_device: Option<&str>,
) -> Result<Result<(), Exceeded>, DbError> {
    let own = sign_in_counter(w, email, known_device);
    if known_device.is_some() {
        return attempt::count(w, &own, SIGN_IN);
    }
    let network = w.origin().network.clone();
    // Who is over one limit makes no more counters behind it.
    if let Err(exceeded) = attempt::count(w, &format!("sign-in from {network}"), SIGN_IN_NETWORK)? {
        return Ok(Err(exceeded));
    }
    if let Err(exceeded) = attempt::count(w, &own, SIGN_IN)? {
        return Ok(Err(exceeded));
    }
    attempt::count(w, &format!("sign-in of {}", folded(email)), SIGN_IN_ADDRESS)
}

/// Forgets the tries of whoever has just signed in.
pub(crate) fn forget_sign_in(w: &mut Writer, email: &str, known_device: Option<&str>) -> Result<(), DbError> {
    let own = sign_in_counter(w, email, known_device);
    attempt::remove(w, &own)
}

/// The counter of an address and where it is tried from. What is typed stands last: else an address with a network behind it,
/// which is none, would be another one's counter.
fn sign_in_counter(w: &Writer, email: &str, known_device: Option<&str>) -> String {
    let email = folded(email);
    match known_device {
        Some(device) => format!("sign-in on {device} as {email}"),
        None => format!("sign-in from {} as {email}", w.origin().network),
    }
}

/// An address folded as logins are, so that spellings count as one; of what is no address, no more than one has room.
fn folded(email: &str) -> String {
    let email = canonical(email.trim()).replace('\0', "\u{fffd}");
    email.chars().take(254).collect()
}
