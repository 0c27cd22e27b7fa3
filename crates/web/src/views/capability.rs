//! The permission matrix in a person's words.

use domain::access::{InUse, Refusal};
use domain::capability::{self as registry, Capability, Mark, REGISTRY, mark};
use domain::user::{UserType, gains};
use text::Text;

/// One line of the matrix, ready to be shown.
#[derive(Clone, Debug)]
pub struct Line {
    /// What one may do.
    pub text: String,
    /// Only within limits, in a few words: "Lead Center only".
    pub limit: Option<String>,
    /// Whether it is there at all.
    pub has: bool,
}

impl Line {
    /// A line, with the limit of its mark.
    pub fn new(t: Text, capability: Capability, mark: Mark) -> Line {
        let limit = match mark {
            Mark::No | Mark::Yes => None,
            Mark::LeadCenterOnly => Some(t.capability_lead_center_only().to_owned()),
            Mark::VisibleLeadsOnly => Some(t.capability_visible_leads_only().to_owned()),
        };
        Line { text: label(t, capability).to_owned(), limit, has: mark != Mark::No }
    }

    /// A line as it was decided. What the type allows and no company of theirs lets them do says so.
    pub fn decided(t: Text, capability: Capability, decision: Result<Mark, Refusal>) -> Line {
        let limit = match decision {
            Ok(mark) => return Line::new(t, capability, mark),
            Err(Refusal::NoLeadCenter) => Some(t.capability_no_lead_center().to_owned()),
            Err(Refusal::CompanyDisabled) => Some(t.capability_no_company().to_owned()),
            Err(_) => None,
        };
        Line { limit, ..Line::new(t, capability, Mark::No) }
    }

    /// A line that somebody loses, but for what its mark still leaves.
    pub fn lost(t: Text, capability: Capability, left: Mark) -> Line {
        let limit = match left {
            Mark::No | Mark::Yes => None,
            Mark::LeadCenterOnly => Some(t.capability_but_lead_center().to_owned()),
            Mark::VisibleLeadsOnly => Some(t.capability_but_visible_leads().to_owned()),
        };
        Line { text: label(t, capability).to_owned(), limit, has: left != Mark::No }
    }
}

/// The text of a capability: "Create, change and delete users".
pub fn label(t: Text, capability: Capability) -> &'static str {
    match capability {
        Capability::ReceiveNotifications => t.capability_receive_notifications(),
        Capability::ReadCalls => t.capability_read_calls(),
        Capability::UseLeadCenter => t.capability_use_lead_center(),
        Capability::PlaceCalls => t.capability_place_calls(),
        Capability::WorkLeads => t.capability_work_leads(),
        Capability::ManageIntegrations => t.capability_manage_integrations(),
        Capability::ManageTrackers => t.capability_manage_trackers(),
        Capability::ManageUsers => t.capability_manage_users(),
        Capability::ManageCompanies => t.capability_manage_companies(),
        Capability::ManageWhiteLabel => t.capability_manage_white_label(),
        Capability::ManageBilling => t.capability_manage_billing(),
        Capability::BulkEnable => t.capability_bulk_enable(),
        Capability::CloseAccount => t.capability_close_account(),
        Capability::AnswerLeads => t.capability_answer_leads(),
    }
}

/// The capability in a word or two, for the head of a narrow column.
pub fn short(t: Text, capability: Capability) -> &'static str {
    match capability {
        Capability::ReceiveNotifications => t.permission_short_receive_notifications(),
        Capability::ReadCalls => t.permission_short_read_calls(),
        Capability::UseLeadCenter => t.permission_short_use_lead_center(),
        Capability::PlaceCalls => t.permission_short_place_calls(),
        Capability::WorkLeads => t.permission_short_work_leads(),
        Capability::ManageIntegrations => t.permission_short_manage_integrations(),
        Capability::ManageTrackers => t.permission_short_manage_trackers(),
        Capability::ManageUsers => t.permission_short_manage_users(),
        Capability::ManageCompanies => t.permission_short_manage_companies(),
        Capability::ManageWhiteLabel => t.permission_short_manage_white_label(),
        Capability::ManageBilling => t.permission_short_manage_billing(),
        Capability::BulkEnable => t.permission_short_bulk_enable(),
        Capability::CloseAccount => t.permission_short_close_account(),
        Capability::AnswerLeads => t.permission_short_answer_leads(),
    }
}

/// The lines that a user of this type has.
pub fn lines(t: Text, user_type: UserType, agent: bool) -> Vec<Line> {
    let line = |of: &registry::Line| Line::new(t, of.capability, mark(user_type, agent, of.capability));
    REGISTRY.iter().map(line).filter(|line| line.has).collect()
}

/// What a promotion changes: the lines of now, those gained (or held further than now), those still missing.
pub fn promotion(
    t: Text,
    from: (UserType, InUse),
    to: (UserType, InUse),
    agent: bool,
) -> (Vec<Line>, Vec<Line>, Vec<Line>) {
    let split = gains(from, to, agent);
    let lines = |marks: Vec<(Capability, Mark)>| {
        marks.into_iter().map(|(capability, mark)| Line::new(t, capability, mark)).collect()
    };
    let still_not = |capability| {
        let by_type = mark(to.0, agent, capability) != Mark::No;
        let limit = by_type.then(|| t.capability_no_lead_center_theirs().to_owned());
        Line { limit, ..Line::new(t, capability, Mark::No) }
    };
    let still_not = split.still_not.into_iter().map(still_not).collect();
    (lines(split.has_now), lines(split.gains), still_not)
}
