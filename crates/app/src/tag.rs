//! Tags: creating, changing, removing (G-06). Everybody in the account sees its tags and those of their companies.

use domain::activity::{Entry, Verb};
use domain::capability::proof::AnyKey;
use domain::id::TagId;
use domain::input::Problem;
use domain::input::yes_no;
use domain::tag::{Level, NewTag, TagChange, TagDetails, TagFilter};
use store::page::{Part, Window};
use store::pass::{AccountPass, Acting, Denied, TagPass};
use store::tag;
use store::work::{Committed, Reader, Writer};

pub use store::tag::{MOST, Tag};

use crate::{Conflict, Refused};

/// A part of the tags that one sees, by name. Of a company that one does not have there is nothing to ask for.
pub fn list(
    r: &mut Reader,
    pass: &AccountPass<AnyKey>,
    filter: &TagFilter,
    window: Window,
) -> Result<Part<Tag>, Refused> {
    if let Some(company) = &filter.company {
        pass.within::<AnyKey>(r, company)?;
    }
    Ok(tag::list(r, pass, filter, window)?)
}

/// A tag that one sees; one of a company that one does not have is not found.
pub fn get(r: &mut Reader, pass: &AccountPass<AnyKey>, id: TagId) -> Result<Tag, Refused> {
    tag::find(r, pass, id)?.ok_or(Refused::NotFound)
}

/// Creates a tag.
pub fn create(mut w: Writer, pass: &AccountPass<AnyKey>, new: &NewTag) -> Result<Committed<Tag>, Refused> {
    let keeper = match TagPass::of(&mut w, pass, &new.level) {
        Err(Denied::NotFound) => return Err(Refused::field("company_id", Problem::NotAChoice)),
        minted => minted?,
    };
    let id: TagId = w.new_number();
    if !tag::insert(&mut w, &keeper, id, &new.details)? {
        return Err(Refused::Conflict(Conflict::Full));
    }
    let made = Tag { id, level: new.level.clone(), details: new.details.clone(), created_at: w.now };
    let entry = Entry::of(keeper.account(), Verb::TagCreated, id, &new.details.name)
        .change("companies", None, company(&new.level))
        .change("color", None, Some(new.details.color.word()));
    w.commit(&keeper.actor(), entry, made)
}

/// Changes a tag's name or colour, disables or enables it.
pub fn change(
    mut w: Writer,
    pass: &AccountPass<AnyKey>,
    id: TagId,
    change: &TagChange,
) -> Result<Committed<Tag>, Refused> {
    let before = get(&mut w, pass, id)?;
    let keeper = TagPass::of(&mut w, pass, &before.level)?;
    let details = change.onto(&before.details)?;
    tag::update(&mut w, &keeper, id, &details)?;
    let entry = changed(&keeper, id, &before.details, &details);
    w.commit(&keeper.actor(), entry, Tag { details, ..before })
}

/// Removes a tag for good.
pub fn remove(mut w: Writer, pass: &AccountPass<AnyKey>, id: TagId) -> Result<Committed<()>, Refused> {
    let before = get(&mut w, pass, id)?;
    let keeper = TagPass::of(&mut w, pass, &before.level)?;
    if !tag::remove(&mut w, &keeper, id)? {
        return Err(Refused::NotFound);
    }
    let entry = Entry::of(keeper.account(), Verb::TagRemoved, id, &before.details.name).change(
        "companies",
        company(&before.level),
        None,
    );
    w.commit(&keeper.actor(), entry, ())
}

fn changed(keeper: &TagPass, id: TagId, before: &TagDetails, after: &TagDetails) -> Entry {
    Entry::of(keeper.account(), Verb::TagChanged, id, &after.name)
        .change("name", Some(&before.name), Some(&after.name))
        .change("color", Some(before.color.word()), Some(after.color.word()))
        .change("disabled", Some(yes_no(before.disabled)), Some(yes_no(after.disabled)))
}

fn company(level: &Level) -> Option<&str> {
    level.company().map(|company| company.as_str())
}
