//! White label: editing, looking, switching on and off, and the account's own host (G-10).

use domain::activity::{Entry, Verb};
use domain::brand::preview::Preview;
use domain::brand::{Brand, HostName, Look, Missing, missing};
use domain::capability::proof::ManageWhiteLabel;
use domain::id::{AccountId, LoginId};
use domain::input::Problem;
use domain::mail::MailKind;
use store::brand::host;
use store::brand::{self, BrandRecord, look, notice};
use store::pass::{AccountPass, Acting, Proven};
use store::secret::Key;
use store::work::{Committed, Reader, Unrecorded, Writer};
use text::Text;

use crate::mail::compose::{ComposeError, Message};
use crate::mail::samples;
use crate::mail::speaker::Speaker;
use crate::{App, Ask, Conflict, Refused, limits};

pub mod dns;
pub mod logo;
pub mod recheck;

pub use look::Shown;
pub use store::brand::host::Host;

/// How many logos an account keeps: mails that were sent show theirs.
const LOGOS: i64 = 100;

/// A brand as its settings page shows it.
pub struct Settings {
    /// The brand, once somebody has begun one.
    pub record: Option<BrandRecord>,
    /// What of the draft was looked at as it is.
    pub seen: Vec<Preview>,
    /// The account's own host.
    pub host: Option<Host>,
    /// What the record of the host that is wanted is called, and what it must hold.
    pub proof: Option<(String, String)>,
}

impl Settings {
    /// What is missing before the draft can be switched on.
    pub fn missing(&self) -> Vec<Missing> {
        let unseen = Preview::all().len() - self.seen.len();
        missing(self.record.as_ref().map(|record| &record.draft), unseen)
    }

    /// The version of the draft; 0: nobody has begun one.
    pub fn version(&self) -> i64 {
        self.record.as_ref().map_or(0, |record| record.version)
    }
}

/// The settings of the account's brand.
pub fn settings(r: &mut Reader, pass: &AccountPass<ManageWhiteLabel>) -> Result<Settings, Refused> {
    let record = brand::find(r, pass)?;
    let seen = match &record {
        Some(record) => brand::list_seen(r, pass, record.version)?,
        None => Vec::new(),
    };
    let wanted = record.as_ref().and_then(|record| record.wanted_host.as_deref());
    let wanted = wanted.and_then(|host| HostName::parse(host).ok());
    let proof = wanted.map(|host| (host.record(), host::proof(r.key(), pass.account(), &host)));
    Ok(Settings { record, seen, host: host::find(r, pass)?, proof })
}

/// What becomes of the logo when the draft is changed.
#[derive(Clone, Debug)]
pub enum LogoChange {
    /// It stays, or there is none.
    Keep,
    /// It goes.
    Remove,
    /// This one takes its place. The server has written it, and it was counted before.
    Take(logo::Logo),
}

/// Changes the draft, as it was `seen`; what of it was looked at before counts no more.
pub fn change(
    mut w: Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    typed: &Brand,
    logo: &LogoChange,
    seen: i64,
) -> Result<Committed<()>, Refused> {
    limits::count(&mut w, &format!("brands of {}", pass.account()), limits::BRAND_CHANGE)?;
    let before = brand::find(&mut w, pass)?.map(|record| record.draft);
    let logo = match logo {
        LogoChange::Keep => before.as_ref().and_then(|before| before.logo.clone()),
        LogoChange::Remove => None,
        LogoChange::Take(logo) => Some(keep_logo(&mut w, pass, logo)?),
    };
    let draft = Brand { logo, ..typed.clone() };
    if !brand::update_draft(&mut w, pass, &draft, seen)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let entry = Entry::of(pass.account(), Verb::BrandChanged, pass.account(), &draft.name);
    w.commit(&pass.actor(), told(entry, before.as_ref(), &draft), ())
}

/// Keeps a logo, which the draft then names by its hash.
fn keep_logo(
    w: &mut Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    logo: &logo::Logo,
) -> Result<String, Refused> {
    let is_kept = brand::find_logo(w, pass.account(), &logo.hash)?.is_some();
    if !is_kept && brand::count_logos(w, pass)? >= LOGOS {
        return Err(Refused::field("logo", Problem::TooManyLogos));
    }
    brand::insert_logo(w, pass, &logo.hash, &logo.base64)?;
    Ok(logo.hash.clone())
}

/// Counts a new logo, before its file is taken apart: that takes more than all else.
pub fn count_logo(mut w: Writer, pass: &AccountPass<ManageWhiteLabel>) -> Result<Committed<()>, Refused> {
    limits::count(&mut w, &format!("logos of {}", pass.account()), limits::BRAND_LOGO)?;
    Ok(w.commit_unrecorded(Unrecorded::Attempt, ()))
}

/// What a change of the draft changed.
fn told(entry: Entry, before: Option<&Brand>, after: &Brand) -> Entry {
    let accent = |brand: &Brand| brand.accent.to_string();
    let text = |of: fn(&Brand) -> Option<&str>| (before.and_then(of), of(after));
    let of = |entry: Entry, field, (before, after): (Option<&str>, Option<&str>)| {
        entry.change(field, before, after)
    };
    let entry = of(entry, "name", text(|brand| Some(&brand.name)));
    let entry = of(entry, "sender", text(|brand| Some(&brand.sender)));
    let entry = of(entry, "support", text(|brand| brand.support.as_deref()));
    let entry = entry.change("accent", before.map(accent).as_deref(), Some(&accent(after)));
    let entry = of(entry, "terms", text(|brand| brand.terms.as_deref()));
    let entry = of(entry, "privacy", text(|brand| brand.privacy.as_deref()));
    of(entry, "logo", text(|brand| brand.logo.as_deref()))
}

/// Notes that somebody has looked at a part of the draft, or at all of it, as it is in this version.
pub fn see(
    mut w: Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    what: &[Preview],
    version: i64,
) -> Result<Committed<()>, Refused> {
    let record = brand::find(&mut w, pass)?.ok_or(Refused::Conflict(Conflict::Changed))?;
    for one in what {
        if !brand::upsert_seen(&mut w, pass, *one, version)? {
            return Err(Refused::Conflict(Conflict::Changed));
        }
    }
    let name = match what {
        [one] => one.word(),
        _ => record.draft.name,
    };
    let entry = Entry::of(pass.account(), Verb::BrandPreviewed, pass.account(), &name);
    w.commit(&pass.actor(), entry, ())
}

/// Switches the draft of this version on: exactly the one that was looked at.
pub fn switch_on(
    mut w: Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    version: i64,
) -> Result<Committed<()>, Refused> {
    let settings = settings(&mut w, pass)?;
    let Some(record) = settings.record.as_ref().filter(|record| record.version == version) else {
        return Err(Refused::Conflict(Conflict::Changed));
    };
    if !settings.missing().is_empty() {
        return Err(Refused::Conflict(Conflict::BrandIncomplete));
    }
    if !brand::update_live(&mut w, pass, version)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let entry = Entry::of(pass.account(), Verb::BrandOn, pass.account(), &record.draft.name);
    let entry = match &record.live {
        Some(live) => told(entry, Some(live), &record.draft),
        None => entry,
    };
    w.commit(&pass.actor(), entry, ())
}

/// Switches it off: the product is shown again. The draft and the host stay.
pub fn switch_off(mut w: Writer, pass: &AccountPass<ManageWhiteLabel>) -> Result<Committed<()>, Refused> {
    if !brand::update_off(&mut w, pass)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let entry = Entry::of(pass.account(), Verb::BrandOff, pass.account(), "");
    w.commit(&pass.actor(), entry, ())
}

/// Who may change the account's own host: whoever shows again that it is them, as all links of mails lead there.
pub type HostPass = Proven<AccountPass<ManageWhiteLabel>>;

/// Notes the host that the account wants, to be proven; the one it has stays until then. None: it wants none, and the one it
/// has is given up.
pub fn want_host(mut w: Writer, pass: &HostPass, host: Option<&HostName>) -> Result<Committed<()>, Refused> {
    Refused::check_lasting(pass)?;
    if !brand::host::update_wanted(&mut w, pass, host)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    let before = host::find(&mut w, pass)?.map(|host| host.host);
    if host.is_none() {
        host::remove(&mut w, pass)?;
    }
    let after = host.map_or("", HostName::as_str);
    let entry = Entry::of(pass.account(), Verb::BrandHostWanted, pass.account(), after);
    let entry = if host.is_none() { entry.change("host", before.as_deref(), None) } else { entry };
    w.commit(&pass.actor(), entry, ())
}

/// Gives an account a host that was shown to be its own, by a record that was made with the key of this number, or that the operator
/// has given it.
pub fn give_host(
    mut w: Writer,
    pass: &AccountPass<ManageWhiteLabel>,
    name: &HostName,
    by_record: Option<i64>,
) -> Result<Committed<()>, Refused> {
    let before = host::find(&mut w, pass)?.map(|host| host.host);
    if !host::replace(&mut w, pass, name, by_record)? {
        return Err(Refused::field("host", Problem::HostTaken));
    }
    let entry = Entry::of(pass.account(), Verb::BrandHostGiven, pass.account(), name.as_str());
    w.commit(&pass.actor(), entry.change("host", before.as_deref(), Some(name.as_str())), ())
}

impl App {
    /// Reads a host name that is not the server's own.
    pub fn parse_host(&self, typed: &str) -> Result<HostName, Problem> {
        let host = HostName::parse(typed)?;
        if host.is_of_server(&self.settings.base_url) { Err(Problem::HostTaken) } else { Ok(host) }
    }

    /// Looks up whether the host that the account wants is its own, and gives it to the account if it is; its administrators get a
    /// mail.
    pub async fn prove_host(&self, ask: &Ask, account: AccountId) -> Result<(), Refused> {
        let find = |mut w: Writer, pass: &HostPass| {
            Refused::check_lasting(pass)?;
            let counted = limits::count(&mut w, &format!("hosts of {}", pass.account()), limits::BRAND_HOST);
            let wanted = brand::find(&mut w, pass)?.and_then(|record| record.wanted_host);
            let found = counted.map(|()| wanted);
            Ok(w.commit_unrecorded(store::work::Unrecorded::Attempt, found))
        };
        let (_, wanted) = self.write(ask, account.clone(), find).await?;
        let wanted = wanted?.ok_or(Refused::Conflict(Conflict::Changed))?;
        let name = self.parse_host(&wanted).map_err(|problem| Refused::field("host", problem))?;
        let key_number = match self.is_proven(&account, &name).await {
            Ok(Some(key_number)) => key_number,
            Ok(None) => return Err(Refused::field("host", Problem::HostUnproven)),
            Err(dns::NoAnswer) => return Err(Refused::field("host", Problem::HostNoAnswer)),
        };
        let give = move |mut w: Writer, pass: &HostPass| {
            Refused::check_lasting(pass)?;
            let wanted = brand::find(&mut w, pass)?.and_then(|record| record.wanted_host);
            if wanted.as_deref() != Some(name.as_str()) {
                return Err(Refused::Conflict(Conflict::Changed));
            }
            // Told once: its record may be shown again at any time.
            if host::find(&mut w, pass)?.is_none_or(|host| host.host != name.as_str()) {
                recheck::tell(&mut w, pass, name.as_str(), notice::GIVEN)?;
            }
            give_host(w, pass, &name, Some(key_number))
        };
        self.write(ask, account, give).await.map(|_| ())
    }

    /// Whether the record of a host shows that it is the account's: the number of the key that the record was made with. It stays
    /// when the key is replaced, as nobody is told to change it.
    pub(crate) async fn is_proven(
        &self,
        account: &AccountId,
        name: &HostName,
    ) -> Result<Option<i64>, dns::NoAnswer> {
        let luck = self.store.random_bytes();
        let found = self.dns.find(&name.record(), [luck[0], luck[1]]).await?;
        let is_found = |key: &Key| {
            let proof = host::proof(key, account, name);
            found.iter().any(|text| text.trim() == proof)
        };
        Ok(self.store.key().each().find(is_found).map(|key| key.number()))
    }

    /// A sample of a mail, as the account would send it with this brand and host.
    pub fn sample_mail(
        &self,
        t: Text,
        kind: MailKind,
        (account, brand, host): (&AccountId, &Brand, Option<&str>),
        account_name: &str,
    ) -> Result<Message, ComposeError> {
        // As it is sent: from nowhere that may be somebody else's by then.
        let host = host.filter(|_| kind != MailKind::BrandHost);
        let speaker = Speaker::of_brand(Look::of(account, brand), host);
        samples::sample(t, kind, self.sender(&speaker).at_home(), account_name)
    }

    /// Whose own host this is, for a request that names it.
    pub async fn shown_at(&self, host: String) -> Result<Option<Shown>, Refused> {
        self.store.read(move |r| Ok(look::find_by_host(r, &host)?)).await
    }
}

/// What is shown to a login apart from any account; `None`: the product.
pub fn look_of_login(r: &mut Reader, login: &LoginId) -> Result<Option<Look>, Refused> {
    match look::voice_of_login(r, login)? {
        (domain::brand::Voice::Product, _) => Ok(None),
        (_, Some(account)) => Ok(look::find(r, &account)?.map(|brand| Look::of(&account, &brand))),
        _ => Ok(Some(Look::of_nobody())),
    }
}

/// A logo as a picture, for everybody.
pub fn logo(r: &mut Reader, account: &AccountId, hash: &str) -> Result<Vec<u8>, Refused> {
    let base64 = brand::find_logo(r, account, hash)?.ok_or(Refused::NotFound)?;
    logo::bytes(&base64).ok_or(Refused::NotFound)
}
