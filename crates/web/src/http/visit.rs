//! A visit: one request at one route, with who asks, and the way to the route's pass.

use std::future::Future;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ::http::{HeaderName, Method, StatusCode, header};
use app::api_limit::Left;
use app::pass::Gate;
use app::work::{Committed, Reader, Writer};
use app::{Refused, SharedApp};
use axum::extract::{RawPathParams, Request};
use axum::response::Response;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::counted::{self, Stopped};
use super::problem;
use super::route::{self, FromPath, Kind, Speaks};
use super::turns::{LARGE, says_at_most};
use super::visitor::{Visitor, text_of};

/// What a handler answers: a response, or why not, which becomes a page in one place.
pub type Answer = Result<Response, Refused>;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// A visit at a route whose gate is `P`.
pub struct Visit<P: Gate> {
    visitor: Arc<Visitor>,
    target: P::Target,
    params: Vec<(String, String)>,
}

impl<P: Gate> std::ops::Deref for Visit<P> {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

/// Runs a handler on a request: path, input, then the handler; whatever is refused becomes a page here.
pub(super) async fn run<P, I, F, R>(
    app: SharedApp,
    kind: Kind<P>,
    params: RawPathParams,
    request: Request,
    handler: F,
) -> Response
where
    P: Gate<Target: FromPath>,
    I: DeserializeOwned,
    F: FnOnce(Visit<P>, I) -> R,
    R: Future<Output = Answer>,
{
    let visit = match enter::<P>(app, kind.speaks, &params, &request) {
        Ok(visit) => visit,
        Err(turned) => return turned.answer().await,
    };
    let visitor = visit.visitor();
    if let Some(refused) = only_looks::<P>(&visitor).await {
        return visitor.refuse(refused).await;
    }
    let mut left = None;
    if let (Some(whose), Some(_)) = (kind.whose, &visitor.ask.credentials.api_key) {
        let account = param(&visit.params, "account").unwrap_or_default();
        let admitted = counted::admit::<P>(&visitor, &visit.target, whose, account, &mut left).await;
        if let Err(stopped) = admitted {
            let refused = match stopped {
                Stopped::Refused(refused) => refused,
                Stopped::UsedUp(exceeded) => Refused::TooMany(exceeded),
            };
            return told(visitor.refuse(refused).await, left, &visitor);
        }
    }
    // Whoever has not shown lately who they are is told so before what they sent is read, whatever the handler does with it; and
    // what is large is read from nobody who may not send it, and from few at a time.
    let is_large = !says_at_most(request.headers(), route::FORM) && kind.largest > route::FORM;
    let turn = async {
        if !(P::PROVEN || is_large) {
            return Ok(None);
        }
        let pass = visit.pass().await?;
        is_large.then(|| visit.turn_at(&LARGE, &pass)).transpose()
    };
    let _turn = match turn.await {
        Ok(turn) => turn,
        Err(refused) => return visitor.refuse(refused).await,
    };
    let input = match read_input(request, kind.speaks, kind.largest).await {
        Ok(input) => input,
        Err(status) => return told(visitor.refuse_unread(status).await, left, &visitor),
    };
    let response = visitor.answer(handler(visit, input).await).await;
    told(response, left, &visitor)
}

/// Who sees an account as somebody else does nothing but look, and leave; and no stream goes on behind what they look at. What
/// they try is recorded. No unit that writes would give them a pass either.
pub(super) async fn only_looks<P: Gate>(visitor: &Visitor) -> Option<Refused> {
    let looks = visitor.is_get() && visitor.speaks != Speaks::Events;
    if looks || P::LEAVES || !visitor.is_seeing() {
        return None;
    }
    match visitor.app.refuse_seeing(&visitor.ask, &format!("{} {}", visitor.method, visitor.route)).await {
        // What opens nothing any more is like none: whoever has it may sign in.
        Refused::SignedOut => None,
        refused => Some(refused),
    }
}

/// Who is turned away at the entrance.
pub(super) enum TurnedAway {
    /// Whose form does not say that it is ours.
    CrossSite(Arc<Visitor>),
    /// Whose path names nothing.
    Nowhere(Arc<Visitor>),
}

impl TurnedAway {
    pub(super) async fn answer(self) -> Response {
        match self {
            TurnedAway::CrossSite(visitor) => problem::cross_site(&visitor).await,
            TurnedAway::Nowhere(visitor) => visitor.refuse(Refused::NotFound).await,
        }
    }
}

/// What stands before everything that is done for a request, whatever it brings.
pub(super) fn enter<P: Gate<Target: FromPath>>(
    app: SharedApp,
    speaks: Speaks,
    params: &RawPathParams,
    request: &Request,
) -> Result<Visit<P>, TurnedAway> {
    let visitor = Arc::new(Visitor::of(app, request).at(speaks, request.headers()));
    if speaks != Speaks::Mailboxes && !says_where_from(request) {
        return Err(TurnedAway::CrossSite(visitor));
    }
    let params: Vec<(String, String)> =
        params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let query = request.uri().query().unwrap_or_default();
    match P::Target::from_address(&|name| param(&params, name), query) {
        Some(target) => Ok(Visit { visitor, target, params }),
        None => Err(TurnedAway::Nowhere(visitor)),
    }
}

/// With what a program has left.
fn told(mut response: Response, left: Option<[Left; 2]>, visitor: &Visitor) -> Response {
    counted::tell_left(response.headers_mut(), left, visitor);
    response
}

/// A browser says with every form where it comes from; the layer before has checked what it says. What says nothing is
/// no browser of these years, and no form of ours. That layer lets `none` through, which is for what a person
/// opens by hand: no page of ours sends a form so, and it says nothing of a page. Then the origin must be ours.
fn says_where_from(request: &Request) -> bool {
    let headers = request.headers();
    let (site, origin) = (text_of(headers, SEC_FETCH_SITE), text_of(headers, header::ORIGIN));
    let is_ours = || origin.split_once("://").is_some_and(|(_, host)| host == text_of(headers, header::HOST));
    match site {
        _ if request.method() != Method::POST => true,
        "none" => is_ours(),
        "" => !origin.is_empty(),
        _ => true,
    }
}

/// The query of a GET, or the form of a POST. Unknown fields and fields given twice are refused; but in the address of a page
/// unknown ones, such as a mail program adds to a link, are passed over.
async fn read_input<I: DeserializeOwned>(
    request: Request,
    speaks: Speaks,
    largest: usize,
) -> Result<I, StatusCode> {
    // What a mail program says beside the address is no more than that it means it.
    if speaks == Speaks::Mailboxes {
        return serde_html_form::from_bytes(b"").map_err(|_| StatusCode::BAD_REQUEST);
    }
    let parse = |bytes: &[u8]| serde_html_form::from_bytes(bytes).map_err(|_| StatusCode::BAD_REQUEST);
    if request.method() != Method::POST {
        let query = request.uri().query().unwrap_or_default();
        return if speaks == Speaks::Data {
            parse(query.as_bytes())
        } else {
            parse(known::<I>(query).as_bytes())
        };
    }
    let kind =
        request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_form = kind.split(';').next().unwrap_or_default().trim() == "application/x-www-form-urlencoded";
    let body = timeout(PATIENCE, axum::body::to_bytes(request.into_body(), largest)).await;
    let body = body.map_err(|_| StatusCode::REQUEST_TIMEOUT)?.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    // A button without fields sends no body, and some programs then no type.
    if !is_form && !body.is_empty() {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    parse(&body)
}

/// A query without the fields that the page does not know. What it knows and cannot read stays: whoever asks for one thing
/// is not shown another.
fn known<I: DeserializeOwned>(query: &str) -> String {
    let is_known = |pair: &&str| match serde_html_form::from_str::<I>(pair) {
        Ok(_) => true,
        Err(error) => !error.to_string().starts_with("unknown field"),
    };
    query.split('&').filter(|pair| !pair.is_empty()).filter(is_known).collect::<Vec<_>>().join("&")
}

impl<P: Gate> Visit<P> {
    /// A visit of a program, whose path and input were read.
    pub(crate) fn new(visitor: Arc<Visitor>, target: P::Target, params: Vec<(String, String)>) -> Visit<P> {
        Visit { visitor, target, params }
    }

    /// Who came, for an answer once the visit is handed over.
    pub(super) fn visitor(&self) -> Arc<Visitor> {
        Arc::clone(&self.visitor)
    }

    /// The same visit at another door, for what a handler answers after it has done what it is for.
    pub fn of<Q: Gate>(&self, target: Q::Target) -> Visit<Q> {
        Visit { visitor: Arc::clone(&self.visitor), target, params: self.params.clone() }
    }

    /// An id or word of the path beside account and company; not found when it is none.
    pub fn param<T: FromStr>(&self, name: &str) -> Result<T, Refused> {
        param(&self.params, name).and_then(|text| text.parse().ok()).ok_or(Refused::NotFound)
    }

    /// Mints the pass and reads, in one unit; the pass comes along for the frame.
    pub async fn read<T: Send + 'static>(
        &self,
        operation: impl Fn(&mut Reader, &P) -> Result<T, Refused> + Send + 'static,
    ) -> Result<(P, T), Refused> {
        let (pass, value) = self.app.read(&self.ask, self.target.clone(), operation).await?;
        self.note_seen(&pass);
        Ok((pass, value))
    }

    /// As [`Visit::read`], but it notes no visit: a page that is left open is nobody's.
    pub async fn look<T: Send + 'static>(
        &self,
        operation: impl Fn(&mut Reader, &P) -> Result<T, Refused> + Send + 'static,
    ) -> Result<(P, T), Refused> {
        self.app.read(&self.ask, self.target.clone(), operation).await
    }

    /// Mints the pass and writes, in one unit. It notes no visit: the page that follows does, by [`Visit::read`].
    pub async fn write<T: Send + 'static>(
        &self,
        operation: impl Fn(Writer, &P) -> Result<Committed<T>, Refused> + Send + 'static,
    ) -> Result<(P, T), Refused> {
        self.app.write(&self.ask, self.target.clone(), operation).await
    }

    /// The account or account center that the path names, for those who share turns; empty where it names none.
    pub(super) fn whose(&self) -> &str {
        ["account", "account_center"].iter().find_map(|name| param(&self.params, name)).unwrap_or_default()
    }

    /// Mints the pass and no more; the visit is noted.
    pub async fn pass(&self) -> Result<P, Refused> {
        self.read(|_, _| Ok(())).await.map(|(pass, ())| pass)
    }

    /// Beside the answer, so that nobody waits for it.
    fn note_seen(&self, pass: &P) {
        let Some(seen) = pass.seen() else { return };
        let due = self.app.is_due(&seen);
        if due.is_nothing() {
            return;
        }
        let (app, ask) = (self.app.clone(), self.ask.clone());
        tokio::spawn(async move {
            if let Err(refused) = app.note_seen(&ask, seen, due).await {
                tracing::warn!(?refused, "could not note a visit");
            }
        });
    }
}

pub(crate) fn param<'a>(params: &'a [(String, String)], name: &str) -> Option<&'a str> {
    params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
