//! The customer's directory of an account: switched on and off, its tokens, and what its groups give.

use std::collections::BTreeSet;

use app::Refused;
use app::company::Company;
use app::directory::{self, DirectoryPage, Group, TOKENS};
use app::pass::{AccountPass, HasPlace as _, Proven};
use domain::capability::proof::ManageUsers;
use domain::id::{CompanyId, DirectoryGroupId, DirectoryTokenId};
use domain::input::Problem;
use domain::scim::{Mapping, TYPES};
use domain::user::{UserType, parse_companies};
use serde::Deserialize;

use super::api_key::last_use;
use super::form::{Errors, ticked};
use super::shown;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::scim;
use crate::views::directory::{GroupPage, GroupRow, Made, Page, Token};
use crate::views::ending::Ending;
use crate::views::user::{Companies, Described as _};
use crate::views::{Choice, Pager, isolated};

/// Whoever changes a directory, or makes a token for it, decides who gets in.
type AtDirectory = Visit<Proven<AccountPass<ManageUsers>>>;

/// Which page of the groups.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Query {
    name: String,
    after: String,
}

/// What is typed of the directory.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    name: String,
    user_type: String,
}

/// What is typed of a group.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedGroup {
    user_type: String,
    #[serde(deserialize_with = "ticked")]
    all_companies: Option<String>,
    company: Vec<String>,
    filter: String,
    go: String,
}

/// The choice of a group that gives nothing.
const NOTHING: &str = "none";

fn at(pass: &AccountPass<ManageUsers>) -> String {
    format!("/accounts/{}/directory", pass.account())
}

/// The directory, or how to have one.
pub async fn page(visit: AtDirectory, query: Query) -> Answer {
    let (name, after) = (query.name, query.after);
    let (pass, page) = visit.read(move |r, pass| directory::page(r, pass, (&name, &after))).await?;
    let typed = Typed {
        name: page.directory.as_ref().map(|it| it.name.clone()).unwrap_or_default(),
        user_type: page.directory.as_ref().map_or("", |it| it.default_type.word()).to_owned(),
    };
    visit.page(view(&visit, &pass, page, (&typed, &Errors::default())))
}

async fn mend(visit: &AtDirectory, typed: &Typed, refused: Refused) -> Answer {
    let Refused::Invalid(errors) = refused else { return Err(refused) };
    let (pass, page) = visit.look(|r, pass| directory::page(r, pass, ("", ""))).await?;
    visit.mend(view(visit, &pass, page, (typed, &Errors(errors))))
}

/// Switches provisioning on, and shows the first token, this once.
pub async fn turn_on(visit: AtDirectory, typed: Typed) -> Answer {
    let name = typed.name.clone();
    match visit.write(move |w, pass| directory::turn_on(w, pass, &name)).await {
        Ok((pass, token)) => visit.page(made(&visit, &pass, token)),
        Err(refused) => mend(&visit, &typed, refused).await,
    }
}

/// Makes another token, and shows it, this once.
pub async fn make_token(visit: AtDirectory, _: Nothing) -> Answer {
    let (pass, token) = visit.write(directory::make_token).await?;
    visit.page(made(&visit, &pass, token))
}

fn made(visit: &AtDirectory, pass: &AccountPass<ManageUsers>, token: String) -> Made {
    Made { t: visit.t(), frame: visit.frame(pass), address: address(visit), token }
}

/// Where a directory finds us: on the server's own host alone.
fn address(visit: &AtDirectory) -> String {
    format!("{}{}", visit.app.settings.base_url, scim::BASE)
}

/// What stops when a token ends.
pub async fn end_token_page(visit: AtDirectory, _: Nothing) -> Answer {
    let id: DirectoryTokenId = visit.param("directory_token")?;
    let (pass, (directory, tokens)) = visit.read(|r, pass| directory::get(r, pass)).await?;
    let is_last = tokens.len() == 1;
    let token = tokens.into_iter().find(|token| token.id == id).ok_or(Refused::NotFound)?;
    let (t, moments) = (visit.t(), visit.moments(&pass.place().time_zone));
    let name = isolated(&directory.name);
    let last = is_last.then(|| t.directory_end_last(name.clone()));
    let stops = t.directory_end_stops(name);
    let other = (!is_last).then(|| t.directory_end_other().to_owned());
    visit.page(Ending {
        t,
        frame: visit.frame(&pass),
        title: t.directory_end_title(isolated(&token.made_by)),
        losses: [stops].into_iter().chain(last).collect(),
        last_use: last_use(t, token.last_used_at, &moments),
        keeps: other.into_iter().chain([t.directory_keeps_users().to_owned()]).collect(),
        action: visit.path.clone(),
        button: t.directory_end_do().to_owned(),
        back: at(&pass),
    })
}

/// Ends a token.
pub async fn end_token(visit: AtDirectory, _: Nothing) -> Answer {
    let id: DirectoryTokenId = visit.param("directory_token")?;
    let (pass, ()) = visit.write(move |w, pass| directory::end_token(w, pass, &id)).await?;
    visit.go_and_tell(&at(&pass), Toast::DirectoryTokenEnded)
}

/// Changes what it is called, and what it makes of people.
pub async fn change(visit: AtDirectory, typed: Typed) -> Answer {
    let name = typed.name.clone();
    let read: Option<UserType> = typed.user_type.parse().ok().filter(|it| TYPES[1..].contains(it));
    let Some(default) = read else {
        return mend(&visit, &typed, Refused::field("user_type", Problem::NotAChoice)).await;
    };
    match visit.write(move |w, pass| directory::change(w, pass, &name, default)).await {
        Ok((pass, ())) => visit.go_and_tell(&at(&pass), Toast::Saved),
        Err(refused) => mend(&visit, &typed, refused).await,
    }
}

/// What stops when provisioning is switched off.
pub async fn turn_off_page(visit: AtDirectory, _: Nothing) -> Answer {
    let (pass, (directory, tokens)) = visit.read(|r, pass| directory::get(r, pass)).await?;
    let (t, moments) = (visit.t(), visit.moments(&pass.place().time_zone));
    let name = isolated(&directory.name);
    let used = tokens.iter().filter_map(|token| token.last_used_at).max();
    visit.page(Ending {
        t,
        frame: visit.frame(&pass),
        title: t.directory_off_title(name.clone()),
        losses: vec![
            t.directory_off_tokens(name),
            t.directory_off_groups().to_owned(),
            t.directory_off_invitations().to_owned(),
        ],
        last_use: last_use(t, used, &moments),
        keeps: vec![t.directory_keeps_users().to_owned()],
        action: visit.path.clone(),
        button: t.directory_off().to_owned(),
        back: at(&pass),
    })
}

/// Switches it off.
pub async fn turn_off(visit: AtDirectory, _: Nothing) -> Answer {
    let (pass, ()) = visit.write(directory::turn_off).await?;
    visit.go_and_tell(&at(&pass), Toast::DirectoryOff)
}

/// What a group gives.
pub async fn group_page(visit: AtDirectory, _: Nothing) -> Answer {
    let id: DirectoryGroupId = visit.param("directory_group")?;
    let (pass, (group, given, companies)) =
        visit.read(move |r, pass| directory::get_group(r, pass, &id)).await?;
    let typed = TypedGroup {
        user_type: group.user_type.map_or(NOTHING, UserType::word).to_owned(),
        all_companies: group.all_companies.then(|| "yes".to_owned()),
        company: given.iter().map(ToString::to_string).collect(),
        ..TypedGroup::default()
    };
    visit.page(group_view(&visit, &pass, (&group, &companies), (&typed, &Errors::default())))
}

/// Says what a group gives.
pub async fn map(visit: AtDirectory, typed: TypedGroup) -> Answer {
    let id: DirectoryGroupId = visit.param("directory_group")?;
    let done = match typed.read() {
        Ok(mapping) if typed.go.is_empty() || typed.go == "save" => {
            let id = id.clone();
            visit
                .write(move |w, pass| directory::map(w, pass, &id, mapping.as_ref()))
                .await
                .map(|(pass, ())| pass)
        }
        Ok(_) => Err(Refused::Invalid(Vec::new())),
        Err(refused) => Err(refused),
    };
    let errors = match done {
        Ok(pass) => return visit.go_and_tell(&at(&pass), Toast::Saved),
        Err(Refused::Invalid(errors)) => Errors(errors),
        Err(refused) => return Err(refused),
    };
    let (pass, (group, _, companies)) = visit.look(move |r, pass| directory::get_group(r, pass, &id)).await?;
    let mut typed = typed;
    match typed.go.as_str() {
        "all" => typed.company = companies.iter().map(|company| company.id.to_string()).collect(),
        "none" => typed.company.clear(),
        _ => {}
    }
    visit.mend(group_view(&visit, &pass, (&group, &companies), (&typed, &errors)))
}

impl TypedGroup {
    /// What the group is to give.
    fn read(&self) -> Result<Option<Mapping>, Refused> {
        if self.user_type == NOTHING {
            return Ok(None);
        }
        let read: Option<UserType> = self.user_type.parse().ok().filter(|it| TYPES.contains(it));
        let user_type = read.ok_or(Refused::field("user_type", Problem::NotAChoice))?;
        let all_companies = self.all_companies.is_some() && !user_type.has_all_companies();
        let companies = if all_companies {
            BTreeSet::new()
        } else {
            parse_companies(&self.company, user_type).map_err(|problem| Refused::field("company", problem))?
        };
        Ok(Some(Mapping { user_type, all_companies, companies }))
    }
}

fn view(
    visit: &AtDirectory,
    pass: &AccountPass<ManageUsers>,
    page: DirectoryPage,
    (typed, errors): (&Typed, &Errors),
) -> Page {
    let (t, moments) = (visit.t(), visit.moments(&pass.place().time_zone));
    let token = |token: app::directory::Token| Token {
        id: token.id.to_string(),
        made_by: token.made_by,
        since: shown::when(token.created_at, &moments),
        last_use: token.last_used_at.map(|at| shown::when(at, &moments)),
    };
    let next = match page.groups.rows.last() {
        Some(last) if page.groups.has_more => {
            let query = crate::views::frame::address(
                &visit.path,
                &[("name", &last.name.to_lowercase()), ("after", last.id.as_str())],
            );
            Some(query)
        }
        _ => None,
    };
    let groups = page.groups.rows.iter();
    let groups =
        groups.map(|group| group_row(visit, group, page.given.get(&group.id), &page.companies)).collect();
    let choice = |it: &UserType| Choice::new(it.word(), it.label(t), it.word() == typed.user_type);
    Page {
        t,
        frame: visit.frame(pass),
        is_on: page.directory.is_some(),
        name: errors.field(t, "name", &typed.name),
        types: TYPES[1..].iter().map(choice).collect(),
        user_type: errors.field(t, "user_type", &typed.user_type),
        address: address(visit),
        may_have_token: (page.tokens.len() as i64) < TOKENS,
        tokens: page.tokens.into_iter().map(token).collect(),
        groups,
        pager: Pager { previous: None, next },
    }
}

fn group_row(
    visit: &AtDirectory,
    group: &Group,
    given: Option<&BTreeSet<CompanyId>>,
    companies: &[Company],
) -> GroupRow {
    let t = visit.t();
    let is_given = |company: &&Company| given.is_some_and(|given| given.contains(&company.id));
    let all = group.all_companies || group.user_type.is_some_and(UserType::has_all_companies);
    let given: Vec<Company> = companies.iter().filter(is_given).cloned().collect();
    let companies: Companies = shown::companies(all, &shown::company_names(&given));
    GroupRow {
        id: group.id.to_string(),
        name: group.name.clone(),
        members: group.members,
        gives: group.user_type.map(|it| (it.label(t).to_owned(), companies)),
    }
}

fn group_view(
    visit: &AtDirectory,
    pass: &AccountPass<ManageUsers>,
    (group, companies): (&Group, &[Company]),
    (typed, errors): (&TypedGroup, &Errors),
) -> GroupPage {
    let t = visit.t();
    let choice = |it: &UserType| Choice::new(it.word(), it.label(t), it.word() == typed.user_type);
    let company = |company: &Company| {
        let chosen = typed.company.iter().any(|id| id == company.id.as_str());
        Choice::new(company.id.as_str(), &company.details.name, chosen)
    };
    let mut types = vec![Choice::new(NOTHING, t.directory_nothing(), typed.user_type == NOTHING)];
    types.extend(TYPES.iter().map(choice));
    GroupPage {
        t,
        frame: visit.frame(pass),
        id: group.id.to_string(),
        name: group.name.clone(),
        members: group.members,
        types,
        all_companies: typed.all_companies.is_some(),
        companies: companies.iter().map(company).collect(),
        company_filter: typed.filter.clone(),
        type_error: errors.field(t, "user_type", "").error,
        company_error: errors.field(t, "company", "").error,
    }
}
