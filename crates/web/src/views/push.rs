//! Push on one's own devices.

use askama::Template;
use domain::push::Fault;
use text::Text;

use super::{Frame, Icon, When};

/// The devices that push is on for: `/me/push`. Posts `endpoint`, `p256dh`, `auth`; and to `/me/push/{DEV}/test`,
/// `/me/push/{DEV}/end`.
#[derive(Template, Clone, Debug)]
#[template(path = "push/list.html")]
pub struct Devices {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The key that browsers take pushes by.
    pub key: String,
    /// The devices, this one first.
    pub rows: Vec<Device>,
}

/// A device.
#[derive(Clone, Debug)]
pub struct Device {
    /// `DEV…`
    pub id: String,
    /// "Firefox on Linux".
    pub device: String,
    /// A phone or tablet, for the icon.
    pub handheld: bool,
    /// It is this one.
    pub this: bool,
    /// Since when push is on.
    pub since: When,
    /// When its push service took something over last; `None`: never.
    pub told: Option<When>,
    /// Why the last push was not taken over.
    pub fault: Option<Fault>,
}

impl Devices {
    fn is_on_here(&self) -> bool {
        self.rows.iter().any(|row| row.this)
    }

    fn fault_sentence(&self, fault: &Fault) -> &'static str {
        match fault {
            Fault::Later => self.t.push_fault_later(),
            Fault::GivenUp => self.t.push_fault_given_up(),
            Fault::Refused => self.t.push_fault_refused(),
        }
    }
}
