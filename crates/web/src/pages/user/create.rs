//! Create User: the wizard, the creation, what comes next (U-01, U-02, U-04, L-01).

use ::http::{HeaderValue, header};
use app::company::Company;
use app::pass::{AccountPass, HasPlace as _};
use app::work::Writer;
use app::{Refused, access_request, user};
use domain::capability::proof::ManageUsers;
use domain::email::EmailAddress;
use domain::id::UserId;
use domain::input::{FieldError, Problem};
use domain::invitation::InvitationState;
use domain::user::{TypedUser, UserType};
use serde::{Deserialize, Serialize};
use text::Text;

use super::{Managing, users_of};
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::visit::Answer;
use crate::pages::form::{Errors, ticked};
use crate::pages::session;
use crate::pages::shown;
use crate::views::Choice;
use crate::views::user::{Created, New, NewForm, Sent, Step};

/// All answers so far, and where one is.
#[derive(Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    step: String,
    go: String,
    filter: String,
    agent: String,
    user_type: String,
    first_name: String,
    last_name: String,
    email: String,
    display_name: String,
    company: Vec<String>,
    message: String,
    #[serde(deserialize_with = "ticked")]
    invoice_emails: Option<String>,
    send: String,
}

/// The first question.
pub async fn page(visit: Managing, _: Nothing) -> Answer {
    let (pass, companies) = visit.read(user::company_choices).await?;
    visit.page(view(&visit, &pass, Step::Agent, &Answers::default(), &companies, &Errors::default()))
}

/// From one question to the next, or back. Nothing is stored: all answers travel with the form.
pub async fn step(visit: Managing, mut answers: Answers) -> Answer {
    let (pass, companies) = match visit.read(user::company_choices).await {
        Err(Refused::SignedOut) => return signed_out(&visit, answers),
        found => found?,
    };
    let present = Step::of_code(&answers.step).unwrap_or(Step::Agent);
    let user_type = answers.chosen_type();
    let errors = match answers.go.as_str() {
        "next" => errors_at(&visit, present, &answers).await?,
        _ => Errors::default(),
    };
    if !errors.0.is_empty() {
        return kept_for_back(visit.mend(view(&visit, &pass, present, &answers, &companies, &errors)));
    }
    if let Some(missing) = missing_company(visit.t(), present, &answers, &companies) {
        let mut page = view(&visit, &pass, present, &answers, &companies, &errors);
        page.form.user_type.error = Some(missing.to_owned());
        return kept_for_back(visit.mend(page));
    }
    let to = match answers.go.as_str() {
        "back" => present.previous(user_type).unwrap_or(Step::Agent),
        "next" => present.next(user_type).unwrap_or(present),
        "all" | "none" | "filter" => present,
        change => Step::of_code(change).unwrap_or(present),
    };
    answers.choose_all_or_none(&companies);
    kept_for_back(visit.page(view(&visit, &pass, to, &answers, &companies, &Errors::default())))
}

/// That there is no company to be given, where the type that was chosen needs one: it is said before names and address are typed.
fn missing_company(t: Text, step: Step, answers: &Answers, companies: &[Company]) -> Option<&'static str> {
    let needs_one = answers.chosen_type().is_some_and(|user_type| !user_type.has_all_companies());
    if step != Step::Type
        || answers.go != "next"
        || !needs_one
        || offered(answers, companies).next().is_some()
    {
        return None;
    }
    Some(if answers.agent == "yes" { t.user_new_no_lead_center() } else { t.user_new_no_company() })
}

/// What is wrong with a step, and whether the address that is typed there is somebody's already.
async fn errors_at(visit: &Managing, step: Step, answers: &Answers) -> Result<Errors, Refused> {
    let errors = answers.errors_at(step);
    let address = EmailAddress::parse(&answers.email);
    let (true, Step::Info, Ok(address)) = (errors.0.is_empty(), step, address) else { return Ok(errors) };
    let (_, problem) = visit.write(move |w, pass| user::check_address(w, pass, &address)).await?;
    Ok(problem.map_or(errors, |problem| Errors(vec![FieldError { field: "email", problem }])))
}

/// Mails the address that was typed how to ask for access (U-15).
pub async fn offer(visit: Managing, answers: Answers) -> Answer {
    let typed = answers.email.clone();
    let done = move |w: Writer, pass: &_| {
        let email = EmailAddress::parse(&typed).map_err(|problem| Refused::field("email", problem))?;
        access_request::offer(w, pass, &email)
    };
    match visit.write(done).await {
        Ok((pass, ())) => visit.go_and_tell(&users_of(&pass), Toast::AccessOffered),
        Err(Refused::Invalid(errors)) => {
            let errors = Errors(errors);
            let (pass, companies) = visit.read(user::company_choices).await?;
            kept_for_back(visit.mend(view(&visit, &pass, Step::Info, &answers, &companies, &errors)))
        }
        Err(refused) => Err(refused),
    }
}

/// The answer to a form, such as each step is, is shown again by a browser's Back only from its own cache: without one
/// it asks whether to send the form again.
pub(in crate::pages) fn kept_for_back(answer: Answer) -> Answer {
    let mut response = answer?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=0"));
    Ok(response)
}

/// Creates the user; on an error, back to the question whose answer is wrong.
pub async fn create(visit: Managing, answers: Answers) -> Answer {
    let done = match answers.typed().parse() {
        Ok(new) => visit.write(move |w, pass| user::create(w, pass, &new)).await,
        Err(errors) => Err(Refused::Invalid(errors)),
    };
    let done = done.and_then(|(pass, created)| Ok((pass, created?)));
    match done {
        Ok((pass, id)) => visit.go(&format!("{}/{id}/created", users_of(&pass))),
        Err(Refused::Invalid(errors)) => {
            let errors = Errors(errors);
            let (pass, companies) = visit.read(user::company_choices).await?;
            kept_for_back(visit.mend(view(&visit, &pass, step_of(&errors), &answers, &companies, &errors)))
        }
        Err(Refused::SignedOut) => signed_out(&visit, answers),
        Err(refused) => Err(refused),
    }
}

/// Whoever was signed out in the middle signs in at once, and the answers wait in that form.
fn signed_out(visit: &Managing, answers: Answers) -> Answer {
    if answers == Answers::default() {
        return Err(Refused::SignedOut);
    }
    let kept = serde_html_form::to_string(Answers { go: answers.step.clone(), ..answers });
    let kept = kept.map_err(|_| Refused::SignedOut)?;
    let wizard = format!("{}/new", visit.path.trim_end_matches("/new"));
    kept_for_back(session::sign_in_again(visit, &wizard, kept))
}

/// The answers that waited, as fields of the wizard's form; `None` where they are no such answers. That form stores
/// nothing, so that nothing is done which nobody has seen.
pub(crate) fn resumed(next: &str, kept: &str) -> Option<Vec<(String, String)>> {
    let answers: Answers = serde_html_form::from_str(kept).ok()?;
    let is_wizard = next.ends_with("/users/new") && answers != Answers::default();
    if is_wizard { serde_html_form::from_str(kept).ok() } else { None }
}

/// What can be done next.
pub async fn created(visit: Managing, _: Nothing) -> Answer {
    let id: UserId = visit.param("user")?;
    let (pass, page) = visit.read(move |r, pass| user::get(r, pass, &id)).await?;
    let user = page.user;
    let sent = match user.invitation.state(visit.app.store.now()) {
        _ if !user.user_type.has_login() => Sent::None,
        InvitationState::NotSent | InvitationState::Unwanted => Sent::Later,
        _ if visit.app.smtp.is_none() => Sent::Kept,
        _ => Sent::To(user.email),
    };
    visit.page(Created {
        t: visit.t(),
        frame: visit.frame(&pass),
        id: user.id.to_string(),
        name: user.names.full(),
        user_type: user.user_type,
        sent,
    })
}

impl Answers {
    fn typed(&self) -> TypedUser {
        TypedUser {
            agent: self.agent.clone(),
            user_type: self.user_type.clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            email: self.email.clone(),
            display_name: self.display_name.clone(),
            companies: self.company.clone(),
            message: self.message.clone(),
            invoice_emails: self.invoice_emails.is_some(),
            send_later: self.send == "later",
        }
    }

    fn chosen_type(&self) -> Option<UserType> {
        self.typed().kind().ok().map(|(user_type, _)| user_type)
    }

    /// What is wrong with the answers of one step; those of later steps have not been asked for.
    fn errors_at(&self, step: Step) -> Errors {
        if step == Step::Agent && self.agent.is_empty() {
            return Errors(vec![FieldError { field: "agent", problem: Problem::Missing }]);
        }
        let all = self.typed().parse().err().unwrap_or_default();
        Errors(all.into_iter().filter(|error| fields_of(step).contains(&error.field)).collect())
    }

    fn choose_all_or_none(&mut self, companies: &[Company]) {
        match self.go.as_str() {
            "all" => {
                let shown = offered(self, companies).filter(|company| matches(company, &self.filter));
                let ids: Vec<String> = shown.map(|company| company.id.to_string()).collect();
                self.company.extend(ids);
                self.company.sort();
                self.company.dedup();
            }
            "none" => self.company.clear(),
            _ => {}
        }
    }
}

fn fields_of(step: Step) -> &'static [&'static str] {
    match step {
        Step::Agent => &["agent"],
        Step::Type => &["user_type"],
        Step::Info => &["first_name", "last_name", "email", "display_name"],
        Step::Companies => &["company"],
        Step::Message => &["message"],
    }
}

/// The first step that has an error.
fn step_of(errors: &Errors) -> Step {
    let steps = [Step::Agent, Step::Type, Step::Info, Step::Companies, Step::Message];
    steps.into_iter().find(|step| errors.any_of(fields_of(*step))).unwrap_or(Step::Message)
}

/// Agents get only companies that use Lead Center (L-01).
fn offered<'a>(answers: &Answers, companies: &'a [Company]) -> impl Iterator<Item = &'a Company> {
    let agent = answers.agent == "yes";
    companies.iter().filter(move |company| company.details.is_open_to(agent))
}

fn matches(company: &Company, wanted: &str) -> bool {
    company.details.name.to_lowercase().contains(&wanted.to_lowercase())
}

fn view(
    visit: &Managing,
    pass: &AccountPass<ManageUsers>,
    step: Step,
    answers: &Answers,
    companies: &[Company],
    errors: &Errors,
) -> New {
    let (t, moments) = (visit.t(), visit.moments(&pass.place().time_zone));
    let own_end = pass.place().grants.ends_at;
    let choice = |company: &Company| {
        let chosen = answers.company.iter().any(|id| id == company.id.as_str());
        Choice::new(company.id.as_str(), &company.details.name, chosen)
    };
    New {
        t,
        frame: visit.frame(pass),
        step,
        form: NewForm {
            agent: errors.field(t, "agent", &answers.agent),
            user_type: errors.field(t, "user_type", &answers.user_type),
            first_name: errors.field(t, "first_name", &answers.first_name),
            last_name: errors.field(t, "last_name", &answers.last_name),
            email: errors.field(t, "email", &answers.email),
            display_name: errors.field(t, "display_name", &answers.display_name),
            company_error: errors.sentence(t, "company"),
            message: errors.field(t, "message", &answers.message),
            invoice_emails: answers.invoice_emails.is_some(),
            send_later: answers.send == "later",
        },
        has_lead_center: companies.iter().any(|company| company.details.is_open_to(true)),
        companies: offered(answers, companies).map(choice).collect(),
        company_filter: answers.filter.clone(),
        elsewhere: errors.0.iter().any(|error| error.problem == Problem::Elsewhere),
        own_last_day: own_end.map(|end| shown::last_day(end, &moments)),
    }
}
