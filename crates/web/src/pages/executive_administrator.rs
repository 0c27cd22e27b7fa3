//! Executive administrators of an account center (C-04, C-10 to C-12).

use app::Refused;
use app::executive_administrator;
use app::pass::{CenterPass, Proven};
use app::work::Writer;
use domain::account_center::proof::{AllOfCenter, RunsCenter};
use domain::account_center::{Afterwards, Standing};
use domain::email::EmailAddress;
use domain::id::LoginId;
use domain::input::{Checker, Problem};
use domain::name;
use domain::user::{Names, UserType};
use serde::Deserialize;

use super::form::Errors;
use super::shown;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::{Answer, Visit};
use crate::views::executive_administrator::{Accounts, End, First, List, Make, New, Row};

/// Those of the center.
pub async fn list(visit: Visit<CenterPass<AllOfCenter>>, _: Nothing) -> Answer {
    let (pass, executives) = visit.read(executive_administrator::list).await?;
    let moments = visit.moments("UTC");
    let row = |executive: executive_administrator::Executive| Row {
        own: executive.login == pass.person().login,
        id: executive.login.to_string(),
        name: executive.name,
        email: executive.email,
        since: shown::when(executive.created_at, &moments),
    };
    visit.page(List {
        t: visit.t(),
        frame: visit.center_frame(&pass),
        rows: executives.into_iter().map(row).collect(),
        may_change: pass.standing() == Standing::Executive,
    })
}

/// What making oneself the first one means.
pub async fn first_page(visit: Visit<Proven<CenterPass<AllOfCenter>>>, _: Nothing) -> Answer {
    let (pass, opens_users) = visit.read(|r, pass| executive_administrator::preview_first(r, pass)).await?;
    let center = pass.name().to_owned();
    visit.page(First { t: visit.t(), frame: visit.center_frame(&pass), center, opens_users })
}

/// Makes whoever administers all accounts the first one (C-04).
pub async fn make_first(visit: Visit<Proven<CenterPass<AllOfCenter>>>, _: Nothing) -> Answer {
    let (pass, ()) = visit.write(executive_administrator::make_first).await?;
    visit.go_and_tell(&format!("/account-centers/{}", pass.center()), Toast::ExecutiveFirst)
}

/// What is typed of somebody new.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    first_name: String,
    last_name: String,
    email: String,
    message: String,
}

impl Typed {
    fn parse(&self) -> Result<(Names, EmailAddress, Option<String>), Refused> {
        let mut check = Checker::default();
        let names = check.merge(Names::parse(&self.first_name, &self.last_name, "", UserType::Administrator));
        let email = check.take("email", EmailAddress::parse(&self.email));
        let message = check.take("message", name::message(&self.message));
        Ok(check.finish((|| Some((names?, email?, message?)))())?)
    }
}

/// The form of a new one.
pub async fn new_page(visit: Visit<Proven<CenterPass<RunsCenter>>>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    visit.page(new_view(&visit, &pass, &Typed::default(), &Errors::default()))
}

/// Invites a new one (C-10).
pub async fn invite(visit: Visit<Proven<CenterPass<RunsCenter>>>, typed: Typed) -> Answer {
    let done = match typed.parse() {
        Ok((names, email, message)) => {
            let invite = move |w: Writer, pass: &Proven<CenterPass<RunsCenter>>| {
                executive_administrator::invite(w, pass, &names, &email, message.as_deref())
            };
            visit.write(invite).await.and_then(|(_, invited)| invited.map(drop))
        }
        Err(refused) => Err(refused),
    };
    match done {
        Ok(()) => {
            let is_mailed = visit.app.smtp.is_some();
            let toast = if is_mailed { Toast::ExecutiveInvited } else { Toast::ExecutiveInvitedKept };
            visit.go_and_tell(visit.path.trim_end_matches("/new"), toast)
        }
        Err(Refused::Invalid(errors)) => {
            let pass = visit.pass().await?;
            visit.mend(new_view(&visit, &pass, &typed, &Errors(errors)))
        }
        Err(refused) => Err(refused),
    }
}

fn new_view(
    visit: &Visit<Proven<CenterPass<RunsCenter>>>,
    pass: &CenterPass<RunsCenter>,
    typed: &Typed,
    errors: &Errors,
) -> New {
    let t = visit.t();
    New {
        t,
        frame: visit.center_frame(pass),
        first_name: errors.field(t, "first_name", &typed.first_name),
        last_name: errors.field(t, "last_name", &typed.last_name),
        email: errors.field(t, "email", &typed.email),
        message: errors.field(t, "message", &typed.message),
    }
}

/// What making somebody one means.
pub async fn make_page(visit: Visit<Proven<CenterPass<RunsCenter>>>, _: Nothing) -> Answer {
    let login: LoginId = visit.param("login")?;
    let id = login.to_string();
    let (pass, person) =
        visit.read(move |r, pass| executive_administrator::find_person(r, pass, &login)).await?;
    let (t, center) = (visit.t(), pass.name().to_owned());
    visit.page(Make { t, frame: visit.center_frame(&pass), id, name: person.name, center })
}

/// Makes somebody one (C-10).
pub async fn make(visit: Visit<Proven<CenterPass<RunsCenter>>>, _: Nothing) -> Answer {
    let login: LoginId = visit.param("login")?;
    let (pass, ()) = visit.write(move |w, pass| executive_administrator::make(w, pass, &login)).await?;
    visit.go_and_tell(&list_of(&pass), Toast::ExecutiveMade)
}

/// What unmaking one means.
pub async fn end_page(visit: Visit<Proven<CenterPass<RunsCenter>>>, _: Nothing) -> Answer {
    let login: LoginId = visit.param("login")?;
    let (pass, unmaking) =
        visit.read(move |r, pass| executive_administrator::preview_unmake(r, pass, &login)).await?;
    let too_many = unmaking.is_too_much_to_keep().then_some(executive_administrator::KEPT_AT_ONCE);
    visit.page(End {
        t: visit.t(),
        frame: visit.center_frame(&pass),
        id: unmaking.executive.login.to_string(),
        name: unmaking.executive.name,
        last: unmaking.is_last,
        too_many,
        through: Accounts::of(unmaking.through_center),
        own: Accounts::of(unmaking.own),
        needed: Accounts::of(unmaking.needed),
    })
}

/// What becomes of the accounts there are now.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Choice {
    afterwards: String,
}

/// Unmakes one (C-11, C-12).
pub async fn end(visit: Visit<Proven<CenterPass<RunsCenter>>>, choice: Choice) -> Answer {
    let login: LoginId = visit.param("login")?;
    // Who may not do it, and that there is nobody, is told first, whatever was sent.
    let wanted = login.clone();
    visit.read(move |r, pass| executive_administrator::preview_unmake(r, pass, &wanted)).await?;
    let afterwards = Afterwards::of_word(&choice.afterwards)
        .ok_or_else(|| Refused::field("afterwards", Problem::NotAChoice))?;
    let (pass, ()) =
        visit.write(move |w, pass| executive_administrator::unmake(w, pass, &login, afterwards)).await?;
    if pass.person().login == visit.param::<LoginId>("login")? {
        return visit.go_and_tell("/account-centers", Toast::ExecutiveUnmade);
    }
    visit.go_and_tell(&list_of(&pass), Toast::ExecutiveUnmade)
}

fn list_of<C>(pass: &CenterPass<C>) -> String {
    format!("/account-centers/{}/executives", pass.center())
}
