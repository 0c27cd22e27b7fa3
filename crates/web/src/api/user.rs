//! Users, as programs see and change them.

use ::http::StatusCode;
use app::kept::Kept;
use app::pass::{AccountPass, HasPlace as _};
use app::user::program::{self, Asked, Member, MemberChange, Order};
use app::{Conflict, Refused, invitation};
use domain::access_change::Change;
use domain::activity::Verb;
use domain::capability::proof::{AnyKey, ManageUsers};
use domain::id::UserId;
use domain::input::yes_no;
use domain::name::MAX_NAME;
use domain::user::{TypedUser, UserStatus, UserType};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::answer::{Gone, Made, One};
use super::listing::{Listed, Listing, Paging, Rows, write};
use super::moment;
use super::refused::Wrong;
use super::route::{delete, get, list, post, put};
use crate::http::route::{Nothing, Route};
use crate::http::visit::Visit;

const ALL: &str = "/v3/a/{account}/users.json";
const ONE: &str = "/v3/a/{account}/users/{user}.json";
const RESEND: &str = "/v3/a/{account}/users/{user}/resend_invitation.json";
const PROMOTE: &str = "/v3/a/{account}/users/{user}/promote.json";

pub(super) fn routes() -> Vec<Route> {
    vec![
        list(ALL, "List users", index),
        post(ALL, "Create a user", create).records(&[Verb::UserCreated, Verb::InvitationSent]),
        get(ONE, "Retrieve a user", show),
        put(ONE, "Update a user who has accepted: names of oneself, companies by administrators", update)
            .records(&[Verb::UserChanged]),
        delete(ONE, "Delete a user", remove).records(&[Verb::UserDeleted]),
        post(RESEND, "Send a user's invitation again", resend).records(&[Verb::InvitationSent]),
        post(PROMOTE, "Give a user a role with more access", promote).records(&[Verb::UserPromoted]),
    ]
}

/// A user.
#[derive(Serialize, JsonSchema)]
pub(super) struct User {
    /// The user's id.
    #[schemars(regex(pattern = "^USR[0-9a-f]{32}$"))]
    id: String,
    /// The address.
    email: String,
    /// First name.
    first_name: String,
    /// Last name.
    last_name: String,
    /// Both names.
    name: String,
    /// What they are.
    role: Role,
    /// Whether they have accepted their invitation, or need none.
    accepted: bool,
    /// When they were made.
    #[schemars(extend("format" = "date-time"))]
    created_at: String,
    /// The companies given to them. Administrators have all, present and future, and none is named.
    companies: Vec<Named>,
    /// Whether they are an agent of Lead Center; with `fields=agent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<bool>,
}

/// A company by id and name.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "NamedCompany")]
pub(super) struct Named {
    /// The company's id.
    #[schemars(regex(pattern = "^COM[0-9a-f]{32}$"))]
    id: String,
    /// Its name.
    name: String,
}

impl Listed for User {
    const KEY: &'static str = "users";
}

impl User {
    fn of(member: &Member, zone: &str, fields: Option<&str>) -> User {
        User {
            id: member.id.to_string(),
            email: member.email.clone(),
            name: member.names.full(),
            first_name: member.names.first.clone(),
            last_name: member.names.last.clone(),
            role: Role::of(member.user_type),
            accepted: member.status != UserStatus::Pending,
            created_at: moment::in_zone(member.created_at, zone),
            companies: member
                .companies
                .iter()
                .map(|(id, name)| Named { id: id.to_string(), name: name.clone() })
                .collect(),
            agent: has(fields, "agent").then_some(member.agent),
        }
    }
}

/// What a user is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Role {
    /// Everything in the account.
    Admin,
    /// Sets up numbers and integrations, and reads everything in their companies.
    Manager,
    /// Reads everything in their companies.
    Reporting,
    /// Gets mails, and has no login.
    Notification,
    /// Lead Center alone.
    Agent,
}

impl Role {
    fn of(user_type: UserType) -> Role {
        match user_type {
            UserType::Administrator => Role::Admin,
            UserType::Manager => Role::Manager,
            UserType::Reporting => Role::Reporting,
            UserType::Notification => Role::Notification,
            UserType::Agent => Role::Agent,
        }
    }

    fn user_type(self) -> UserType {
        match self {
            Role::Admin => UserType::Administrator,
            Role::Manager => UserType::Manager,
            Role::Reporting => UserType::Reporting,
            Role::Notification => UserType::Notification,
            Role::Agent => UserType::Agent,
        }
    }
}

/// What a list of users is sorted by.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Sort {
    Email,
    CreatedAt,
    Id,
}

/// Which way round a list is.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Direction {
    /// A first, or the oldest.
    Asc,
    /// Z first, or the newest.
    Desc,
}

impl Direction {
    /// Whether it is the other way round.
    pub(super) fn is_down(self) -> bool {
        matches!(self, Direction::Desc)
    }
}

/// Whether a field is asked for beside the usual ones.
pub(super) fn has(fields: Option<&str>, name: &str) -> bool {
    fields.is_some_and(|fields| fields.split(',').any(|field| field.trim() == name))
}

/// Which users.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct Users {
    /// Only who has this company; administrators have every one.
    #[schemars(regex(pattern = "^(COM[0-9a-f]{32})?$"))]
    company_id: Option<String>,
    /// Words of the names, or the beginning of the address or of its host.
    search: Option<String>,
    /// What they are sorted by; when they were made if nothing is said.
    sort: Option<Sort>,
    /// Which way round.
    order: Option<Direction>,
    /// Fields to be added: `agent`.
    fields: Option<String>,
}

/// The users that the key's owner may manage; else themselves.
pub(super) async fn index(
    visit: Visit<AccountPass<AnyKey>>,
    paging: Paging,
    asked: Users,
) -> Result<Listing<User>, Wrong> {
    let company = match asked.company_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => Some(id.parse().map_err(|_| Refused::NotFound)?),
        None => None,
    };
    let sorts = asked.sort.is_some();
    let wanted = Asked {
        search: asked.search.unwrap_or_default().chars().take(100).collect(),
        company,
        order: if matches!(asked.sort, Some(Sort::Email)) { Order::Email } else { Order::Made },
        down: sorts && asked.order.is_some_and(Direction::is_down),
    };
    let fields = asked.fields.as_deref();
    if paging.is_relative() && wanted.is_all() {
        return follow(&visit, &paging, &wanted, fields).await;
    }
    let window = paging.window()?;
    let (pass, part) = visit.read(move |r, pass| program::list_window(r, pass, &wanted, window)).await?;
    paging.numbered(part.total, rows(&part, &part.rows, &pass, fields))
}

/// The rows of a list, which are written once for all who ask for the same ones. The zone in them is the account's.
fn rows<L>(
    kept: &Kept<L>,
    members: &[Member],
    pass: &AccountPass<AnyKey>,
    fields: Option<&str>,
) -> Rows<User> {
    let zone = &pass.place().time_zone;
    let made = || members.iter().map(|member| User::of(member, zone, fields)).collect::<Vec<_>>();
    match fields {
        None => Rows::Written(kept.written(|_| write(&made()))),
        Some(_) => Rows::Made(made()),
    }
}

/// One page behind another, by the last user of that one.
async fn follow(
    visit: &Visit<AccountPass<AnyKey>>,
    paging: &Paging,
    wanted: &Asked,
    fields: Option<&str>,
) -> Result<Listing<User>, Wrong> {
    let (take, order) = (paging.take()?, (wanted.order, wanted.down));
    let after: Option<UserId> = match paging.offset() {
        "" => None,
        offset => Some(offset.parse().map_err(|_| Wrong::refused_field("offset", "is none of a next page"))?),
    };
    let (pass, found) =
        visit.read(move |r, pass| program::list_behind(r, pass, order, after.as_ref(), take)).await?;
    let next = found.rows.last().filter(|_| found.more).map(|member| member.id.to_string());
    Ok(Listing::Following { per_page: take, next, rows: rows(&found, &found.rows, &pass, fields) })
}

/// What is to be told beside the usual.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct Shown {
    /// Fields to be added: `agent`.
    fields: Option<String>,
}

/// One user.
pub(super) async fn show(visit: Visit<AccountPass<AnyKey>>, asked: Shown) -> Result<One<User>, Wrong> {
    let id: UserId = visit.param("user")?;
    Ok(One(one(&visit, id, asked.fields.as_deref()).await?))
}

async fn one(visit: &Visit<AccountPass<AnyKey>>, id: UserId, fields: Option<&str>) -> Result<User, Wrong> {
    let (pass, member) = visit.read(move |r, pass| program::find(r, pass, &id)).await?;
    Ok(User::of(&member, &pass.place().time_zone, fields))
}

/// A user to be made.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct NewUser {
    /// First name; of a notification team the only one.
    #[schemars(length(min = 1, max = MAX_NAME), regex(pattern = r"\S"))]
    first_name: String,
    /// Last name.
    #[schemars(length(max = MAX_NAME))]
    last_name: String,
    /// The address that the invitation goes to.
    #[schemars(email, length(max = 254))]
    email: String,
    /// What they are to be.
    role: Role,
    /// The ids of their companies. All but administrators have one at least.
    #[schemars(inner(regex(pattern = "^COM[0-9a-f]{32}$")))]
    companies: Option<Vec<String>>,
    /// Whether they are to be an agent of Lead Center, too.
    agent: Option<bool>,
}

/// Makes a user, and sends their invitation; a notification user gets none.
pub(super) async fn create(
    visit: Visit<AccountPass<ManageUsers>>,
    new: NewUser,
) -> Result<Made<User>, Wrong> {
    let agent = new.agent.unwrap_or(false) || new.role == Role::Agent;
    let typed = TypedUser {
        agent: yes_no(agent).to_owned(),
        user_type: new.role.user_type().word().to_owned(),
        first_name: new.first_name,
        last_name: new.last_name,
        email: new.email,
        companies: new.companies.unwrap_or_default(),
        ..TypedUser::default()
    };
    let parsed = typed.parse().map_err(Refused::from)?;
    let (pass, id) = visit.write(move |w, pass| app::user::create(w, pass, &parsed)).await?;
    let id = id?;
    let visit = visit.of::<AccountPass<AnyKey>>(pass.account().clone());
    Ok(Made(one(&visit, id, None).await?))
}

/// What is changed of a user. What is left out stays.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct ChangedUser {
    /// First name; people change their own.
    #[schemars(length(min = 1, max = MAX_NAME), regex(pattern = r"\S"))]
    first_name: Option<String>,
    /// Last name; people change their own.
    #[schemars(length(max = MAX_NAME))]
    last_name: Option<String>,
    /// The ids of all the companies they are to have; administrators change these.
    #[schemars(inner(regex(pattern = "^COM[0-9a-f]{32}$")))]
    companies: Option<Vec<String>>,
}

impl ChangedUser {
    fn is_nothing(&self) -> bool {
        self.first_name.is_none() && self.last_name.is_none() && self.companies.is_none()
    }
}

/// Changes a user.
pub(super) async fn update(
    visit: Visit<AccountPass<AnyKey>>,
    changed: ChangedUser,
) -> Result<One<User>, Wrong> {
    let id: UserId = visit.param("user")?;
    if changed.is_nothing() {
        return Ok(One(one(&visit, id, None).await?));
    }
    let companies = changed.companies.map(|ids| program::parse_companies(&ids)).transpose()?;
    let change = MemberChange { first_name: changed.first_name, last_name: changed.last_name, companies };
    let user = id.clone();
    visit.write(move |w, pass| program::set(w, pass, &user, &change)).await?;
    Ok(One(one(&visit, id, None).await?))
}

/// Deletes a user; their access is gone at once.
pub(super) async fn remove(visit: Visit<AccountPass<ManageUsers>>, _: Nothing) -> Result<Gone, Wrong> {
    let id: UserId = visit.param("user")?;
    visit.write(move |w, pass| program::remove(w, pass, &id)).await?.1?;
    Ok(Gone)
}

/// Sends an invitation again; every earlier link stops working.
pub(super) async fn resend(visit: Visit<AccountPass<ManageUsers>>, _: Nothing) -> Result<One<User>, Wrong> {
    let id: UserId = visit.param("user")?;
    let user = id.clone();
    let sent = visit.write(move |w, pass| invitation::resend(w, pass, &user)).await;
    let (pass, ()) = sent.map_err(|refused| match refused {
        // Whoever looks at a page has seen an invitation there; a program may ask for anybody.
        Refused::Conflict(Conflict::Changed) => Wrong::said(
            StatusCode::UNPROCESSABLE_ENTITY,
            "This user has no invitation that could be sent again",
        ),
        other => other.into(),
    })?;
    let visit = visit.of::<AccountPass<AnyKey>>(pass.account().clone());
    Ok(One(one(&visit, id, None).await?))
}

/// What somebody is promoted to.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct Promotion {
    /// A role that includes all they may do now.
    role: Role,
}

/// Promotes a user.
pub(super) async fn promote(
    visit: Visit<AccountPass<ManageUsers>>,
    to: Promotion,
) -> Result<One<User>, Wrong> {
    let id: UserId = visit.param("user")?;
    let (user, change) = (id.clone(), Change::Promote(to.role.user_type()));
    let (pass, made) = visit.write(move |w, pass| program::make_now(w, pass, &user, &change)).await?;
    made?;
    let visit = visit.of::<AccountPass<AnyKey>>(pass.account().clone());
    Ok(One(one(&visit, id, None).await?))
}
