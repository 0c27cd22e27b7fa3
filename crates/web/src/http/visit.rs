//! A visit: one request at one route, with who asks, and the way to the route's pass.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use app::api_limit::Left;
use app::moment::Moments;
use app::pass::{Credentials, Gate};
use app::session::on_host;
use app::work::{Committed, Origin, Reader, Writer};
use app::{Ask, Refused, SharedApp, Spoken};
use axum::extract::{ConnectInfo, MatchedPath, RawPathParams, Request};
use axum::response::Response;
use domain::brand::Look;
use domain::id::AccountId;
use domain::network::{came_from, network_of};
use serde::de::DeserializeOwned;
use text::{Language, Text};
use tokio::time::timeout;

use super::cookies::{Cookie, Cookies};
use super::counted::{self, Stopped};
use super::host::Site;
use super::route::{self, FromPath, Kind, Speaks};
use super::stream::Streams;
use super::toast::Toast;
use super::turns::{LARGE, says_at_most};
use super::{device, json, problem, refusals};

/// What a handler answers: a response, or why not, which becomes a page in one place.
pub type Answer = Result<Response, Refused>;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// How long a form may take to arrive.
const PATIENCE: Duration = Duration::from_secs(20);

/// The id of the request, set by the outermost layer.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// What a request tells beside its input.
#[derive(Clone)]
pub struct Visitor {
    /// The product.
    pub app: SharedApp,
    /// Who asks.
    pub ask: Ask,
    /// The path that was asked for.
    pub path: String,
    /// The same with its query.
    pub address: String,
    /// What was just done, to be told once.
    pub toast: Option<Toast>,
    /// The account whose pages led to one's own.
    pub came_from: Option<AccountId>,
    /// Whether links and cookies are for TLS.
    pub secure: bool,
    /// The server's event streams.
    pub streams: Arc<Streams>,
    /// What is shown where no account says otherwise: the product, or the account whose own host was asked.
    pub look: Arc<Look>,
    speaks: Speaks,
    method: Method,
    /// The pattern of the path, in which no ids or tokens stand.
    route: String,
}

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
    if (P::PROVEN || is_large)
        && let Err(refused) = visit.pass().await
    {
        return visitor.refuse(refused).await;
    }
    let _turn = match is_large.then(|| LARGE.take(visit.whose(), &visitor.ask.origin.network)) {
        Some(None) => return visitor.refuse(Refused::Busy).await,
        turn => turn,
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

impl Visitor {
    pub(crate) fn of(app: SharedApp, request: &Request) -> Visitor {
        let secure = app.settings.base_url.starts_with("https://");
        let headers = request.headers();
        // Without the layer around, as in a test of a part, it is the server's own.
        let site = request.extensions().get().cloned().unwrap_or_else(Site::of_server);
        let mut cookies = Cookies::of(secure, headers);
        let language = language(&mut cookies, headers);
        let session = cookies.take(Cookie::Session);
        let request_id = request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default();
        let ask = Ask {
            credentials: Credentials {
                // A cookie of one host is none on another.
                session: session
                    .and_then(|token| on_host(&token, site.own.as_ref().map(|own| own.host.as_str()))),
                setup: cookies.take(Cookie::Setup),
                invitation: cookies.take(Cookie::Invitation),
                invitation_block: cookies.take(Cookie::InvitationBlock),
                unsubscribe: cookies.take(Cookie::Unsubscribe),
                access_request: cookies.take(Cookie::AccessRequest),
                reset: cookies.take(Cookie::Reset),
                email_change: cookies.take(Cookie::EmailChange),
                login_merge: cookies.take(Cookie::LoginMerge),
                temporary_password: cookies.take(Cookie::TemporaryPassword),
                second_factor: cookies.take(Cookie::SecondFactor),
                passkey: cookies.take(Cookie::Passkey),
                single_sign_on: cookies.take(Cookie::SingleSignOn),
                operator: cookies.take(Cookie::Operator),
                device: cookies.take(Cookie::Device),
                api_key: None,
                directory: None,
                at: site.own,
            },
            origin: Origin {
                network: network(&app, request),
                request_id,
                language: language.code().to_owned(),
            },
            device: device::describe(text_of(headers, header::USER_AGENT)),
            spoken: Spoken::by_browser(language),
        };
        Visitor {
            ask,
            path: request.uri().path().to_owned(),
            address: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
            came_from: cookies.take(Cookie::CameFrom).and_then(|id| id.parse().ok()),
            toast: cookies.take(Cookie::Toast).and_then(|key| Toast::of_key(&key)),
            secure,
            streams: request.extensions().get().map(Arc::clone).unwrap_or_default(),
            look: site.look,
            speaks: Speaks::Pages,
            method: request.method().clone(),
            route: request.extensions().get().map_or("", MatchedPath::as_str).to_owned(),
            app,
        }
    }

    /// The same at a route that speaks so: programs may give a key there, and nowhere else.
    fn at(mut self, speaks: Speaks, headers: &HeaderMap) -> Visitor {
        self.speaks = speaks;
        if speaks == Speaks::Data {
            self.ask.credentials.api_key = json::api_key(headers);
        }
        self
    }

    /// The texts. What programs read is English; else it is what the person has chosen, from the moment on that a pass was
    /// minted for them, and what their browser says before.
    pub fn t(&self) -> Text {
        match self.speaks {
            Speaks::Pages | Speaks::Mailboxes => Text::new(self.ask.spoken.language()),
            Speaks::Data | Speaks::Events | Speaks::Api | Speaks::Scim => Text::default(),
        }
    }

    /// How this page writes moments in `zone`.
    pub fn moments(&self, zone: &str) -> Moments {
        Moments::new(self.t(), zone, self.app.store.now())
    }

    /// What a handler came to.
    pub(super) async fn answer(&self, answer: Answer) -> Response {
        match answer {
            Ok(response) => {
                refusals::note_answered(&self.ask.origin, response.status());
                self.clear_toast(response)
            }
            Err(refused) => self.refuse(refused).await,
        }
    }

    pub(super) async fn refuse(&self, refused: Refused) -> Response {
        refusals::note(&self.ask.origin, &refused);
        if matches!(refused, Refused::SignedOut) && self.ask.credentials.api_key.is_some() {
            refusals::note_wrong_key(&self.ask.origin);
        }
        match self.speaks {
            Speaks::Pages | Speaks::Mailboxes => problem::answer(self, refused).await,
            Speaks::Data | Speaks::Events | Speaks::Api | Speaks::Scim => json::problem(self, refused),
        }
    }

    pub(super) async fn refuse_unread(&self, status: StatusCode) -> Response {
        match self.speaks {
            Speaks::Pages | Speaks::Mailboxes => problem::bad_request(self, status).await,
            Speaks::Data | Speaks::Events | Speaks::Api | Speaks::Scim => json::unread(self, status),
        }
    }

    /// Whether somebody is likely signed in; only for where to send them.
    pub fn has_session(&self) -> bool {
        self.ask.credentials.session.is_some()
    }

    /// Whether the browser comes as who sees an account as somebody else, be that over or not.
    pub fn is_seeing(&self) -> bool {
        self.ask.credentials.session.as_deref().is_some_and(domain::see_as::is_token)
    }

    /// The account that the session is bound to, which began by the account's provider; only for where to send them.
    pub fn bound_account(&self) -> Option<AccountId> {
        self.ask.credentials.session.as_deref()?.split_once('.')?.0.parse().ok()
    }

    /// The account whose own host was asked; `None` on the server's.
    pub fn own_host(&self) -> Option<&AccountId> {
        self.ask.credentials.own_account()
    }

    /// Whether the request only looks.
    pub fn is_get(&self) -> bool {
        self.method != Method::POST
    }

    /// A toast is told once: the page that shows it removes it.
    fn clear_toast(&self, mut response: Response) -> Response {
        let shows = self.speaks == Speaks::Pages && response.status().is_success();
        if self.toast.is_some() && shows {
            response.headers_mut().append(header::SET_COOKIE, Cookie::Toast.clear(self.secure));
        }
        response
    }
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

    /// Mints the pass and no more.
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

fn param<'a>(params: &'a [(String, String)], name: &str) -> Option<&'a str> {
    params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// What the browser reads: what somebody has chosen in it, else what it says by itself.
pub(super) fn language(cookies: &mut Cookies, headers: &HeaderMap) -> Language {
    let chosen = cookies.take(Cookie::Language).and_then(|code| Language::of_code(&code));
    chosen.or_else(|| Language::of_header(text_of(headers, header::ACCEPT_LANGUAGE))).unwrap_or_default()
}

fn text_of(headers: &HeaderMap, name: HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The network of whoever asks, as far as trusted proxies tell.
fn network(app: &SharedApp, request: &Request) -> String {
    let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() else {
        return String::new();
    };
    let lines =
        request.headers().get_all("x-forwarded-for").into_iter().filter_map(|line| line.to_str().ok());
    let trusted = |address: IpAddr| app.settings.trusted_proxies.contains(&address);
    network_of(came_from(peer.ip(), &lines.collect::<Vec<_>>(), trusted))
}
