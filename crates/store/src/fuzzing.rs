//! What the fuzz targets reach of this crate, and nothing else does: it is compiled for them alone.

/// A kept access as it is written again, once it was read; `None` where it can't be.
pub fn kept_access(text: &str) -> Option<String> {
    crate::access_change::parse(text).ok().map(|access| crate::access_change::write(&access))
}
