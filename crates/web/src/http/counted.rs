//! Requests of programs are counted for their account (A-06, I-01), wherever a key is given: before anything is looked at but
//! whose they are.

use ::http::HeaderMap;
use ::http::header::{HeaderName, HeaderValue};
use app::Refused;
use app::api_limit::{Left, WINDOWS};
use app::pass::{AccountPass, CompanyPass, Gate, HasPlace, KeyPass, QuestionPass};
use domain::access::Refusal;

use super::visitor::Visitor;

const LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Whose requests are counted.
pub trait Counted {
    /// An account, or a person where it is about none; empty for nobody.
    fn whose(&self) -> String;
}

impl<C> Counted for AccountPass<C> {
    fn whose(&self) -> String {
        self.place().account.to_string()
    }
}

impl<C> Counted for CompanyPass<C> {
    fn whose(&self) -> String {
        self.place().account.to_string()
    }
}

impl Counted for QuestionPass {
    fn whose(&self) -> String {
        self.place().account.to_string()
    }
}

impl Counted for KeyPass {
    fn whose(&self) -> String {
        self.person().login.to_string()
    }
}

/// What is open to everybody is asked by nobody whose requests could be counted.
impl Counted for app::pass::OpenPass {
    fn whose(&self) -> String {
        String::new()
    }
}

/// Why a request was not let in.
pub(crate) enum Stopped {
    /// Whoever asks may not.
    Refused(Refused),
    /// The account's requests are used up.
    UsedUp(app::limits::Exceeded),
}

/// Mints the pass and counts the request; `account` is what the path names. What is left then stands in `left`.
pub(crate) async fn admit<P: Gate>(
    visitor: &Visitor,
    target: &P::Target,
    whose: impl Fn(&P) -> String,
    account: &str,
    left: &mut Option<[Left; 2]>,
) -> Result<(), Stopped> {
    let (app, ask) = (&visitor.app, &visitor.ask);
    let minted = app.read::<P, ()>(ask, target.clone(), |_, _| Ok(())).await;
    let whose = match &minted {
        Ok((pass, ())) => whose(pass),
        // Whoever has no access any more shall not use up what those have who do.
        Err(Refused::Forbidden { refusal: Refusal::NotActive(_), .. }) => format!("no longer in {account}"),
        // Whoever else is refused here is of the account, and their requests count like all.
        Err(Refused::Forbidden { .. }) => account.to_owned(),
        Err(_) => String::new(),
    };
    if !whose.is_empty() {
        let counted = app.count_api_request(&whose).await.map_err(Stopped::Refused)?;
        *left = Some(counted.left);
        if let Some(exceeded) = counted.exceeded {
            return Err(Stopped::UsedUp(exceeded));
        }
    }
    minted.map(drop).map_err(Stopped::Refused)
}

/// Tells how many requests are left, in the words of the IETF's draft.
pub(crate) fn tell_left(headers: &mut HeaderMap, left: Option<[Left; 2]>, visitor: &Visitor) {
    let Some(left) = left else { return };
    let now = visitor.app.store.now();
    let both = || WINDOWS.iter().zip(&left);
    let policy: Vec<String> = both()
        .map(|((name, span), left)| format!("\"{name}\";q={};w={}", left.most, span.as_seconds_up()))
        .collect();
    let limit: Vec<String> = both()
        .map(|((name, _), left)| {
            format!("\"{name}\";r={};t={}", left.left, left.until.since(now).as_seconds_up().max(0))
        })
        .collect();
    for (name, value) in [(POLICY, policy), (LIMIT, limit)] {
        if let Ok(value) = HeaderValue::from_str(&value.join(", ")) {
            headers.insert(name, value);
        }
    }
}
