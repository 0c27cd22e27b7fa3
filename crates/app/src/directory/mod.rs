//! A customer's directory: switched on and off by administrators, who say what its groups give; and what it does by SCIM,
//! with the operations of pages.

mod fit;
pub mod group;
pub mod user;

use std::collections::{BTreeMap, BTreeSet};

use domain::activity::{Entry, Verb};
use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, DirectoryGroupId, DirectoryTokenId};
use domain::name;
use domain::scim::Mapping;
use domain::time::Span;
use domain::user::{UserType, may_give};
use store::company::{self, Company};
use store::directory::{self, Directory};
use store::page::Page;
use store::pass::{AccountPass, Acting, DirectoryPass, HasPlace, Proven};
use store::work::{Committed, Reader, Unrecorded, Writer};

pub use store::directory::group::Group;
pub use store::directory::user::DirectoryUser;
pub use store::directory::{TOKENS, Token};

use crate::user::{check_companies, forbidden};
use crate::{App, Ask, Conflict, Refused, access_change, limits};

/// What its page shows.
pub struct DirectoryPage {
    /// The directory, once there is one.
    pub directory: Option<Directory>,
    /// Its tokens.
    pub tokens: Vec<Token>,
    /// One page of its groups.
    pub groups: Page<Group>,
    /// The companies that these groups give.
    pub given: BTreeMap<DirectoryGroupId, BTreeSet<CompanyId>>,
    /// The companies there are.
    pub companies: Vec<Company>,
}

/// What is there of a directory; of its groups those behind the one of this name and id.
pub fn page(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    after: (&str, &str),
) -> Result<DirectoryPage, Refused> {
    let groups = directory::group::list(r, pass, after)?;
    let ids = groups.rows.iter().map(|group| group.id.clone()).collect();
    Ok(DirectoryPage {
        directory: directory::find(r, pass)?,
        tokens: directory::list_tokens(r, pass)?,
        given: directory::group::list_companies(r, pass, &ids)?,
        companies: company::list_choices(r, pass)?,
        groups,
    })
}

/// A directory acts without end and without anybody: who sets it up must be able to give what it gives, and for as long (U-13,
/// U-21).
pub(crate) fn check_may_give(pass: &AccountPass<ManageUsers>, user_type: UserType) -> Result<(), Refused> {
    let agent = user_type == UserType::Agent;
    may_give(&pass.place().grants, user_type, agent, None).map_err(forbidden)
}

fn there(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<Directory, Refused> {
    directory::find(r, pass)?.ok_or(Refused::NotFound)
}

/// The directory and its tokens.
pub fn get(r: &mut Reader, pass: &AccountPass<ManageUsers>) -> Result<(Directory, Vec<Token>), Refused> {
    Ok((there(r, pass)?, directory::list_tokens(r, pass)?))
}

/// Switches provisioning on; the first token, this once.
pub fn turn_on(
    mut w: Writer,
    pass: &Proven<AccountPass<ManageUsers>>,
    name: &str,
) -> Result<Committed<String>, Refused> {
    check_may_give(pass, UserType::Administrator)?;
    let name = name::required(name).map_err(|problem| Refused::field("name", problem))?;
    limits::count(&mut w, &format!("directory of {}", pass.account()), limits::DIRECTORY_TOKEN)?;
    let id = directory::insert(&mut w, pass, &name, UserType::Reporting)?;
    let id = id.ok_or(Refused::Conflict(Conflict::Changed))?;
    let (made, token) = new_token(&mut w, pass, &name)?;
    let on = Entry::of(pass.account(), Verb::DirectoryOn, &id, &name);
    w.commit_all(&pass.actor(), vec![on, made], token)
}

fn new_token(
    w: &mut Writer,
    pass: &AccountPass<ManageUsers>,
    name: &str,
) -> Result<(Entry, String), Refused> {
    let made = directory::insert_token(w, pass, &pass.actor().name)?;
    let (id, token) = made.ok_or(Refused::Conflict(Conflict::Full))?;
    Ok((Entry::of(pass.account(), Verb::DirectoryTokenMade, &id, name), token))
}

/// Makes one token more, as many as there may be; it is handed out this once.
pub fn make_token(
    mut w: Writer,
    pass: &Proven<AccountPass<ManageUsers>>,
) -> Result<Committed<String>, Refused> {
    check_may_give(pass, UserType::Administrator)?;
    let directory = there(&mut w, pass)?;
    limits::count(&mut w, &format!("directory of {}", pass.account()), limits::DIRECTORY_TOKEN)?;
    let (entry, token) = new_token(&mut w, pass, &directory.name)?;
    w.commit(&pass.actor(), entry, token)
}

/// Ends a token.
pub fn end_token(
    mut w: Writer,
    pass: &Proven<AccountPass<ManageUsers>>,
    id: &DirectoryTokenId,
) -> Result<Committed<()>, Refused> {
    let directory = there(&mut w, pass)?;
    if !directory::remove_token(&mut w, pass, id)? {
        return Err(Refused::NotFound);
    }
    w.commit(&pass.actor(), Entry::of(pass.account(), Verb::DirectoryTokenEnded, id, &directory.name), ())
}

/// Changes what the directory is called, and what it makes of people whom no mapped group gives more: from now on, of whom it
/// comes to next.
pub fn change(
    mut w: Writer,
    pass: &Proven<AccountPass<ManageUsers>>,
    name: &str,
    default_type: UserType,
) -> Result<Committed<()>, Refused> {
    let before = there(&mut w, pass)?;
    check_may_give(pass, default_type)?;
    let name = name::required(name).map_err(|problem| Refused::field("name", problem))?;
    directory::update(&mut w, pass, &name, default_type)?;
    let entry = Entry::of(pass.account(), Verb::DirectoryChanged, &before.id, &name)
        .change("name", Some(&before.name), Some(&name))
        .change("user_type", Some(before.default_type.word()), Some(default_type.word()));
    w.commit(&pass.actor(), entry, ())
}

/// Switches provisioning off. Users stay as they are; invitations that the directory has sent wait for an administrator.
pub fn turn_off(mut w: Writer, pass: &Proven<AccountPass<ManageUsers>>) -> Result<Committed<()>, Refused> {
    let directory = there(&mut w, pass)?;
    directory::remove(&mut w, pass)?;
    let entry = Entry::of(pass.account(), Verb::DirectoryOff, &directory.id, &directory.name);
    w.commit(&pass.actor(), entry, ())
}

/// A group, with the companies that it gives and those there are.
pub fn get_group(
    r: &mut Reader,
    pass: &AccountPass<ManageUsers>,
    id: &DirectoryGroupId,
) -> Result<(Group, BTreeSet<CompanyId>, Vec<Company>), Refused> {
    let group = directory::group::find(r, pass, id)?.ok_or(Refused::NotFound)?;
    let ids = BTreeSet::from([group.id.clone()]);
    let companies = directory::group::list_companies(r, pass, &ids)?.remove(&group.id).unwrap_or_default();
    Ok((group, companies, company::list_choices(r, pass)?))
}

/// Says what a group gives, and gives it to everybody who is in it, in one transaction. Each of them is judged as if whoever says
/// it had changed them.
pub fn map(
    mut w: Writer,
    pass: &Proven<AccountPass<ManageUsers>>,
    id: &DirectoryGroupId,
    mapping: Option<&Mapping>,
) -> Result<Committed<()>, Refused> {
    let (group, before, _) = get_group(&mut w, pass, id)?;
    let directory = there(&mut w, pass)?;
    if let Some(mapping) = mapping {
        check_may_give(pass, mapping.user_type)?;
        let new: BTreeSet<CompanyId> = mapping.companies.difference(&before).cloned().collect();
        check_companies(&mut w, pass, &new, mapping.user_type == UserType::Agent)?;
    }
    directory::group::update_mapping(&mut w, pass, id, mapping)?;
    let all = |is: bool| is.then_some("yes");
    let companies = mapping.map(|it| it.companies.clone()).unwrap_or_default();
    let entry = Entry::of(pass.account(), Verb::DirectoryGroupMapped, id, &group.name)
        .change("user_type", group.user_type.map(UserType::word), mapping.map(|it| it.user_type.word()))
        .change("all_companies", all(group.all_companies), all(mapping.is_some_and(|it| it.all_companies)))
        .change(
            "companies",
            access_change::joined(&before).as_deref(),
            access_change::joined(&companies).as_deref(),
        );
    let mut entries = vec![entry];
    let members = directory::group::list_members(&mut w, pass, id)?;
    entries.extend(fit::fit_all(&mut w, pass, directory.default_type, &members)?);
    w.commit_all(&pass.actor(), entries, ())
}

/// How long ago a token's last use has to be, to be noted again.
const USED_AGAIN: Span = Span::minutes(5);

impl App {
    /// Lets a directory in: counts the request, and notes that its token is used. The token is looked up beforehand: whoever has none
    /// takes no turn of the writer.
    pub async fn admit_directory(&self, ask: &Ask) -> Result<(), Refused> {
        self.read::<DirectoryPass, ()>(ask, (), |_, _| Ok(())).await?;
        let admit = |mut w: Writer, pass: &DirectoryPass| {
            limits::count(&mut w, &format!("directory requests of {}", pass.account()), limits::DIRECTORY)?;
            if pass.used_at.is_none_or(|at| w.now.since(at) > USED_AGAIN) {
                directory::update_used(&mut w, pass)?;
            }
            Ok(w.commit_unrecorded(Unrecorded::Attempt, ()))
        };
        self.write(ask, (), admit).await.map(drop)
    }
}
