//! Answers to what cannot be done: a sentence, and the way on.

use askama::Template;
use domain::access::Refusal;
use domain::capability::Mark;
use text::Text;

use super::capability::Line;
use super::refusal::sentence;
use super::{Frame, Icon, isolated};

/// A problem page. The handler sets the status; [`Kind::status`] says which.
#[derive(Template, Clone, Debug)]
#[template(path = "problem/page.html")]
pub struct Problem {
    /// The texts.
    pub t: Text,
    /// The frame; a signed-out one makes a card.
    pub frame: Frame,
    /// What it is.
    pub kind: Kind,
    /// Where it goes on after signing out, where that helps.
    pub sign_out_to: Option<&'static str>,
}

/// What the problem is.
#[derive(Clone, Debug)]
pub enum Kind {
    /// 404: not there, or not for this person to know of.
    NotFound,
    /// 403: what is missing and who can give it (P-17).
    Forbidden {
        /// What is missing.
        refusal: Refusal,
        /// Whether the page is the administrators' as such, so that no line of the matrix says more.
        of_administrators: bool,
        /// "Dana Reyes or Sam Ito"
        who_can_give: Option<String>,
        /// Those of them whose address may be known: what opens a mail to them, their name and their address.
        helpers: Vec<(String, String, String)>,
    },
    /// 403: they came by a password, and the account requires its provider; `None` where several accounts are shown.
    NeedsProvider(Option<Ways>),
    /// 403: they see an account as somebody else, which does not open this or is over; one button ends it.
    SeeingAs {
        /// As whom.
        name: String,
        /// Whether it is over.
        is_over: bool,
        /// `ACC…`
        account: String,
    },
    /// 403: it is too long ago that they showed that it is them; where they do.
    Unproven {
        /// An address of the site.
        to: String,
    },
    /// 400, 405, 409, 413, 422: a sentence.
    BadRequest(String),
    /// 429: in how many minutes to come back.
    TooMany {
        /// Minutes, at least one; `None`: later.
        minutes: Option<i64>,
    },
    /// 421: there is no page of this server under the host.
    Nowhere(String),
    /// 500, with the request's id.
    Internal(String),
    /// 503: too busy, or being upgraded.
    Unavailable,
}

/// The ways on to an account that requires its provider.
#[derive(Clone, Debug)]
pub struct Ways {
    /// To the provider.
    pub sign_in: String,
    /// To one's own link, which comes first.
    pub link: String,
}

impl Kind {
    /// The status of the answer; a bad request may be more exact.
    pub fn status(&self) -> http::StatusCode {
        use http::StatusCode;
        match self {
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Forbidden { .. }
            | Kind::NeedsProvider(_)
            | Kind::SeeingAs { .. }
            | Kind::Unproven { .. } => StatusCode::FORBIDDEN,
            Kind::BadRequest(_) => StatusCode::BAD_REQUEST,
            Kind::Nowhere(_) => StatusCode::MISDIRECTED_REQUEST,
            Kind::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Kind::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl Problem {
    /// The line of the matrix that is missing, if that is what stands in the way.
    fn missing(&self, refusal: &Refusal, of_administrators: bool) -> Vec<Line> {
        match refusal {
            Refusal::Lacks(capability) if !of_administrators => {
                vec![Line::new(self.t, *capability, Mark::No)]
            }
            _ => Vec::new(),
        }
    }

    /// Whether they set up what is missing by themselves.
    fn lacks_second_factor(&self, refusal: &Refusal) -> bool {
        *refusal == Refusal::NoSecondFactor
    }

    fn refused(&self, refusal: &Refusal, of_administrators: bool) -> String {
        if of_administrators {
            return self.t.problem_of_administrators().to_owned();
        }
        sentence(self.t, *refusal)
    }

    fn ask(&self, refusal: &Refusal, of_administrators: bool, who: &str) -> String {
        match refusal {
            Refusal::Lacks(_) | Refusal::OutsideCompanies if !of_administrators => {
                self.t.problem_forbidden_who(isolated(who))
            }
            _ => self.t.account_who_can_give(isolated(who)),
        }
    }

    fn title(&self) -> &'static str {
        let t = self.t;
        match self.kind {
            Kind::NotFound => t.problem_not_found(),
            Kind::Forbidden { refusal: Refusal::NoSecondFactor, .. } => t.problem_second_factor(),
            Kind::Forbidden { .. } => t.problem_forbidden(),
            Kind::Unproven { .. } => t.proof_too_late(),
            Kind::NeedsProvider(_) => t.single_sign_on_needed(),
            Kind::SeeingAs { is_over: true, .. } => t.see_as_over(),
            Kind::SeeingAs { is_over: false, .. } => t.see_as_only_look(),
            Kind::BadRequest(_) | Kind::Nowhere(_) => t.problem_bad_request(),
            Kind::TooMany { .. } => t.problem_too_many(),
            Kind::Internal(_) => t.problem_internal(),
            Kind::Unavailable => t.problem_unavailable(),
        }
    }
}
