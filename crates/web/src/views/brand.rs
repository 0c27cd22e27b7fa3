//! White label: its settings, and what is looked at before it is switched on.

use askama::Template;
use text::Text;

use super::form::problems;
use super::{Field, Frame, Icon, SummaryLine};

/// White label: `/accounts/{ACC}/white-label`. Posts `name`, `sender`, `support`, `accent`, `terms`, `privacy`, the file `logo`,
/// `remove_logo` and `version`; to `…/host` `host`; to `…/host/prove`; to `…/on` `version`; to `…/off`.
#[derive(Template, Clone, Debug)]
#[template(path = "brand/settings.html")]
pub struct Settings {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Counts the changes of the draft; 0: nobody has begun one.
    pub version: i64,
    /// Where it stands.
    pub state: State,
    /// What is missing before it can be switched on.
    pub missing: Vec<String>,
    /// `name`
    pub name: Field,
    /// `sender`
    pub sender: Field,
    /// `support`
    pub support: Field,
    /// `accent`
    pub accent: Field,
    /// `terms`
    pub terms: Field,
    /// `privacy`
    pub privacy: Field,
    /// `logo`: its address, and what is wrong with the file.
    pub logo: Field,
    /// Whether the logo that is shown goes.
    pub remove_logo: bool,
    /// `host`
    pub host: Field,
    /// The account's own host, and where that stands.
    pub own_host: Option<(String, String)>,
    /// The name and content of the record by which the host that is wanted is shown to be the account's.
    pub record: Option<(String, String)>,
    /// What there is to look at.
    pub previews: Vec<Line>,
    /// What is looked at next, if there is something left.
    pub next: Option<String>,
}

/// Where a brand stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The product is shown.
    Off,
    /// The brand is shown as it is edited.
    On,
    /// The brand is shown, and has been edited since.
    Edited,
}

/// Something to look at.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its word in addresses.
    pub word: String,
    /// What it is.
    pub label: String,
    /// Whether it was looked at as it is.
    pub seen: bool,
}

impl Settings {
    fn problems(&self) -> Vec<SummaryLine> {
        problems(&[
            ("name", &self.name),
            ("sender", &self.sender),
            ("support", &self.support),
            ("accent", &self.accent),
            ("terms", &self.terms),
            ("privacy", &self.privacy),
            ("logo", &self.logo),
            ("host", &self.host),
        ])
    }
}

/// One thing to look at: `/accounts/{ACC}/white-label/preview/{what}`. Posts `version`.
#[derive(Template, Clone, Debug)]
#[template(path = "brand/preview.html")]
pub struct Preview {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Counts the changes of the draft.
    pub version: i64,
    /// What is looked at.
    pub line: Line,
    /// The which of how many it is.
    pub place: (i64, i64),
    /// Of a mail: who it comes from, its subject, and the part for readers without HTML.
    pub mail: Option<Mail>,
}

/// All there is to look at: `/accounts/{ACC}/white-label/preview`. Posts `version`.
#[derive(Template, Clone, Debug)]
#[template(path = "brand/preview_of_all.html")]
pub struct PreviewOfAll {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// Counts the changes of the draft.
    pub version: i64,
    /// Each, with what of a mail stands beside it.
    pub all: Vec<(Line, Option<Mail>)>,
}

/// What of a mail is shown beside its HTML.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Who it comes from.
    pub from: String,
    /// The subject.
    pub subject: String,
    /// The part for readers without HTML.
    pub text: String,
}
