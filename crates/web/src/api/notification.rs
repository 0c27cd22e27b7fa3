//! Notifications, as programs see and change them: alerts of calls and texts.

use app::Refused;
use app::notification::{self, Filter};
use app::pass::AccountPass;
use domain::activity::Verb;
use domain::capability::proof::AnyUser;
use domain::email::EmailAddress;
use domain::id::NotificationId;
use domain::notification::{AlertChange, AlertType, Channel};
use domain::receiver::Receiver;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use text::Text;

use super::answer::{Gone, Made, One};
use super::company::given;
use super::listing::{Listed, Listing, Paging};
use super::refused::Wrong;
use super::route::{delete, get, list, post, put};
use crate::http::route::{Nothing, Route};
use crate::http::visit::Visit;

const ALL: &str = "/v3/a/{account}/notifications.json";
const ONE: &str = "/v3/a/{account}/notifications/{notification}.json";

pub(super) fn routes() -> Vec<Route> {
    vec![
        list(ALL, "List notifications", index),
        post(ALL, "Create a notification", create).records(&[Verb::NotificationCreated]),
        get(ONE, "Retrieve a notification", show),
        put(ONE, "Update a notification", update).records(&[Verb::NotificationChanged]),
        delete(ONE, "Delete a notification", remove).records(&[Verb::NotificationRemoved]),
    ]
}

/// What somebody is alerted of, and how.
#[derive(Serialize, JsonSchema)]
pub(super) struct Notification {
    /// The notification's id.
    id: i64,
    /// What it is called.
    name: String,
    /// The user who gets it; nothing where it is an address without one.
    user_id: Option<String>,
    /// The address.
    email: String,
    /// The agent whose calls alone are told.
    agent_id: Option<String>,
    /// Their name.
    agent_name: Option<String>,
    /// Which calls are told.
    alert_type: Option<AlertKind>,
    /// Whether calls are told.
    call_enabled: bool,
    /// Whether texts are told.
    sms_enabled: bool,
    /// The company that alone is told of; otherwise all that they have are.
    company_id: Option<String>,
    /// Its name.
    company_name: Option<String>,
    /// The tracker that alone is told of.
    tracker_id: Option<String>,
    /// Its name.
    tracker_name: Option<String>,
    /// Whether it comes by email.
    send_email: bool,
    /// Whether it comes to the phone.
    send_push: bool,
    /// Whether the browser shows it.
    send_desktop: bool,
}

impl Listed for Notification {
    const KEY: &'static str = "notifications";
}

impl From<notification::Notification> for Notification {
    fn from(one: notification::Notification) -> Notification {
        let name = notification::name(Text::default(), &one);
        Notification {
            id: one.id.number(),
            name,
            user_id: one.user.map(|user| user.to_string()),
            email: one.email,
            agent_id: one.alert.agent.map(|agent| agent.to_string()),
            agent_name: one.agent_name,
            alert_type: one.alert.alert_type.map(AlertKind::from),
            call_enabled: one.alert.call_enabled,
            sms_enabled: one.alert.sms_enabled,
            company_id: one.alert.company.map(|company| company.to_string()),
            company_name: one.company_name,
            // There are no trackers yet.
            tracker_id: None,
            tracker_name: None,
            send_email: one.alert.send_email,
            send_push: one.alert.send_push,
            send_desktop: one.alert.send_desktop,
        }
    }
}

/// Which calls are told.
#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum AlertKind {
    /// Every call.
    All,
    /// The first one of each caller.
    FirstCall,
    /// Those nobody answered, and voicemails.
    MissedAndVm,
    /// Voicemails.
    VmOnly,
}

impl From<AlertType> for AlertKind {
    fn from(alert_type: AlertType) -> AlertKind {
        match alert_type {
            AlertType::All => AlertKind::All,
            AlertType::FirstCall => AlertKind::FirstCall,
            AlertType::MissedAndVoicemail => AlertKind::MissedAndVm,
            AlertType::Voicemail => AlertKind::VmOnly,
        }
    }
}

impl From<AlertKind> for AlertType {
    fn from(kind: AlertKind) -> AlertType {
        match kind {
            AlertKind::All => AlertType::All,
            AlertKind::FirstCall => AlertType::FirstCall,
            AlertKind::MissedAndVm => AlertType::MissedAndVoicemail,
            AlertKind::VmOnly => AlertType::Voicemail,
        }
    }
}

/// How alerts come.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Way {
    Push,
    Email,
    Desktop,
}

/// Which notifications.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct Notifications {
    /// Only this user's.
    #[schemars(regex(pattern = "^(USR[0-9a-f]{32})?$"))]
    user_id: Option<String>,
    /// Only those of this address.
    email: Option<String>,
    /// Only those that come so.
    notification_type: Option<Way>,
}

/// The notifications of the key's owner; of everybody, where they manage users.
pub(super) async fn index(
    visit: Visit<AccountPass<AnyUser>>,
    paging: Paging,
    asked: Notifications,
) -> Result<Listing<Notification>, Wrong> {
    let user = match asked.user_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => Some(id.parse().map_err(|_| Refused::NotFound)?),
        None => None,
    };
    let email = match asked.email.as_deref().filter(|email| !email.is_empty()) {
        Some(email) => {
            Some(EmailAddress::parse(email).map_err(|_| Wrong::refused_field("email", "is invalid"))?)
        }
        None => None,
    };
    let channel = asked.notification_type.map(|way| match way {
        Way::Push => Channel::Push,
        Way::Email => Channel::Email,
        Way::Desktop => Channel::Desktop,
    });
    let (filter, window) = (Filter { user, email, channel }, paging.window()?);
    let (_, part) = visit.read(move |r, pass| notification::list(r, pass, &filter, window)).await?;
    Ok(paging.listing(part)?.map(Notification::from))
}

/// One notification.
pub(super) async fn show(visit: Visit<AccountPass<AnyUser>>, _: Nothing) -> Result<One<Notification>, Wrong> {
    let id: NotificationId = visit.param("notification")?;
    let (_, one) = visit.read(move |r, pass| notification::get(r, pass, id)).await?;
    Ok(One(one.into()))
}

/// A notification to be set up.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct NewNotification {
    /// The user who is to get it; the key's owner if nobody is named.
    #[schemars(regex(pattern = "^(USR[0-9a-f]{32})?$"))]
    user_id: Option<String>,
    /// The address that is to get it, instead of a user. Without a user it takes a company, and gets emails alone.
    email: Option<String>,
    /// The agent whose calls alone are told.
    #[schemars(regex(pattern = "^(USR[0-9a-f]{32})?$"))]
    agent_id: Option<String>,
    /// The company that alone is told of.
    #[schemars(regex(pattern = "^(COM[0-9a-f]{32})?$"))]
    company_id: Option<String>,
    /// The tracker that alone is told of.
    tracker_id: Option<String>,
    /// Whether it comes by email. It comes in one of the three ways at least.
    send_email: Option<bool>,
    /// Whether it comes to the phone.
    send_push: Option<bool>,
    /// Whether the browser shows it.
    send_desktop: Option<bool>,
    /// Whether calls are told. Calls or texts are.
    call_enabled: Option<bool>,
    /// Whether texts are told.
    sms_enabled: Option<bool>,
    /// Which calls are told; needed where calls are.
    alert_type: Option<AlertKind>,
}

/// Sets a notification up.
pub(super) async fn create(
    visit: Visit<AccountPass<AnyUser>>,
    new: NewNotification,
) -> Result<Made<Notification>, Wrong> {
    let (user, email) = (new.user_id.unwrap_or_default(), new.email.unwrap_or_default());
    let receiver = Receiver::parse(&user, &email).map_err(Refused::from)?;
    let change = AlertChange {
        agent_id: new.agent_id,
        company_id: new.company_id,
        tracker_id: new.tracker_id,
        alert_type: Some(new.alert_type.map(AlertType::from)),
        call_enabled: new.call_enabled,
        sms_enabled: new.sms_enabled,
        send_email: new.send_email,
        send_push: new.send_push,
        send_desktop: new.send_desktop,
    };
    let make =
        move |w: app::work::Writer, pass: &_| notification::create(w, pass, receiver.as_ref(), &change);
    let (_, made) = visit.write(make).await?;
    Ok(Made(made.into()))
}

/// What is changed of a notification. What is left out stays; whose it is stays always.
#[derive(Clone, Deserialize, JsonSchema)]
pub(super) struct ChangedNotification {
    /// The agent whose calls alone are told; nothing, or an empty text, for everybody's.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>", regex(pattern = "^(USR[0-9a-f]{32})?$"))]
    agent_id: Option<Option<String>>,
    /// The company that alone is told of; nothing, or an empty text, for all of them.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<String>", regex(pattern = "^(COM[0-9a-f]{32})?$"))]
    company_id: Option<Option<String>>,
    /// The tracker that alone is told of.
    tracker_id: Option<String>,
    /// Whether it comes by email.
    send_email: Option<bool>,
    /// Whether it comes to the phone.
    send_push: Option<bool>,
    /// Whether the browser shows it.
    send_desktop: Option<bool>,
    /// Whether calls are told.
    call_enabled: Option<bool>,
    /// Whether texts are told.
    sms_enabled: Option<bool>,
    /// Which calls are told.
    #[serde(default, deserialize_with = "given")]
    #[schemars(with = "Option<AlertKind>")]
    alert_type: Option<Option<AlertKind>>,
}

/// Changes a notification.
pub(super) async fn update(
    visit: Visit<AccountPass<AnyUser>>,
    changed: ChangedNotification,
) -> Result<One<Notification>, Wrong> {
    let id: NotificationId = visit.param("notification")?;
    let change = AlertChange {
        agent_id: changed.agent_id.map(Option::unwrap_or_default),
        company_id: changed.company_id.map(Option::unwrap_or_default),
        tracker_id: changed.tracker_id,
        alert_type: changed.alert_type.map(|kind| kind.map(AlertType::from)),
        call_enabled: changed.call_enabled,
        sms_enabled: changed.sms_enabled,
        send_email: changed.send_email,
        send_push: changed.send_push,
        send_desktop: changed.send_desktop,
    };
    let (_, one) = visit.write(move |w, pass| notification::change(w, pass, id, &change)).await?;
    Ok(One(one.into()))
}

/// Removes a notification.
pub(super) async fn remove(visit: Visit<AccountPass<AnyUser>>, _: Nothing) -> Result<Gone, Wrong> {
    let id: NotificationId = visit.param("notification")?;
    visit.write(move |w, pass| notification::remove(w, pass, id)).await?;
    Ok(Gone)
}
