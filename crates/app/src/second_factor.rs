//! Second factors: turning the app on and off, codes that stand in for it, and the code that completes a sign-in.
//!
//! [`take`] is the one place where a code is looked at: it counts the try, whatever becomes of it, and uses up what fits.

use data_encoding::BASE32_NOPAD;
use domain::activity::{Entry, Verb};
use domain::email::EmailAddress;
use domain::id::LoginId;
use domain::input::Problem;
use domain::mail::MailKind;
use domain::second_factor::{self as rules, Judged, Typed};
use domain::time::Timestamp;
use store::login::LoginRecord;
use store::mail::NewMail;
use store::pass::{Acting, Proven, SecondFactorPass, SelfPass, SystemPass};
use store::second_factor::{self, SecondFactor};
use store::work::{Committed, Reader, Unrecorded, Writer};
use store::{attempt, login, mail, passkey, session as sessions};
use totp_rs::{Builder, Totp};

use crate::email_proof::check_proven;
use crate::limits::Exceeded;
use crate::reset::login_mail;
use crate::session::{self, SignedIn, Started};
use crate::{App, Ask, Conflict, Refused, limits};

/// How one's second factor stands.
pub struct State {
    /// Since when the app counts; `None` where there is none.
    pub on: Option<Timestamp>,
    /// How many recovery codes are left; `None` where there is no factor that they stand in for, nor a passkey.
    pub codes: Option<i64>,
    /// What the app is told, where one is shown that does not count yet.
    pub shown: Option<Shown>,
}

/// What the app is told: as a text, and drawn.
pub struct Shown {
    /// The secret, in fours, to be typed.
    pub secret: String,
    /// The address that the drawing holds.
    pub uri: String,
    /// The drawing: how many modules a side has, and the path of the dark ones.
    pub drawing: (usize, String),
}

/// One's second factor. `issuer` is what the app shows beside the codes.
pub fn state(r: &mut Reader, pass: &SelfPass, issuer: &str) -> Result<State, Refused> {
    let person = pass.person();
    let on = second_factor::find(r, &person.login)?.and_then(|factor| factor.since);
    let codes = match second_factor::is_on(r, &person.login)? {
        true => Some(second_factor::count_codes(r, &person.login)?),
        false => None,
    };
    let shown = second_factor::find_shown(r, pass)?;
    let secret = shown.and_then(|shown| second_factor::secret(r.key(), &person.login, shown));
    let Some(secret) = secret else {
        return Ok(State { on, codes, shown: None });
    };
    let secret = BASE32_NOPAD.encode(&secret);
    let uri = rules::uri(issuer, &person.email, &secret);
    let drawing = draw(&uri)?;
    Ok(State { on, codes, shown: Some(Shown { secret: rules::in_fours(&secret), uri, drawing }) })
}

/// Draws a QR code: the path of its dark modules, in rows.
fn draw(text: &str) -> Result<(usize, String), Refused> {
    let code = fast_qr::QRBuilder::new(text).build();
    // An address of 254 letters and a name of 60 fit by far.
    let code = code.map_err(|_| Refused::field("code", Problem::TooLong { max: 1_000 }))?;
    let mut path = String::new();
    for row in 0..code.size {
        for column in (0..code.size).filter(|&column| code[row][column].value()) {
            path.push_str(&format!("M{column} {row}h1v1h-1z"));
        }
    }
    Ok((code.size, path))
}

/// Shows a new app: what was shown before and never counted is dead. Whoever has a login's password before its address was shown to
/// be theirs must not lock out whoever shows it.
pub fn begin(mut w: Writer, pass: &SelfPass) -> Result<Committed<()>, Refused> {
    check_proven(&mut w, &pass.person().login)?;
    if !second_factor::begin(&mut w, pass)? {
        return Err(Refused::Conflict(Conflict::Changed));
    }
    w.commit(&pass.actor(), Entry::of_login(Verb::SecondFactorShown, &pass.person().login, ""), ())
}

/// What a mail tells that was done to somebody's second factor, or to another way in of theirs beside the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// It was turned on.
    On = 1,
    /// It was turned off.
    Off = 2,
    /// There are new recovery codes.
    NewCodes = 3,
    /// A recovery code was used.
    CodeUsed = 4,
    /// It was taken away at the server's command line.
    ByOperator = 5,
    /// A passkey was added.
    PasskeyAdded = 6,
    /// A passkey was removed.
    PasskeyRemoved = 7,
    /// There are two of a passkey.
    PasskeyCopied = 8,
    /// An account's provider knows them.
    ProviderLinked = 9,
    /// It does so no more.
    ProviderUnlinked = 10,
}

impl Told {
    /// Of the number that stands in a mail's place for a link.
    pub fn of(number: i64) -> Option<Told> {
        let of_codes = [Told::On, Told::Off, Told::NewCodes, Told::CodeUsed, Told::ByOperator];
        let of_passkeys = [Told::PasskeyAdded, Told::PasskeyRemoved, Told::PasskeyCopied];
        let of_providers = [Told::ProviderLinked, Told::ProviderUnlinked];
        of_codes.into_iter().chain(of_passkeys).chain(of_providers).find(|told| *told as i64 == number)
    }
}

pub(crate) fn tell(w: &mut Writer, login: &LoginRecord, told: Told) -> Result<(), Refused> {
    let mail = login_mail(MailKind::SecondFactor, login.id.as_str(), &login.email);
    mail::insert(w, &NewMail { generation: told as i64, ..mail })?;
    Ok(())
}

impl App {
    /// Turns the app on that was shown, by the present password and a code of it; the recovery codes, this once, or none where those
    /// that came with a passkey go on. Whatever was begun without it ends, and so does the session that one asks with, whose token somebody may have copied: a new one begins.
    pub async fn turn_on_second_factor(
        &self,
        ask: &Ask,
        password: &str,
        code: &str,
    ) -> Result<(Vec<String>, Started), Refused> {
        let checked = self.check_own_password(ask, password).await?;
        let (typed, codes, asked) = (code.to_owned(), self.new_codes(), ask.clone());
        let done = move |mut w: Writer, pass: &Proven<SelfPass>| {
            session::check_own(&mut w, pass, &checked)?;
            check_proven(&mut w, &checked.id)?;
            if let Err(exceeded) = count(&mut w, &checked.id)? {
                return commit_refused(w, pass, &checked, Refused::TooMany(exceeded));
            }
            let is_first = !second_factor::is_on(&mut w, &checked.id)?;
            let shown = second_factor::find_shown(&mut w, pass)?;
            let shown = shown.ok_or(Refused::Conflict(Conflict::Changed))?;
            let now = step_of(&w);
            let confirmed = match rules::nearest(now, fits(&w, &checked.id, shown, &typed)) {
                Some(step) => second_factor::confirm(&mut w, pass, shown.generation, step, step - now)?,
                None => false,
            };
            if !confirmed {
                return commit_refused(w, pass, &checked, Refused::field("code", Problem::WrongFirstCode));
            }
            let codes = if is_first { codes.clone() } else { Vec::new() };
            keep_codes(&mut w, &checked.id, &codes)?;
            session::cut_off(&mut w, &checked.id)?;
            let (started, begun) = session::renew(&mut w, &pass.here(), &asked)?;
            tell(&mut w, &checked, Told::On)?;
            let added = Entry::of_login(Verb::SecondFactorAdded, &checked.id, &checked.name);
            w.commit_all(&pass.actor(), vec![added, begun], Ok((codes, started)))
        };
        self.write(ask, (), done).await?.1
    }

    /// Makes new recovery codes in place of those that are there, by the present password and a code.
    pub async fn renew_recovery_codes(
        &self,
        ask: &Ask,
        password: &str,
        code: &str,
    ) -> Result<Vec<String>, Refused> {
        let checked = self.check_own_password(ask, password).await?;
        let (typed, codes) = (code.to_owned(), self.new_codes());
        let done = move |mut w: Writer, pass: &Proven<SelfPass>| {
            session::check_own(&mut w, pass, &checked)?;
            if let Err(refused) = take(&mut w, &checked.id, &typed)? {
                return commit_refused(w, pass, &checked, refused);
            }
            second_factor::replace_codes(&mut w, &checked.id, &plain(&codes))?;
            tell(&mut w, &checked, Told::NewCodes)?;
            let entry = Entry::of_login(Verb::RecoveryCodesMade, &checked.id, &checked.name);
            w.commit(&pass.actor(), entry, Ok(codes.clone()))
        };
        self.write(ask, (), done).await?.1
    }

    /// Turns the second factor off, by the present password and a code.
    pub async fn turn_off_second_factor(&self, ask: &Ask, password: &str, code: &str) -> Result<(), Refused> {
        let checked = self.check_own_password(ask, password).await?;
        let typed = code.to_owned();
        let done = move |mut w: Writer, pass: &Proven<SelfPass>| {
            session::check_own(&mut w, pass, &checked)?;
            if let Err(refused) = take(&mut w, &checked.id, &typed)? {
                return commit_refused(w, pass, &checked, refused);
            }
            second_factor::remove_app(&mut w, &checked.id)?;
            second_factor::remove_codes(&mut w, &checked.id)?;
            tell(&mut w, &checked, Told::Off)?;
            let entry = Entry::of_login(Verb::SecondFactorRemoved, &checked.id, &checked.name);
            w.commit(&pass.actor(), entry, Ok(()))
        };
        self.write(ask, (), done).await?.1
    }

    /// Signs in whoever has shown all but the code, by the code.
    pub async fn prove_second_factor(&self, ask: &Ask, code: &str) -> Result<SignedIn, Refused> {
        let (typed, asked) = (code.to_owned(), ask.clone());
        let done = move |mut w: Writer, pass: &SecondFactorPass| {
            let login = &pass.login;
            let mut entries = match use_up(&mut w, login, &typed)? {
                Ok(entries) => entries,
                Err(refused) => return commit_refused(w, pass, login, refused),
            };
            if !second_factor::remove_ticket(&mut w, pass)? {
                return Err(Refused::Conflict(Conflict::Changed));
            }
            let (signed_in, started) = session::begin(&mut w, &login.id, &asked)?;
            entries.insert(0, started);
            w.commit_all(&pass.actor(), entries, Ok(signed_in))
        };
        self.write(ask, (), done).await?.1
    }

    pub(crate) fn new_codes(&self) -> Vec<String> {
        (0..rules::CODES).map(|_| rules::recovery_code(&self.store.random_bytes())).collect()
    }
}

/// Takes every second factor of a login away, for whoever has the server's command line: its owner has lost the app or the passkeys,
/// and every code.
pub fn remove(mut w: Writer, pass: &SystemPass, email: &EmailAddress) -> Result<Committed<()>, Refused> {
    let login = login::find_by_email(&mut w, email)?.ok_or(Refused::NotFound)?;
    let passkeys = passkey::remove_all(&mut w, &login.id)?;
    if !second_factor::remove_app(&mut w, &login.id)? && passkeys == 0 {
        return Err(Refused::NotFound);
    }
    second_factor::remove_codes(&mut w, &login.id)?;
    sessions::remove_all(&mut w, &login.id, None)?;
    tell(&mut w, &login, Told::ByOperator)?;
    w.commit(&pass.actor(), Entry::of_login(Verb::SecondFactorRemoved, &login.id, &login.name), ())
}

/// Gives a login its first recovery codes, with its first factor.
pub(crate) fn keep_codes(w: &mut Writer, login: &LoginId, codes: &[String]) -> Result<(), Refused> {
    if codes.is_empty() {
        return Ok(());
    }
    Ok(second_factor::replace_codes(w, login, &plain(codes))?)
}

/// The codes as they are kept: without what is there to be read.
fn plain(codes: &[String]) -> Vec<String> {
    codes.iter().map(|code| rules::plain(code)).collect()
}

/// What was used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Used {
    /// A code of the app.
    Code,
    /// A recovery code.
    RecoveryCode,
}

/// The same, and tells of a recovery code; the entry for that.
pub(crate) fn use_up(
    w: &mut Writer,
    login: &LoginRecord,
    typed: &str,
) -> Result<Result<Vec<Entry>, Refused>, Refused> {
    Ok(match take(w, &login.id, typed)? {
        Ok(Used::Code) => Ok(Vec::new()),
        Ok(Used::RecoveryCode) => {
            tell(w, login, Told::CodeUsed)?;
            Ok(vec![Entry::of_login(Verb::RecoveryCodeUsed, &login.id, &login.name)])
        }
        Err(refused) => Err(refused),
    })
}

/// Counts a try, and uses up what was typed, if it fits. What is refused is counted all the same: whoever calls commits it.
pub(crate) fn take(w: &mut Writer, login: &LoginId, typed: &str) -> Result<Result<Used, Refused>, Refused> {
    if let Err(exceeded) = count(w, login)? {
        return Ok(Err(Refused::TooMany(exceeded)));
    }
    let taken = match Typed::parse(typed) {
        Typed::Code(code) => take_code(w, login, &code)?.map(|()| Used::Code),
        Typed::RecoveryCode(code) if second_factor::take_code(w, login, &code)? => Ok(Used::RecoveryCode),
        Typed::RecoveryCode(_) | Typed::Neither => Err(Problem::WrongCode),
    };
    if matches!(taken, Ok(Used::RecoveryCode) | Err(Problem::WrongCode)) {
        second_factor::forget_seen_drift(w, login)?;
    }
    if taken.is_ok() {
        attempt::remove(w, &counter(w, login))?;
    }
    Ok(taken.map_err(|problem| Refused::field("code", problem)))
}

fn take_code(w: &mut Writer, login: &LoginId, code: &str) -> Result<Result<(), Problem>, Refused> {
    let Some(SecondFactor { shown, clock, .. }) = second_factor::find(w, login)? else {
        return Ok(Err(Problem::WrongCode));
    };
    Ok(match clock.judge(step_of(w), fits(w, login, shown, code)) {
        Judged::Good { step, drift }
            if second_factor::take_step(w, login, shown.generation, step, drift)? =>
        {
            Ok(())
        }
        Judged::Passed { step, drift }
            if second_factor::refuse_step(w, login, shown.generation, step, drift)? =>
        {
            Err(Problem::CodePassed)
        }
        _ => Err(Problem::WrongCode),
    })
}

/// The half minute of now, by our clock.
fn step_of(w: &Writer) -> i64 {
    w.now.micros() / 1_000_000 / rules::STEP
}

/// Whether what was typed is the code of a half minute.
fn fits(
    w: &Writer,
    login: &LoginId,
    shown: second_factor::Shown,
    typed: &str,
) -> impl Fn(i64) -> bool + use<> {
    let app = second_factor::secret(w.key(), login, shown).map(app_of);
    let typed = Typed::parse(typed);
    move |step| {
        let seconds = u64::try_from(step * rules::STEP);
        let (Some(app), Typed::Code(code), Ok(seconds)) = (&app, &typed, seconds) else {
            return false;
        };
        app.check(code, seconds).is_some()
    }
}

fn app_of(secret: [u8; 20]) -> Totp {
    // As all apps have it: SHA-1, six digits, thirty seconds. What of steps beside it is `AppClock`'s to say.
    Builder::new().with_secret(secret).with_skew(0).build().expect("twenty bytes are enough")
}

/// Tries from one network are few, and of one login from wherever not many more: codes have six digits. Who tries has the
/// password already.
fn count(w: &mut Writer, login: &LoginId) -> Result<Result<(), Exceeded>, Refused> {
    if let Err(exceeded) = attempt::count(w, &counter(w, login), limits::SECOND_FACTOR)? {
        return Ok(Err(exceeded));
    }
    Ok(attempt::count(w, &format!("second factor of {login}"), limits::SECOND_FACTOR_LOGIN)?)
}

fn counter(w: &Writer, login: &LoginId) -> String {
    format!("second factor of {login} from {}", w.origin().network)
}

/// A refusal that has been counted is on the record; but of those that come too often one line is enough.
pub(crate) fn commit_refused<T>(
    w: Writer,
    pass: &impl Acting,
    login: &LoginRecord,
    refused: Refused,
) -> Result<Committed<Result<T, Refused>>, Refused> {
    if matches!(refused, Refused::TooMany(_)) {
        return Ok(w.commit_unrecorded(Unrecorded::Attempt, Err(refused)));
    }
    let entry = Entry::of_login(Verb::SessionRefused, &login.id, &login.name);
    w.commit(&pass.actor(), entry, Err(refused))
}
