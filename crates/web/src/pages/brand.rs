//! White label: editing, switching on and off, and the own host (G-10, P-10).

use app::brand::{self, HostPass, LogoChange, Settings as Found};
use app::pass::AccountPass;
use app::work::Writer;
use app::{Conflict, Refused};
use domain::brand::preview::Preview;
use domain::brand::{Brand, Missing, TypedBrand, logo_path};
use domain::capability::proof::ManageWhiteLabel;
use domain::input::{FieldError, Problem};
use serde::Deserialize;
use text::Text;

use super::form::Errors;
use super::operator::mail_kind;
use crate::http::route::Nothing;
use crate::http::toast::Toast;
use crate::http::upload::{FileForm, Upload};
use crate::http::visit::{Answer, Visit};
use crate::views::brand::{Line, Settings, State};

pub mod preview;
pub mod served;

pub(super) type Branding = Visit<AccountPass<ManageWhiteLabel>>;

/// The form that changes the draft: [`Typed`], and a picture.
pub const FORM: FileForm = FileForm {
    file: "logo",
    fields: &["name", "sender", "support", "accent", "terms", "privacy", "remove_logo", "version"],
};

/// The brand as typed.
#[derive(Debug, Default)]
struct Typed {
    name: String,
    sender: String,
    support: String,
    accent: String,
    terms: String,
    privacy: String,
    /// The logo goes, unless another one takes its place.
    remove_logo: bool,
}

/// The version that a page showed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Version {
    pub(super) version: i64,
}

/// The host name as typed.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TypedHost {
    host: String,
}

impl Typed {
    fn of(brand: &Brand) -> Typed {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Typed {
            name: brand.name.clone(),
            sender: if brand.sender == brand.name { String::new() } else { brand.sender.clone() },
            support: text(&brand.support),
            accent: brand.accent.to_string(),
            terms: text(&brand.terms),
            privacy: text(&brand.privacy),
            remove_logo: false,
        }
    }

    fn read(upload: &Upload) -> Typed {
        let text = |name| upload.text(name).to_owned();
        Typed {
            name: text("name"),
            sender: text("sender"),
            support: text("support"),
            accent: text("accent"),
            terms: text("terms"),
            privacy: text("privacy"),
            remove_logo: upload.text("remove_logo") == "yes",
        }
    }

    fn parse(&self) -> Result<Brand, Vec<FieldError>> {
        let Typed { name, sender, support, accent, terms, privacy, remove_logo: _ } = self;
        TypedBrand { name, sender, support, accent, terms, privacy }.parse()
    }
}

/// The settings.
pub async fn page(visit: Branding, _: Nothing) -> Answer {
    visit.page(view(&visit, None, &Errors::default()).await?)
}

/// Changes the draft, and its logo with it.
pub async fn change(visit: Branding, upload: Upload) -> Answer {
    let seen: i64 = upload.text("version").parse().map_err(|_| Refused::Conflict(Conflict::Changed))?;
    let typed = Typed::read(&upload);
    let has_file = !upload.bytes("logo").is_empty();
    let logo = match (has_file, typed.remove_logo) {
        (true, _) => take_logo(&visit, upload).await?,
        (false, true) => Ok(LogoChange::Remove),
        (false, false) => Ok(LogoChange::Keep),
    };
    let (draft, logo) = match (typed.parse(), logo) {
        (Ok(draft), Ok(logo)) => (draft, logo),
        (draft, logo) => {
            let mut errors = draft.err().unwrap_or_default();
            // A browser does not send a file twice by itself.
            let problem = logo.err().or(has_file.then_some(Problem::Missing));
            errors.extend(problem.map(|problem| FieldError { field: "logo", problem }));
            return visit.mend(view(&visit, Some(typed), &Errors(errors)).await?);
        }
    };
    let change = move |w: Writer, pass: &AccountPass<_>| brand::change(w, pass, &draft, &logo, seen);
    match visit.write(change).await {
        Ok((pass, ())) => visit.go_and_tell(&home(&pass), Toast::Saved),
        Err(Refused::Invalid(errors)) => visit.mend(view(&visit, Some(typed), &Errors(errors)).await?),
        Err(refused) => Err(refused),
    }
}

/// The picture that was sent, written anew; or what is wrong with it.
async fn take_logo(visit: &Branding, upload: Upload) -> Result<Result<LogoChange, Problem>, Refused> {
    visit.write(brand::count_logo).await?;
    let rewrite = |upload: &Upload| match upload.bytes("logo") {
        bytes if bytes.len() > brand::logo::MAX_BYTES => Err(Problem::FileTooLarge),
        bytes => brand::logo::rewrite(bytes),
    };
    let logo = upload.taken_apart(rewrite).await.unwrap_or(Err(Problem::NotAPicture));
    Ok(logo.map(LogoChange::Take))
}

/// Notes the host that is wanted, or that none is.
pub async fn change_host(visit: Visit<HostPass>, typed: TypedHost) -> Answer {
    let host = match typed.host.trim() {
        "" => None,
        typed => match visit.app.parse_host(typed) {
            Ok(host) => Some(host),
            Err(problem) => {
                let errors = Errors(vec![FieldError { field: "host", problem }]);
                let mut page = view(&settings(&visit)?, None, &errors).await?;
                page.host.value = typed.to_owned();
                return visit.mend(page);
            }
        },
    };
    let (pass, ()) = visit.write(move |w, pass| brand::want_host(w, pass, host.as_ref())).await?;
    visit.go_and_tell(&home(&pass), Toast::Saved)
}

/// Looks for the record of the host that is wanted.
pub async fn prove_host(visit: Visit<HostPass>, _: Nothing) -> Answer {
    let pass = visit.pass().await?;
    match visit.app.prove_host(&visit.ask, pass.account().clone()).await {
        Ok(()) => visit.go_and_tell(&home(&pass), Toast::BrandHostGiven),
        Err(Refused::Invalid(errors)) => {
            let errors = Errors(errors);
            visit.mend(view(&settings(&visit)?, None, &errors).await?)
        }
        Err(refused) => Err(refused),
    }
}

/// The same visit at the settings, which are shown again with what is wrong.
fn settings(visit: &Visit<HostPass>) -> Result<Branding, Refused> {
    Ok(visit.of(visit.param("account")?))
}

/// Switches the version that was shown on.
pub async fn switch_on(visit: Branding, shown: Version) -> Answer {
    let (pass, ()) = visit.write(move |w, pass| brand::switch_on(w, pass, shown.version)).await?;
    visit.go_and_tell(&home(&pass), Toast::BrandOn)
}

/// Switches white label off.
pub async fn switch_off(visit: Branding, _: Nothing) -> Answer {
    let (pass, ()) = visit.write(brand::switch_off).await?;
    visit.go_and_tell(&home(&pass), Toast::BrandOff)
}

pub(super) fn home(pass: &AccountPass<ManageWhiteLabel>) -> String {
    format!("/accounts/{}/white-label", pass.account())
}

async fn view(visit: &Branding, typed: Option<Typed>, errors: &Errors) -> Result<Settings, Refused> {
    let (pass, found) = visit.read(brand::settings).await?;
    let t = visit.t();
    let draft = found.record.as_ref().map(|record| &record.draft);
    let first = || Typed { accent: domain::brand::Accent::default().to_string(), ..Typed::default() };
    let typed = typed.unwrap_or_else(|| draft.map_or_else(first, Typed::of));
    let logo = draft.and_then(|draft| draft.logo.as_deref());
    let field = |name, value: &str| errors.field(t, name, value);
    Ok(Settings {
        t,
        frame: visit.frame(&pass),
        version: found.version(),
        state: state(&found),
        missing: found.missing().into_iter().map(|missing| told(t, missing, found.version())).collect(),
        name: field("name", &typed.name),
        sender: field("sender", &typed.sender),
        support: field("support", &typed.support),
        accent: field("accent", &typed.accent),
        terms: field("terms", &typed.terms),
        privacy: field("privacy", &typed.privacy),
        remove_logo: typed.remove_logo,
        logo: field("logo", &logo.map(|hash| logo_path(pass.account(), hash)).unwrap_or_default()),
        host: field("host", host_shown(&found)),
        own_host: found.host.as_ref().map(|host| (host.host.clone(), stands(visit, host))),
        record: found.proof.clone().filter(|_| !is_given(&found)),
        previews: Preview::all().into_iter().map(|preview| line(t, preview, &found.seen)).collect(),
        next: Preview::next(&found.seen).map(Preview::word),
    })
}

fn wanted(found: &Found) -> Option<&str> {
    found.record.as_ref()?.wanted_host.as_deref()
}

/// What the field holds: emptied, it would take the host away that the operator has given.
fn host_shown(found: &Found) -> &str {
    let has = found.host.as_ref().map(|host| host.host.as_str());
    wanted(found).or(has).unwrap_or_default()
}

/// Whether the host that is wanted is the account's.
fn is_given(found: &Found) -> bool {
    let host = found.host.as_ref();
    host.is_some_and(|host| host.failing_since.is_none() && wanted(found) == Some(host.host.as_str()))
}

fn stands(visit: &Branding, host: &app::brand::Host) -> String {
    let t = visit.t();
    match (host.by_operator, host.failing_since) {
        (true, _) => t.brand_host_by_operator().to_owned(),
        (false, None) => t.brand_host_proven().to_owned(),
        (false, Some(since)) => t.brand_host_failing(visit.moments("UTC").full(since)),
    }
}

fn state(found: &Found) -> State {
    let Some(record) = &found.record else { return State::Off };
    match record.live_version {
        None => State::Off,
        Some(live) if live == record.version => State::On,
        Some(_) => State::Edited,
    }
}

/// Before there is a draft, there is nothing to look at.
fn told(t: Text, missing: Missing, version: i64) -> String {
    match missing {
        Missing::Name => t.brand_missing_name().to_owned(),
        Missing::Support => t.brand_missing_support().to_owned(),
        Missing::Previews(unseen) if version == 0 => t.brand_missing_previews_later(unseen as i64),
        Missing::Previews(unseen) => t.brand_missing_previews(unseen as i64),
    }
}

pub(super) fn line(t: Text, preview: Preview, seen: &[Preview]) -> Line {
    let label = match preview {
        Preview::SignIn => t.brand_page_sign_in().to_owned(),
        Preview::Invitation => t.brand_page_invitation().to_owned(),
        Preview::Problem => t.brand_page_problem().to_owned(),
        Preview::Mail(kind) => t.brand_mail_kind(mail_kind(t, kind)),
    };
    Line { word: preview.word(), label, seen: seen.contains(&preview) }
}
