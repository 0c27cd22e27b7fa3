//! The permission matrix as a page (P-14, P-16, P-20).

use askama::Template;
use domain::capability::{Mark, REGISTRY, mark};
use domain::user::UserType;
use text::Text;

use super::capability::Line;
use super::user::Described as _;
use super::{Frame, Icon};

/// The matrix: `/accounts/{ACC}/permissions`.
#[derive(Template, Clone, Debug)]
#[template(path = "permission/matrix.html")]
pub struct Matrix {
    /// The texts.
    pub t: Text,
    /// The frame.
    pub frame: Frame,
    /// The type of the person who looks, and whether they are an agent beside it.
    pub own: (UserType, bool),
}

impl Matrix {
    fn types(&self) -> &'static [UserType] {
        UserType::ALL
    }

    fn is_own(&self, user_type: UserType) -> bool {
        user_type == self.own.0
    }

    /// What is said of the own column.
    fn own_label(&self) -> &'static str {
        let (user_type, agent) = self.own;
        let beside = agent && user_type != UserType::Agent;
        if beside { self.t.permission_type_here_agent() } else { self.t.permission_type_here() }
    }

    /// The lines, each with a cell for every type. Whoever looks sees in their own column what they have themselves.
    fn rows(&self) -> Vec<(Line, Vec<(UserType, Line)>)> {
        let cell = |user_type: UserType, capability| {
            let agent = user_type == UserType::Agent || (self.is_own(user_type) && self.own.1);
            (user_type, Line::new(self.t, capability, mark(user_type, agent, capability)))
        };
        let cells = |capability| UserType::ALL.iter().map(|user_type| cell(*user_type, capability)).collect();
        let row = |capability| (Line::new(self.t, capability, Mark::Yes), cells(capability));
        REGISTRY.iter().map(|line| row(line.capability)).collect()
    }

    /// What the agent flag adds to types that can have it.
    fn agent_adds(&self) -> Vec<Line> {
        let adds = |user_type: &&UserType, capability| {
            user_type.has_login()
                && **user_type != UserType::Agent
                && mark(**user_type, true, capability) > mark(**user_type, false, capability)
        };
        REGISTRY
            .iter()
            .filter(|line| UserType::ALL.iter().any(|user_type| adds(&user_type, line.capability)))
            .map(|line| Line::new(self.t, line.capability, Mark::Yes))
            .collect()
    }
}
