//! What is said to people: the texts of both languages, digits, money and moments, and the sentence
//! of every refusal and fault. The files in `gateway/locales` are the ones that browsers read.

mod bundles;
mod changes;
mod format;
mod goods;
mod hidden;
mod lang;
mod locale;
mod moment;
mod sentences;
mod zones;

pub use bundles::Texts;
pub use changes::{Change, base_change, lot_changes, sale_changes};
pub use format::key;
pub use goods::unit_texts;
pub use hidden::{is_hidden, shown};
pub use lang::{Digits, Lang};
pub use locale::Locale;
pub use moment::{machine_time, minutes_ahead};
pub use sentences::{expected, fault, fault_at, refusal};
pub use zones::{zone, zone_data_version};
