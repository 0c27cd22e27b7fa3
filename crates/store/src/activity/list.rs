//! The activity as it is listed and exported: all of an account's, or what a filter lets through.

use domain::account_center::proof::AllOfCenter;
use domain::activity::Topic;
use domain::capability::proof::ManageUsers;
use domain::id::{ActivityId, CompanyId, Id as _, UserId};
use domain::time::Timestamp;

use super::BY_KEY;
use crate::convert;
use crate::db::{DbError, Row, Value, sql};
use crate::invitation;
use crate::page::{LIMIT, Page};
use crate::pass::{AccountPass, CenterPass};
use crate::work::Reader;

/// An entry as it is shown and exported.
#[derive(Clone, Debug)]
pub struct Activity {
    /// Its id; newer ones sort later.
    pub id: ActivityId,
    /// When.
    pub at: Timestamp,
    /// The key of what was done.
    pub verb: String,
    /// What kind of actor.
    pub actor_kind: String,
    /// Who, by id.
    pub actor_id: String,
    /// Who, by name at that time.
    pub actor_name: String,
    /// What their key was called, where a program did it.
    pub key_name: Option<String>,
    /// To what.
    pub subject_id: String,
    /// Its name at that time.
    pub subject_name: String,
    /// What changed: field, before, after.
    pub changes: Vec<(String, Option<String>, Option<String>)>,
    /// The network of the request; empty for the command line and the worker.
    pub network: String,
}

/// Which entries are listed.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What these users did, and what was done to them; `None`: everybody.
    pub people: Option<Vec<UserId>>,
    /// What was done to this company.
    pub company: Option<CompanyId>,
    /// What it is about.
    pub topic: Option<Topic>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The entries, newest first.
    pub rows: Vec<Activity>,
    /// Behind which entry it goes on: the last that is shown, or the last that was looked at.
    pub next: Option<ActivityId>,
}

/// How many entries are looked through at once for those of a topic, or of a company and people, which no index tells: a page is
/// there soon, however rare they are.
const LOOKED_AT: i64 = 2_000;

/// Behind every id: no digit of one sorts after this.
const LAST: &str = "ACTz";

macro_rules! columns {
    () => {
        "id, at, verb, actor_kind, actor_id, actor_name, subject_id, subject_name, changes, network"
    };
}

/// The ids of the next entries that these did, and that were done to them, without those that are in both twice.
macro_rules! looked_at {
    () => {
        "SELECT id FROM (
             SELECT id FROM activity WHERE account_id = $1 AND actor_id {in $2} AND id < $3 AND id >= $4
             ORDER BY id DESC LIMIT $5) did
         UNION
         SELECT id FROM (
             SELECT id FROM activity WHERE account_id = $1 AND subject_id {in $2} AND id < $3 AND id >= $4
             ORDER BY id DESC LIMIT $5) was_done"
    };
}

/// One page of an account's activity, newest first; behind the entry `before`.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    filter: &Filter,
    before: Option<&ActivityId>,
) -> Result<Found, DbError> {
    // Ids sort by the moment they were made, which is the moment of their entries.
    // There are none before 1970.
    let at = |moment: Timestamp| ActivityId::new(moment.max(Timestamp::from_micros(0)), 0).to_string();
    let until = filter.until.map_or(LAST.to_owned(), at);
    let before = before.map_or(until.clone(), |id| until.min(id.to_string()));
    let range = [pass.account().into(), before.into(), filter.from.map_or(String::new(), at).into()];
    let ids: Option<Vec<String>> = match (&filter.people, &filter.company) {
        (Some(people), _) => Some(ids_of(r, pass, people)?),
        (None, company) => company.as_ref().map(|id| vec![id.to_string()]),
    };
    match (ids, filter.topic) {
        (Some(ids), _) => list_about(r, filter, ids, range),
        (None, Some(topic)) => list_topic(r, topic, range),
        (None, None) => Ok(found(list_range(r, range)?)),
    }
}

/// The people themselves, and their invitations: sending one is recorded of the invitation, under the address that it went to.
fn ids_of(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    people: &[UserId],
) -> Result<Vec<String>, DbError> {
    let invitations = invitation::list_ids(r, pass, people)?;
    let people = people.iter().map(ToString::to_string);
    Ok(people.chain(invitations.iter().map(ToString::to_string)).collect())
}

fn list_range(r: &mut Reader, [account, before, from]: [Value; 3]) -> Result<Page<Activity>, DbError> {
    let rows = r.tx().all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM activity WHERE account_id = $1 AND id < $2 AND id >= $3 ORDER BY id DESC LIMIT $4"
        )),
        &[account, before, from, LIMIT.into()],
    )?;
    page(rows)
}

/// What was done by these ids, and to them, among the next entries of either kind: the newest of both together are the newest that
/// there are. Of people a company may be asked for, too, and a topic.
fn list_about(
    r: &mut Reader,
    filter: &Filter,
    ids: Vec<String>,
    [account, before, from]: [Value; 3],
) -> Result<Found, DbError> {
    let company = filter.company.as_ref().map_or("", CompanyId::as_str);
    let verbs = filter.topic.map(Topic::verbs).unwrap_or_default();
    let any_verb = i64::from(filter.topic.is_none());
    // Where all of them are shown, a page looks at no more.
    let most = if filter.topic.is_none() && company.is_empty() { LIMIT } else { LOOKED_AT };
    let ids = convert::list(ids);
    let rows = r.tx().all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM activity WHERE account_id = $1 AND id IN (SELECT id FROM (",
            looked_at!(),
            " ORDER BY id DESC LIMIT $5) looked_at)
             AND (CAST($6 AS BIGINT) = 1 OR verb {in $7}) AND ($8 = '' OR subject_id = $8)
             ORDER BY id DESC LIMIT $9"
        )),
        &[
            account.clone(),
            ids.clone(),
            before.clone(),
            from.clone(),
            most.into(),
            any_verb.into(),
            convert::list(verbs),
            company.into(),
            LIMIT.into(),
        ],
    )?;
    let found = found(page(rows)?);
    if found.next.is_some() {
        return Ok(found);
    }
    let last = r.tx().optional(
        sql!(concat!(looked_at!(), " ORDER BY id DESC LIMIT 1 OFFSET $6")),
        &[account, ids, before, from, most.into(), (most - 1).into()],
    )?;
    go_on(found, last)
}

/// What is about a topic, among the next entries.
fn list_topic(r: &mut Reader, topic: Topic, [account, before, from]: [Value; 3]) -> Result<Found, DbError> {
    let verbs = convert::list(topic.verbs());
    let rows = r.tx().all(
        sql!(concat!(
            "SELECT ",
            columns!(),
            " FROM (SELECT ",
            columns!(),
            " FROM activity WHERE account_id = $1 AND id < $2 AND id >= $3 ORDER BY id DESC LIMIT $4) looked_at
             WHERE verb {in $5} ORDER BY id DESC LIMIT $6"
        )),
        &[account.clone(), before.clone(), from.clone(), LOOKED_AT.into(), verbs, LIMIT.into()],
    )?;
    let found = found(page(rows)?);
    if found.next.is_some() {
        return Ok(found);
    }
    let last = r.tx().optional(
        sql!(
            "SELECT id FROM activity WHERE account_id = $1 AND id < $2 AND id >= $3 ORDER BY id DESC
             LIMIT 1 OFFSET $4"
        ),
        &[account, before, from, (LOOKED_AT - 1).into()],
    )?;
    go_on(found, last)
}

/// With the last entry that was looked at, where there may be more behind it.
fn go_on(found: Found, last: Option<Row>) -> Result<Found, DbError> {
    Ok(Found { next: last.map(|row| row.columns().parse()).transpose()?, ..found })
}

/// One page of what was done to an account center itself. Its chain is kept like an account's.
pub fn list_of_center(
    r: &mut Reader,
    pass: &CenterPass<AllOfCenter>,
    before: Option<&ActivityId>,
) -> Result<Page<Activity>, DbError> {
    list_range(r, [pass.center().into(), before.map_or(LAST, ActivityId::as_str).into(), "".into()])
}

fn found(page: Page<Activity>) -> Found {
    let next = page.rows.last().filter(|_| page.has_more).map(|last| last.id.clone());
    Found { rows: page.rows, next }
}

fn page(rows: Vec<Row>) -> Result<Page<Activity>, DbError> {
    Ok(Page::of(rows.into_iter().map(read).collect::<Result<_, _>>()?))
}

fn read(row: Row) -> Result<Activity, DbError> {
    let mut c = row.columns();
    let (id, at, verb, actor_kind) = (c.parse()?, c.get()?, c.text()?, c.text()?);
    let (actor_id, actor_name, subject_id, subject_name) = (c.text()?, c.text()?, c.text()?, c.text()?);
    let mut changes: Vec<(String, Option<String>, Option<String>)> =
        serde_json::from_str(&c.text()?).map_err(|e| DbError::Shape(e.to_string()))?;
    let key_name = changes.pop_if(|(field, ..)| *field == BY_KEY).and_then(|(_, _, name)| name);
    Ok(Activity {
        id,
        at,
        verb,
        actor_kind,
        actor_id,
        actor_name,
        key_name,
        subject_id,
        subject_name,
        changes,
        network: c.text()?,
    })
}
