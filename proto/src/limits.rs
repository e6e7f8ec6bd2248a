//! Every bound of the schema.

/// Messages within messages, when bytes that were refused are walked: the deepest of the schema, a band of
/// a lot that a frame adds, is the seventh. The walk calls itself, and must end.
pub(crate) const DEPTH_MAX: u32 = 32;
