//! Push: what a person's devices show although no page is open (G-08, L-05).
//!
//! The door for others is [`queue`], in the unit of what a push tells of. What it says is read when it is sent, in
//! [`notice::find`], and nothing is sent that does not hold any more by then: a push whose subject is gone, or whose device is
//! signed out. A kind of push is a variant of [`PushKind`], and its line there.

pub(crate) mod notice;
pub(crate) mod outbox;
pub(crate) mod post;
pub(crate) mod seal;
pub(crate) mod vapid;

use std::net::SocketAddr;
use std::sync::Arc;

use domain::activity::{Entry, Verb};
use domain::brand::HostName;
use domain::id::{LoginId, PushDeviceId};
use domain::push::{BrowserKeys, Endpoint, MOST_DEVICES, PushKind, Service};
use store::db::DbError;
use store::pass::{Acting, SelfPass};
use store::push::device::{self, NewDevice};
use store::work::{Committed, Reader, Writer};

pub use notice::Notice;
pub use store::push::NewPush;
pub use store::push::device::DeviceRecord;

pub use crate::way::Way;
pub use crate::way::names::{Addresses, FindsAddresses, NoAnswer};

use crate::mail::outbox::Turns;
use crate::{App, Ask, Conflict, Refused, limits};

/// What pushes need beside the database.
pub struct Push {
    /// The way to push services.
    pub way: Arc<Way>,
    /// Whose pushes are sent next.
    pub(crate) turns: Turns,
}

impl Push {
    /// By this way.
    pub fn by(way: Way) -> Push {
        Push { way: Arc::new(way), turns: Turns::default() }
    }

    /// By this machine's resolver, to the open internet; `allowed` are addresses of the operator's own besides.
    pub fn new(allowed: Vec<SocketAddr>) -> Push {
        Push::by(Way::new(allowed))
    }
}

/// Puts a push for each device of a person into the queue, in the unit of what it tells of; how many. Whether they are to be
/// told is asked once more when it is sent.
pub fn queue(w: &mut Writer, to: &LoginId, new: &NewPush) -> Result<usize, DbError> {
    store::push::insert(w, to, new)
}

impl App {
    /// What browsers are told to take pushes by: the public half of the key that each is signed with.
    pub fn push_key(&self) -> String {
        vapid::public_key(self.store.key())
    }

    /// What a browser says of itself, where a push can go there: its `endpoint`, `p256dh` and `auth`.
    pub fn read_browser(
        &self,
        ask: &Ask,
        endpoint: &str,
        p256dh: &str,
        auth: &str,
    ) -> Result<NewDevice, Refused> {
        let no_way = |_| Refused::Conflict(Conflict::NoPush);
        let endpoint = Endpoint::parse(endpoint, self.push.way.allowed()).map_err(no_way)?;
        let keys = BrowserKeys::parse(p256dh, auth).map_err(no_way)?;
        if !seal::is_key(&keys) || self.is_own_server(endpoint.service()) {
            return Err(Refused::Conflict(Conflict::NoPush));
        }
        if !self.push.way.is_listed(endpoint.service()) {
            return Err(Refused::Conflict(Conflict::PushNotListed));
        }
        let host = ask.credentials.host().unwrap_or_default().to_owned();
        Ok(NewDevice { endpoint, keys, host })
    }

    /// Nothing is sent to this server itself.
    pub(crate) fn is_own_server(&self, service: &Service) -> bool {
        let own = |name: &HostName| name.is_of_server(&self.settings.base_url);
        matches!(service, Service::Named(name) if own(name))
    }
}

/// One's own devices, newest first.
pub fn list(r: &mut Reader, pass: &SelfPass) -> Result<Vec<DeviceRecord>, Refused> {
    Ok(device::list(r, pass)?)
}

/// Has the browser that one asks with told by push. Whoever was told on it before is told there no more.
pub fn turn_on(mut w: Writer, pass: &SelfPass, browser: &NewDevice) -> Result<Committed<()>, Refused> {
    let login = &pass.person().login;
    limits::count(&mut w, &format!("push of {login}"), limits::PUSH)?;
    let (id, gone) = device::insert(&mut w, pass, browser)?;
    // As many as their owner sees on one page: none is out of sight.
    if device::list(&mut w, pass)?.len() > MOST_DEVICES {
        return Err(Refused::Conflict(Conflict::FullForOne));
    }
    let off = gone.iter().map(|gone| Entry::of_login(Verb::PushTurnedOff, gone, ""));
    let entries = off.chain([Entry::of_login(Verb::PushTurnedOn, &id, "")]).collect();
    w.commit_all(&pass.actor(), entries, ())
}

/// Has one of one's devices told no more.
pub fn turn_off(mut w: Writer, pass: &SelfPass, id: &PushDeviceId) -> Result<Committed<()>, Refused> {
    if !device::remove(&mut w, pass, id)? {
        return Err(Refused::NotFound);
    }
    w.commit(&pass.actor(), Entry::of_login(Verb::PushTurnedOff, id, ""), ())
}

/// Sends a push to one of one's devices, to see whether it comes.
pub fn send_test(mut w: Writer, pass: &SelfPass, id: &PushDeviceId) -> Result<Committed<()>, Refused> {
    if !device::is_own(&mut w, pass, id)? {
        return Err(Refused::NotFound);
    }
    limits::count(&mut w, &format!("push tests of {}", pass.person().login), limits::PUSH_TEST)?;
    let new = NewPush { account: None, kind: PushKind::Test, subject: id.as_str() };
    store::push::insert_for(&mut w, id, &new)?;
    w.commit(&pass.actor(), Entry::of_login(Verb::PushTested, id, ""), ())
}
