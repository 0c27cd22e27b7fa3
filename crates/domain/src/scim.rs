//! What a customer's directory says by SCIM (A-08, RFC 7643 and 7644): its filters and paths, what it says of people and
//! groups, and what groups give.

pub mod filter;
mod grant;
pub mod path;
mod said;
mod text;

pub use filter::{Filter, Look, Unsupported};
pub use grant::{Granted, Mapping, TYPES, granted};
pub use path::Path;
pub use said::{GroupSaid, MemberChange, PersonSaid, identifier};
pub use text::Unreadable;
