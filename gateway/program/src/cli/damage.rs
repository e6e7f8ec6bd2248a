//! What a damage of the log touches, in words: sales, lots and people, as far as anything still tells.

use std::collections::{BTreeMap, BTreeSet};

use mazad_engine::codec::decode;
use mazad_engine::domain::Event;
use mazad_engine::store::StreamId;
use mazad_engine::store::log::Damage;
use serde_json::{Value, json};
use uuid::Uuid;

use super::exit::Detail;

/// What is touched.
#[derive(Debug, Default)]
struct Touched {
    /// The lots of each sale that are named.
    sales: BTreeMap<Uuid, BTreeSet<u32>>,
    /// Who was let in and out.
    office: bool,
}

/// Says what a damage touches.
pub(crate) fn detail(damage: &Damage) -> Detail {
    let touched = Touched::by(damage);
    let is_log = damage.file.extension().is_some_and(|kind| kind == "seg");
    let (ar, en) = match (is_log, touched.is_unknown()) {
        (false, _) => (
            "ليس في هذا الملف أي حدث من أحداث المزادات.".to_owned(),
            "No event of a sale lies in this file.".to_owned(),
        ),
        (true, true) => (
            "لا يُقرأ من المكان التالف أي مزاد ولا أي لوط يمسّه التلف.".to_owned(),
            "Which sales and lots it touches can no longer be read.".to_owned(),
        ),
        (true, false) => (
            format!("يمسّ التلف، بقدر ما بقي مقروءًا: {}.", touched.in_arabic()),
            format!(
                "It touches, as far as can still be read: {}.",
                touched.in_english()
            ),
        ),
    };
    Detail {
        ar,
        en,
        json: json!({
            "file": damage.file.display().to_string(),
            "offset": damage.offset,
            "position": damage.position.0,
            "office": touched.office,
            "sales": touched.to_json(),
        }),
    }
}

impl Touched {
    fn by(damage: &Damage) -> Self {
        let mut touched = Self::default();
        for stream in &damage.streams {
            touched.office |= *stream == StreamId::office();
            if let Some(sale) = stream.sale_id() {
                touched.sales.entry(sale).or_default();
            }
        }
        for event in &damage.events {
            let sale = event.stream.sale_id();
            let lots = sale.and_then(|sale| touched.sales.get_mut(&sale));
            let read = decode(event, None).map(|recorded| recorded.event);
            let lot = match read {
                Ok(Event::Lot(lot, _) | Event::Refused { lot: Some(lot), .. }) => Some(lot),
                Ok(Event::Sale(_) | Event::Refused { lot: None, .. }) | Err(_) => None,
            };
            if let (Some(lots), Some(lot)) = (lots, lot) {
                lots.insert(lot.0);
            }
        }
        touched
    }

    fn is_unknown(&self) -> bool {
        self.sales.is_empty() && !self.office
    }

    fn in_english(&self) -> String {
        let sales = self.sales.iter().map(|(sale, lots)| match lots.len() {
            0 => format!("sale {sale} (no lot of it can be read there)"),
            1 => format!("sale {sale} (lot {})", listed(lots, ", ")),
            _ => format!("sale {sale} (lots {})", listed(lots, ", ")),
        });
        let office = self.office.then(|| "who was let in and out".to_owned());
        sales.chain(office).collect::<Vec<_>>().join("; ")
    }

    fn in_arabic(&self) -> String {
        let sales = self.sales.iter().map(|(sale, lots)| match lots.len() {
            0 => format!("المزاد {sale} (ولا يُقرأ هناك أي لوط منه)"),
            1 => format!("المزاد {sale} (اللوط {})", listed(lots, "، ")),
            _ => format!("المزاد {sale} (اللوطات {})", listed(lots, "، ")),
        });
        let office = self.office.then(|| "من سُمح له بالدخول ومن أُخرج".to_owned());
        sales.chain(office).collect::<Vec<_>>().join("؛ ")
    }

    fn to_json(&self) -> Vec<Value> {
        let sale = |(sale, lots): (&Uuid, &BTreeSet<u32>)| json!({ "sale": sale.to_string(), "lots": lots });
        self.sales.iter().map(sale).collect()
    }
}

fn listed(lots: &BTreeSet<u32>, between: &str) -> String {
    let lots: Vec<String> = lots.iter().map(ToString::to_string).collect();
    lots.join(between)
}
