//! The worker's part of lists for several accounts: all accounts of a person in one unit, so that they get one mail (C-06).

use std::collections::{BTreeMap, BTreeSet};

use domain::access_request::Terms;
use domain::activity::Entry;
use domain::capability::proof::ManageUsers;
use domain::id::{AccountCenterId, AccountId, BundleId};
use domain::job::{Directory, Fate, Pair, Planned, Reason, TypedRow, Why, plan_across};
use domain::user::NewUser;
use store::account_center;
use store::db::DbError;
use store::job::{self, Counts, Running, Turn, Waiting};
use store::login;
use store::pass::{AccountPass, Denied, HasPlace, Person, SystemPass};
use store::work::{Actor, Writer};

use super::Item;
use super::across::{Known, allowing, around_center, asked};
use super::run::{Culprit, Did, Stuck, look};
use crate::{Refused, bundle, limits, temporary_password};

/// How many people one unit looks at.
const PEOPLE: i64 = 50;
/// After how many places a unit takes no other person: others wait no longer than for that.
const AT_ONCE: usize = 100;

/// Somebody's place in an account, to be made.
struct Place<'a> {
    pass: &'a AccountPass<ManageUsers>,
    item: Item,
    new: NewUser,
}

/// Creates users in accounts as a person would who has, at this moment, the rights that whoever began the job has in each
/// of them.
pub(super) fn create_in_accounts(
    w: &mut Writer,
    system: &SystemPass,
    turn: &Turn,
    center: &AccountCenterId,
    running: &Running,
) -> Result<Did, Stuck> {
    let Some(login) = &running.by.login else { return Ok(Did::Nothing(Why::RightLost)) };
    let waiting = few(job::list_waiting(w, system, turn, PEOPLE)?);
    let rows: Vec<TypedRow> = waiting.iter().flat_map(|person| person.rows.iter().cloned()).collect();
    let named: BTreeSet<AccountId> =
        rows.iter().flat_map(names).filter_map(|name| name.parse().ok()).collect();
    let directory = Directory::of_kept(account_center::list_known_among(w, system, (center, login), &named)?);
    let asked = asked(&rows, &directory);
    let mut passes = Vec::new();
    for account in asked.keys() {
        match AccountPass::<ManageUsers>::for_job(w, system, account, &running.by) {
            Ok(pass) => passes.push(pass),
            Err(Denied::Database(error)) => return Err(error.into()),
            Err(_) => {}
        }
    }
    // What has changed since the list was looked at is told as it would be now.
    let (mut around, known) = around_center(w, directory, &asked, &passes)?;
    if waiting.iter().any(|person| person.password_hash.is_some()) {
        around.temporary = Some(allowing(w, &passes)?);
    }
    let passes: BTreeMap<AccountId, AccountPass<ManageUsers>> =
        passes.into_iter().map(|pass| (pass.account().clone(), pass)).collect();
    let mut pairs = plan_across(&rows, &around).into_iter().peekable();
    let (mut entries, mut ended, mut until) = (Vec::new(), Vec::new(), 0);
    for person in &waiting {
        until += person.rows.len();
        let mut own = Vec::new();
        while let Some(pair) = pairs.next_if(|pair| pair.row < until) {
            own.push(pair);
        }
        let mut done = BTreeSet::new();
        for row in &person.rows {
            done.extend(job::list_parts(w, system, turn, row.line)?.into_iter().map(|part| (row.line, part)));
        }
        own.retain(|pair| !done.contains(&(rows[pair.row].line, pair.number)));
        let (places, others) = split(own, &rows, &passes);
        ended.extend(others);
        let hash = person.password_hash.as_deref();
        let refusal = refusal(w, &places, hash)?;
        let (told, made) = make(w, places, &known, refusal, hash)?;
        entries.extend(told);
        ended.extend(made);
        job::remove_item(w, system, turn, person.line)?;
    }
    let count = ended.len().max(waiting.len());
    end_parts(w, system, turn, &ended)?;
    // No account's trail names a user of another one.
    let name = passes.values().find_map(|pass| pass.place().person.as_ref()).map(Person::name);
    Ok(Did::Rows { by: Actor::login(login, &name.unwrap_or_default()), entries, count })
}

/// As many people as fit into one unit, one at least.
fn few(waiting: Vec<Waiting>) -> Vec<Waiting> {
    let mut places = 0;
    let fits = |person: &Waiting| {
        let is_first = places == 0;
        places += person.rows.iter().map(|row| names(row).count()).sum::<usize>().max(1);
        is_first || places <= AT_ONCE
    };
    waiting.into_iter().take_while(fits).collect()
}

/// The accounts of a row as the job keeps them: by their numbers, where there is one.
fn names(row: &TypedRow) -> impl Iterator<Item = &str> {
    row.accounts.split(';').map(str::trim).filter(|name| !name.is_empty())
}

/// The places of one person that are to be made, and what has come to its end without.
fn split<'a>(
    pairs: Vec<Pair>,
    rows: &[TypedRow],
    passes: &'a BTreeMap<AccountId, AccountPass<ManageUsers>>,
) -> (Vec<Place<'a>>, Vec<Item>) {
    let (mut places, mut ended) = (Vec::new(), Vec::new());
    for pair in pairs {
        let row = TypedRow { accounts: pair.account_name.clone(), ..rows[pair.row].clone() };
        let Planned { fate, reasons, new } = pair.planned;
        let item = Item { row, part: pair.number, account: pair.account, fate, user: None, reasons };
        match (new, item.account.as_ref().and_then(|account| passes.get(account))) {
            (Some(new), Some(pass)) => places.push(Place { pass, item, new }),
            _ => ended.push(item),
        }
    }
    (places, ended)
}

/// Why nobody new may be made of a person: they have a place outside the center, or a login, and so need no temporary
/// password. Looked at once, as it is the same for all of its accounts, and counted before anything is done, as it tells
/// something (U-15).
fn refusal(w: &mut Writer, places: &[Place], password_hash: Option<&str>) -> Result<Option<Why>, Stuck> {
    let Some(place) = places.iter().find(|place| place.item.fate == Fate::Waiting) else { return Ok(None) };
    let looked = look(w, place.pass, &place.new).map_err(|refused| place.stuck(refused))?;
    if looked.is_some() || password_hash.is_none() || login::find_by_email(w, &place.new.email)?.is_none() {
        return Ok(looked);
    }
    limits::count_elsewhere(w, place.pass).map_err(|refused| place.stuck(refused))?;
    Ok(Some(Why::HasLogin))
}

/// Makes the places of one person; what became of each.
fn make(
    w: &mut Writer,
    places: Vec<Place>,
    known: &Known,
    refusal: Option<Why>,
    password_hash: Option<&str>,
) -> Result<(Vec<Entry>, Vec<Item>), Stuck> {
    let bundle: BundleId = w.new_id();
    let (mut entries, mut ended) = (Vec::new(), Vec::new());
    for place in places {
        let (pass, new) = (place.pass, &place.new);
        let known = known.get(&new.email.canonical()).filter(|_| place.item.fate == Fate::Known);
        let (made, fate) = match (known, refusal) {
            (Some(known), _) => {
                let terms =
                    Terms { user_type: new.user_type, agent: new.agent, companies: new.companies.clone() };
                (bundle::let_in(w, pass, known, &new.names, &terms, &bundle), Fate::Added)
            }
            (_, Some(why)) => {
                let reasons = vec![Reason::of(why)];
                ended.push(Item { fate: Fate::Refused, reasons, ..place.item });
                continue;
            }
            _ => match password_hash.filter(|_| new.send_now) {
                Some(hash) => {
                    let is_first = ended.iter().all(|item: &Item| item.fate != Fate::Created);
                    (temporary_password::place_looked_at(w, pass, new, hash, is_first), Fate::Created)
                }
                None => (bundle::place_looked_at(w, pass, new, &bundle), Fate::Created),
            },
        };
        let (user, told) = made.map_err(|refused| place.stuck(refused))?;
        entries.extend(told);
        ended.push(Item { fate, user: Some(user), ..place.item });
    }
    Ok((entries, ended))
}

impl Place<'_> {
    fn stuck(&self, refused: Refused) -> Stuck {
        Stuck { by: Some(Culprit::Part(Box::new(self.item.clone()))), refused }
    }
}

/// Notes what became of rows in accounts, and counts them.
pub(super) fn end_parts(
    w: &mut Writer,
    system: &SystemPass,
    turn: &Turn,
    ended: &[Item],
) -> Result<(), DbError> {
    let mut counts = Counts::default();
    ended.iter().for_each(|item| counts.add(item.fate));
    job::insert_parts(w, system, turn, ended)?;
    job::update_counts(w, system, turn, counts)
}
