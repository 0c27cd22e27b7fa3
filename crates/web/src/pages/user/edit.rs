//! Edit User (U-17, L-04), and from there all that can be changed of a user (U-08 to U-10, U-20 to U-22).

use app::moment::Moments;
use std::iter;
use text::Text;

use app::access_change::{Confirmed, PastChange, Preview};
use app::pass::{AccountPass, HasPlace};
use app::user::{self, UserPage};
use app::work::Writer;
use app::{Conflict, Refused};
use domain::access_change::Change;
use domain::capability::proof::ManageUsers;
use domain::id::UserId;
use domain::input::FieldError;
use domain::user::{Names, UserStatus, UserType, lower_types, may_manage, parse_companies, promotions};
use serde::Deserialize;

use super::change::{Words, deleted, draw, preview, reason, refused_with, version};
use super::{Managing, users_of};
use crate::http::problem::sentence_of;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::form::{Errors, ticked};
use crate::pages::{shown, temporary_password};
use crate::views::access_change::{ChangePage, what};
use crate::views::capability::lines;
use crate::views::user::{Edit, EditForm, Recent};
use crate::views::{Choice, isolated};

/// What is typed, and which access and names the form showed; `go` is `save`, then `confirm` or `back`, or `all`, `none`, `filter`
/// for the company list.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    go: String,
    filter: String,
    version: String,
    /// First, last and chat display name.
    was: Vec<String>,
    first_name: String,
    last_name: String,
    display_name: String,
    company: Vec<String>,
    #[serde(deserialize_with = "ticked")]
    agent: Option<String>,
    #[serde(deserialize_with = "ticked")]
    invoice_emails: Option<String>,
}

/// The form, the present type, and what it can become.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    let (pass, page) = match get(&visit).await {
        Err(Refused::NotFound) => return deleted(&visit).await,
        found => found?,
    };
    visit.page(view(&visit, &pass, &page, &stored(&page), &Errors::default()))
}

fn stored(page: &UserPage) -> Typed {
    let (names, user) = (&page.user.names, &page.user);
    Typed {
        version: user.access_version.to_string(),
        was: vec![names.first.clone(), names.last.clone(), names.display.clone()],
        first_name: names.first.clone(),
        last_name: names.last.clone(),
        display_name: names.display.clone(),
        company: page.companies.iter().map(ToString::to_string).collect(),
        agent: user.agent.then(|| "yes".to_owned()),
        invoice_emails: user.invoice_emails.then(|| "yes".to_owned()),
        ..Typed::default()
    }
}

/// Saves, after showing what it does where it changes the access; or narrows and fills the list of companies.
pub async fn change(visit: Managing, mut typed: Typed) -> Answer {
    let (pass, page) = get(&visit).await?;
    match typed.go.as_str() {
        "all" => typed.company = page.offered().map(|company| company.id.to_string()).collect(),
        "none" => typed.company.clear(),
        "filter" | "back" => {}
        _ => {
            return match save(&visit, &page, &typed).await {
                Err(Refused::Invalid(errors)) => {
                    visit.mend(view(&visit, &pass, &page, &typed, &Errors(errors)))
                }
                Err(Refused::Conflict(conflict)) => overtaken(&visit, typed, conflict).await,
                done => done,
            };
        }
    }
    visit.page(view(&visit, &pass, &page, &typed, &Errors::default()))
}

impl Typed {
    /// The names that the form showed, as its fields.
    fn shown(&self) -> impl Iterator<Item = (&'static str, String)> {
        self.was.iter().map(|name| ("was", name.clone()))
    }

    /// Whether somebody has changed a name since the form was shown.
    fn shows_other(&self, names: &Names) -> bool {
        let now = [&names.first, &names.last, &names.display];
        self.was.iter().zip(now).any(|(shown, now)| shown != now)
    }
}

async fn save(visit: &Managing, page: &UserPage, typed: &Typed) -> Answer {
    let user_type = page.user.user_type;
    let names = Names::parse(&typed.first_name, &typed.last_name, &typed.display_name, user_type);
    let companies = parse_companies(&typed.company, user_type)
        .map_err(|problem| vec![FieldError { field: "company", problem }]);
    let (names, companies) = match (names, companies) {
        (Ok(names), Ok(companies)) => (names, companies),
        (names, companies) => {
            let errors = names.err().into_iter().chain(companies.err()).flatten().collect();
            return Err(Refused::Invalid(errors));
        }
    };
    let (agent, invoice_emails) = (typed.agent.is_some(), typed.invoice_emails.is_some());
    let change = Change::Edit { companies, agent, invoice_emails };
    if typed.shows_other(&page.user.names) {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    match confirmed(visit, &change, typed).await? {
        Asked::First(review) => visit.page(*review),
        Asked::Save(confirmed) => write(visit, page, names, change, confirmed).await,
    }
}

/// The form as the user stands now, with the reason why nothing was saved. Boxes of an old form would take back what
/// somebody else has given since, so only names that were typed stay.
async fn overtaken(visit: &Managing, typed: Typed, conflict: Conflict) -> Answer {
    let (pass, page) = get(visit).await?;
    let now = stored(&page);
    let was = typed.was;
    let newer = |place: usize, typed: String, now: &str| {
        if was.get(place) == Some(&typed) { now.to_owned() } else { typed }
    };
    let typed = Typed {
        first_name: newer(0, typed.first_name, &now.first_name),
        last_name: newer(1, typed.last_name, &now.last_name),
        display_name: newer(2, typed.display_name, &now.display_name),
        ..now
    };
    let view = view(visit, &pass, &page, &typed, &Errors::default());
    let notice = match conflict {
        Conflict::Changed => Some(visit.t().user_overtaken().to_owned()),
        other => reason(visit, other),
    };
    refused_with(visit.page(Edit { notice, ..view }))
}

/// Whether a change was shown.
enum Asked {
    /// Not yet.
    First(Box<ChangePage>),
    /// It was, or there is nothing to show: names are saved at once.
    Save(Confirmed),
}

/// What is saved is what the form showed, with what was changed there: an old form saves nothing.
async fn confirmed(visit: &Managing, change: &Change, typed: &Typed) -> Result<Asked, Refused> {
    let confirmed = Confirmed { seen: version(&typed.version)?, message: None };
    if typed.go == "confirm" {
        return Ok(Asked::Save(confirmed));
    }
    let (preview, review) = review(visit, change, typed).await?;
    if preview.user.access_version != confirmed.seen {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let does_nothing = preview.plan.as_ref().is_ok_and(|plan| plan.before == plan.after);
    Ok(if does_nothing { Asked::Save(confirmed) } else { Asked::First(Box::new(review)) })
}

async fn write(
    visit: &Managing,
    page: &UserPage,
    names: Names,
    change: Change,
    confirmed: Confirmed,
) -> Answer {
    let id = page.user.id.clone();
    let save = move |w: Writer, pass: &_| user::edit(w, pass, &id, &names, &change, &confirmed);
    let (pass, ()) = visit.write(save).await?;
    visit.go_and_tell(&format!("{}/{}", users_of(&pass), page.user.id), Toast::Saved)
}

/// What saving does to the access.
async fn review(visit: &Managing, change: &Change, typed: &Typed) -> Result<(Preview, ChangePage), Refused> {
    let (pass, preview) = preview(visit, change.clone()).await?;
    let mut page = draw(visit, &pass, &preview, &words(visit, &preview));
    page.hidden.extend(carried(typed));
    page.to_form = true;
    Ok((preview, page))
}

fn words(visit: &Managing, preview: &Preview) -> Words {
    let t = visit.t();
    Words {
        title: t.access_change_edit_title(isolated(&preview.user.names.full())),
        lead: t.access_change_edit_lead().to_owned(),
        button: t.access_change_edit_button().to_owned(),
        danger: false,
        undoable: true,
        action: String::new(),
    }
}

/// The form's answers, for the page between: it saves them, or leads back to the form with them.
fn carried(typed: &Typed) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("first_name", typed.first_name.clone()),
        ("last_name", typed.last_name.clone()),
        ("display_name", typed.display_name.clone()),
    ];
    fields.extend(typed.shown());
    fields.extend(typed.company.iter().map(|company| ("company", company.clone())));
    fields.extend(typed.agent.clone().map(|agent| ("agent", agent)));
    fields.extend(typed.invoice_emails.clone().map(|invoices| ("invoice_emails", invoices)));
    fields
}

async fn get(visit: &Managing) -> Result<(AccountPass<ManageUsers>, UserPage), Refused> {
    let id: UserId = visit.param("user")?;
    visit.read(move |r, pass| user::get(r, pass, &id)).await
}

fn view(
    visit: &Managing,
    pass: &AccountPass<ManageUsers>,
    page: &UserPage,
    typed: &Typed,
    errors: &Errors,
) -> Edit {
    let (t, user, place) = (visit.t(), &page.user, pass.place());
    let choice = |company: &app::company::Company| {
        let chosen = typed.company.iter().any(|id| id == company.id.as_str());
        Choice::new(company.id.as_str(), &company.details.name, chosen)
    };
    let may_give = |to: &UserType| may_manage(&place.grants, *to, user.agent).is_ok();
    let is_in_use = matches!(user.status, UserStatus::Pending | UserStatus::Active);
    let given = |types: Vec<UserType>| match is_in_use {
        true => types.into_iter().filter(may_give).collect(),
        false => Vec::new(),
    };
    let (now, moments) = (visit.app.store.now(), visit.moments(&place.time_zone));
    Edit {
        t,
        frame: visit.frame(pass),
        notice: None,
        id: user.id.to_string(),
        hidden: iter::once(("version", typed.version.clone())).chain(typed.shown()).collect(),
        name: user.names.full(),
        email: Some(user.email.clone()),
        user_type: user.user_type,
        agent: user.agent,
        allows: lines(t, user.user_type, user.agent),
        promotions: given(promotions(user.user_type, user.agent)),
        lower: given(lower_types(user.user_type, user.agent)),
        free_types: page.free_types,
        form: EditForm {
            first_name: errors.field(t, "first_name", &typed.first_name),
            last_name: errors.field(t, "last_name", &typed.last_name),
            display_name: errors.field(t, "display_name", &typed.display_name),
            company_error: errors.sentence(t, "company"),
            agent: typed.agent.is_some(),
            invoice_emails: typed.invoice_emails.is_some(),
        },
        all_companies: user.user_type.has_all_companies(),
        companies: page.offered().map(choice).collect(),
        company_filter: typed.filter.clone(),
        invitation: shown::invitation(user.invitation, now, &moments)
            .filter(|_| user.status == UserStatus::Pending),
        mail: page.mail.as_ref().and_then(|mail| shown::mail(t, mail, &moments)),
        suspended: user.status == UserStatus::Suspended,
        last_day: user.ends_at.map(|end| {
            let day = shown::last_day(end, &moments);
            if end > now { t.user_ends_on(day) } else { t.user_ended_on(day) }
        }),
        ends: user.ends_at.is_some_and(|end| end > now),
        recent: recent(t, &moments, page),
        executive: page.is_executive,
        temporary_password: temporary_password::waiting(&moments, &page.temporary_password),
        offers_temporary_password: page.offers_temporary_password,
        offers_see_as: page.offers_see_as,
        kept: page
            .is_last_administrator
            .then(|| sentence_of(t, &user.names.full(), Conflict::LastAdministrator)),
    }
}

fn recent(t: Text, moments: &Moments, page: &UserPage) -> Vec<Recent> {
    let row = |made: &PastChange| Recent {
        what: what(t, made),
        who: Some(made.actor_name.clone()).filter(|name| !name.is_empty()),
        when: shown::when(made.at, moments),
    };
    page.changes.iter().map(row).collect()
}
