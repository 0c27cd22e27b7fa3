//! Lists for several accounts of a center: what becomes of each person in each account, and the job that does it (C-06,
//! C-07).

use std::collections::{BTreeMap, BTreeSet};

use domain::account_center::proof::InCenter;
use domain::capability::proof::ManageUsers;
use domain::email::{self, EmailAddress};
use domain::id::{AccountId, JobId};
use domain::input::Problem;
use domain::job::{
    Around, AroundCenter, Directory, Fate, JobKind, MAX_PAIR_BYTES, MAX_PAIRS, Named, Pair, TypedRow,
    accounts_of, keep_account, plan_across,
};
use store::job::NewItem;
use store::login::{self, LoginRecord};
use store::pass::{AccountPass, Acting, CenterPass};
use store::work::{Committed, Reader, Unrecorded, Writer};
use store::{account_center, company, temporary_password};

use super::{Asked, Checked, Counts, Item, Table, known, started};
use crate::center_person::check_opened;
use crate::{Conflict, Refused, access_request, limits};

/// The hashes of temporary passwords, by whose they are: the canonical address.
pub type Passwords = BTreeMap<String, String>;

/// What is known of a center when a list is looked at.
#[derive(Clone, Debug, Default)]
pub struct CenterGround {
    around: AroundCenter,
    /// Of each account that is named: what its invitations are counted with, and how many it may send now.
    invitations: BTreeMap<AccountId, (String, i64)>,
    /// Whether the list makes more places than one may.
    is_too_long: bool,
}

/// Counts a look at a list: what it says of accounts is not there to be tried out.
pub fn count_check(mut w: Writer, pass: &CenterPass<InCenter>) -> Result<Committed<()>, Refused> {
    let name = format!("lists of {} looked at", pass.person().login);
    limits::count(&mut w, &name, limits::JOB_CHECK)?;
    Ok(w.commit_unrecorded(Unrecorded::Attempt, ()))
}

/// Whether a list makes more places than there may be, or with its long cells more text than there may be once each place
/// has its row.
fn is_too_long(rows: &[TypedRow], directory: &Directory) -> bool {
    let (mut pairs, mut bytes) = (0, 0);
    rows.iter().any(|row| {
        let places = accounts_of(row, directory).len();
        pairs += places;
        bytes += places * row.bytes();
        pairs > MAX_PAIRS || bytes > MAX_PAIR_BYTES
    })
}

/// Reads what a list depends on: of each account that it names as much, whatever the number of its rows. `temporary` says
/// that who is new gets a temporary password and no link.
pub fn ground_across(
    r: &mut Reader,
    pass: &CenterPass<InCenter>,
    rows: &[TypedRow],
    temporary: bool,
) -> Result<CenterGround, Refused> {
    check_opened(r, pass)?;
    let directory = Directory::of(account_center::list_known(r, pass)?);
    // A list that is too long is not looked at any further.
    if is_too_long(rows, &directory) {
        return Ok(CenterGround { is_too_long: true, ..CenterGround::default() });
    }
    let asked = asked(rows, &directory);
    let mut passes = Vec::new();
    for id in asked.keys() {
        passes.push(pass.visit::<ManageUsers>(r, id)?);
    }
    let (mut around, _) = around_center(r, directory, &asked, &passes)?;
    around.temporary = if temporary { Some(allowing(r, &passes)?) } else { None };
    let mut invitations = BTreeMap::new();
    for pass in &passes {
        let left = limits::invitations_left(r, pass)?;
        invitations.insert(pass.account().clone(), (limits::invitations_counter(r, pass), left));
    }
    Ok(CenterGround { around, invitations, is_too_long: false })
}

/// What rows ask of each account that they name and whoever asks administers.
pub(super) fn asked(rows: &[TypedRow], directory: &Directory) -> BTreeMap<AccountId, Asked> {
    let mut asked: BTreeMap<AccountId, Asked> = BTreeMap::new();
    for row in rows {
        let of_row = Asked::of(row);
        for named in accounts_of(row, directory) {
            let Named::Account(id) = named else { continue };
            if directory.get(&id).is_some_and(|account| account.has_right) {
                asked.entry(id).or_default().add_all(&of_row);
            }
        }
    }
    asked
}

/// Those of these accounts in which temporary passwords may be set.
pub(super) fn allowing(
    r: &mut Reader,
    passes: &[AccountPass<ManageUsers>],
) -> Result<BTreeSet<AccountId>, Refused> {
    let mut allowing = BTreeSet::new();
    for pass in passes {
        if temporary_password::are_allowed(r, pass)? {
            allowing.insert(pass.account().clone());
        }
    }
    Ok(allowing)
}

/// Who signs in to accounts of the center already, as far as whoever asks may know of them, by their address in lower case.
pub(super) type Known = BTreeMap<String, LoginRecord>;

/// What is known of the accounts of these passes, and who is known in the center.
pub(super) fn around_center(
    r: &mut Reader,
    directory: Directory,
    asked: &BTreeMap<AccountId, Asked>,
    passes: &[AccountPass<ManageUsers>],
) -> Result<(AroundCenter, Known), Refused> {
    let mut around = AroundCenter { directory, ..AroundCenter::default() };
    for pass in passes {
        let Some(asked) = asked.get(pass.account()) else { continue };
        let mut account: Around = asked.around(r, pass)?;
        let in_use = if asked.names_none { company::list_choices(r, pass)? } else { Vec::new() };
        account.in_use = Some(in_use.into_iter().map(known).collect());
        around.accounts.insert(pass.account().clone(), account);
    }
    let emails: BTreeSet<String> = asked.values().flat_map(|asked| asked.emails.iter().cloned()).collect();
    let known = match passes.first() {
        Some(pass) => login::list_in_center(r, pass, &emails)?,
        None => Vec::new(),
    };
    let known: Known = known.into_iter().map(|login| (email::canonical(&login.email), login)).collect();
    around.known = known.keys().cloned().collect();
    Ok((around, known))
}

/// What becomes of each person in each account.
pub fn check_across(table: &Table, ground: &CenterGround) -> Checked {
    if ground.is_too_long {
        return Checked { unused: table.unused.clone(), ..Checked::too_long() };
    }
    let pairs = plan_across(&table.rows, &ground.around);
    let too_many = too_many(&pairs, ground);
    let item = |pair: Pair| {
        let row = TypedRow { accounts: pair.account_name, ..table.rows[pair.row].clone() };
        Item {
            row,
            part: pair.number,
            account: pair.account,
            fate: pair.planned.fate,
            user: None,
            reasons: pair.planned.reasons,
        }
    };
    Checked {
        items: pairs.into_iter().map(item).collect(),
        unused: table.unused.clone(),
        too_many,
        too_many_pairs: false,
    }
}

/// The counter that the list takes more from than there is, if one is: what it needs, and how much there is. A person gets
/// one mail, and each account that is in it has invited them, or let them in, which counts as much.
fn too_many(pairs: &[Pair], ground: &CenterGround) -> Option<(i64, i64)> {
    let mut needed = BTreeMap::<&str, (i64, i64)>::new();
    for pair in pairs {
        let is_told = pair.planned.new.as_ref().is_some_and(|new| new.send_now);
        if let (Some(account), true) = (&pair.account, is_told) {
            let (counter, left) = ground.invitations.get(account)?;
            needed.entry(counter).or_insert((0, *left)).0 += 1;
        }
    }
    needed.into_values().find(|(needed, left)| needed > left)
}

/// Begins to create the users of a list that was checked. What is kept are its rows, with the accounts that they name
/// now by their numbers, so that no account is among them that was not shown, and what named none then names none later; the rows
/// of one person are one. Whoever is new and has no password gets a link.
pub fn start_across(
    mut w: Writer,
    pass: &CenterPass<InCenter>,
    rows: &[TypedRow],
    checked: &Checked,
    passwords: &Passwords,
) -> Result<Committed<JobId>, Refused> {
    if !checked.may_start() {
        return Err(Refused::field("text", Problem::Missing));
    }
    check_opened(&mut w, pass)?;
    limits::count(&mut w, &format!("jobs of {} by {}", pass.center(), pass.person().login), limits::JOB)?;
    let id: JobId = w.new_id();
    let total = checked.items.len() as i64;
    store::job::insert(&mut w, pass, &id, JobKind::CreateInAccounts, total, Counts::default())?;
    let item = |rows: Vec<TypedRow>| NewItem {
        password_hash: rows.first().and_then(canonical).and_then(|email| passwords.get(&email).cloned()),
        rows,
        fate: Fate::Waiting,
        reasons: Vec::new(),
    };
    let people: Vec<NewItem> = people(rows, checked).into_iter().map(item).collect();
    store::job::insert_items(&mut w, pass, &id, &people)?;
    w.commit(&pass.actor(), started(pass.center(), &id, checked), id)
}

/// The rows of each person together, in the order of the list; those without an address each by itself.
fn people(rows: &[TypedRow], checked: &Checked) -> Vec<Vec<TypedRow>> {
    let mut accounts: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for item in &checked.items {
        let kept = keep_account(item.account.as_ref(), &item.row.accounts, &item.reasons);
        accounts.entry(item.row.line).or_default().push(kept);
    }
    let (mut people, mut places) = (Vec::<Vec<TypedRow>>::new(), BTreeMap::new());
    for row in rows {
        let named = accounts.get(&row.line).map(|names| names.join(";")).unwrap_or_default();
        let row = TypedRow { accounts: named, ..row.clone() };
        let place = match canonical(&row) {
            Some(email) => *places.entry(email).or_insert(people.len()),
            None => people.len(),
        };
        match people.get_mut(place) {
            Some(rows) => rows.push(row),
            None => people.push(vec![row]),
        }
    }
    people
}

fn canonical(row: &TypedRow) -> Option<String> {
    EmailAddress::parse(row.email()).ok().map(|email| email.canonical())
}

/// What is wrong with addresses that are typed for new users, by their places: told where they are typed. That one has a
/// place outside the center is counted, as it tells something (U-15).
pub fn check_addresses(
    mut w: Writer,
    pass: &CenterPass<InCenter>,
    emails: &[EmailAddress],
) -> Result<Committed<Result<Vec<usize>, Refused>>, Refused> {
    check_opened(&mut w, pass)?;
    let known = account_center::list_known(&mut w, pass)?;
    let own = known.into_iter().find(|account| account.has_right).ok_or(Refused::NotFound)?;
    let there: AccountPass<ManageUsers> = pass.visit(&mut w, &own.id)?;
    let mut elsewhere = Vec::new();
    for (at, email) in emails.iter().enumerate() {
        match access_request::refuse_elsewhere(&mut w, &there, email.as_str()) {
            Ok(()) => {}
            Err(Refused::Conflict(Conflict::Elsewhere)) => elsewhere.push(at),
            // What was told before stays counted.
            Err(Refused::TooMany(exceeded)) => {
                let refused = Err(Refused::TooMany(exceeded));
                return Ok(w.commit_unrecorded(Unrecorded::Attempt, refused));
            }
            Err(refused) => return Err(refused),
        }
    }
    Ok(w.commit_unrecorded(Unrecorded::Attempt, Ok(elsewhere)))
}
