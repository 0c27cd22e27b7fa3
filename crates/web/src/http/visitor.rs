//! Who comes with a request: their credentials, from where, in which language, and how they are answered.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use ::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use app::moment::Moments;
use app::pass::Credentials;
use app::session::on_host;
use app::work::Origin;
use app::{Ask, Refused, SharedApp, Spoken};
use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::response::Response;
use domain::brand::Look;
use domain::id::AccountId;
use domain::network::{came_from, network_of};
use text::{Language, Text};

use super::cookies::{Cookie, Cookies};
use super::host::Site;
use super::route::Speaks;
use super::stream::Streams;
use super::toast::Toast;
use super::visit::Answer;
use super::{device, json, problem, refusals};

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
    pub(super) speaks: Speaks,
    pub(super) method: Method,
    /// The pattern of the path, in which no ids or tokens stand.
    pub(super) route: String,
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
    pub(crate) fn at(mut self, speaks: Speaks, headers: &HeaderMap) -> Visitor {
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
        matches!(self.method, Method::GET | Method::HEAD)
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

/// What the browser reads: what somebody has chosen in it, else what it says by itself.
pub(super) fn language(cookies: &mut Cookies, headers: &HeaderMap) -> Language {
    let chosen = cookies.take(Cookie::Language).and_then(|code| Language::of_code(&code));
    chosen.or_else(|| Language::of_header(text_of(headers, header::ACCEPT_LANGUAGE))).unwrap_or_default()
}

pub(super) fn text_of(headers: &HeaderMap, name: HeaderName) -> &str {
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
