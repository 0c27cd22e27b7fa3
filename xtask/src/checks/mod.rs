//! One file for each rule.

pub(crate) mod asvs;
pub(crate) mod back_doors;
pub(crate) mod budget;
pub(crate) mod edges;
pub(crate) mod lints;
pub(crate) mod paths;
pub(crate) mod purity;
pub(crate) mod rooms;
pub(crate) mod rows;
pub(crate) mod seen;
pub(crate) mod silenced;
pub(crate) mod standalone;
pub(crate) mod texts;
