//! No text that a command carries shows something else than it says: every text field of the
//! command's schema, also one that is added later, is tried with what steers a terminal, lines or the
//! direction of a text.
#![cfg(test)]

use mazad_engine::codec::command::command;
use mazad_engine::codec::terms::{lot_terms_to_proto, sale_terms_to_proto};
use mazad_engine::domain::{Event, Running, Span};
use mazad_engine::testing::{Judged, NOON, TestSale, lot_terms, officer, sale_terms};
use mazad_proto::schema::{Kind, Schema};
use mazad_proto::v1;
use serde_json::{Value, json};
use uuid::Uuid;

/// Controls, a line that begins anew, embeddings, overrides and isolates.
const HIDDEN: [char; 7] = [
    '\u{0}', '\u{1b}', '\u{85}', '\u{2028}', '\u{202a}', '\u{202e}', '\u{2067}',
];

/// Fields that have lines.
const LINES: [&str; 4] = [
    "addLots.lots.terms.description.ar",
    "addLots.lots.terms.description.en",
    "amendLots.lots.terms.description.ar",
    "amendLots.lots.terms.description.en",
];

/// A sale at some point of its life.
struct Desk(TestSale);

impl Desk {
    /// What an act on the wire leads to; why not, if it is not read or refused.
    fn ask(&mut self, act: &Value) -> Result<(), String> {
        let mut wire =
            json!({ "id": Uuid::new_v4().to_string(), "sale": TestSale::ID.to_string() });
        for (key, value) in act.as_object().unwrap() {
            wire[key] = value.clone();
        }
        let wire: v1::Command = serde_json::from_value(wire).map_err(|error| error.to_string())?;
        let now = self.0.sale.now.max(NOON).after(Span::seconds(1));
        let (_, asked) = command(&wire, officer(1), now, &TestSale::vault())
            .map_err(|place| place.to_string())?;
        let Judged::Decided(events) = self.0.judge(&asked, now) else {
            panic!("{act}");
        };
        match events.first() {
            Some(Event::Refused { refusal, .. }) => Err(format!("{refusal:?}")),
            Some(Event::Sale(_) | Event::Lot(..)) => Ok(()),
            None => Err("nothing happened".to_owned()),
        }
    }

    /// A sale after these acts.
    fn after(acts: &[Value]) -> Self {
        let mut desk = Self(TestSale::default());
        for act in acts {
            desk.ask(act).unwrap_or_else(|why| panic!("{act}: {why}"));
        }
        desk
    }
}

fn sale() -> Value {
    serde_json::to_value(sale_terms_to_proto(&sale_terms())).unwrap()
}

fn lot(number: u32) -> Value {
    let terms = lot_terms_to_proto(&lot_terms(Running::Clerked));
    let mut terms = serde_json::to_value(terms).unwrap();
    terms["ceiling"] = json!("1000000");
    terms["place"] = json!({ "name": {}, "latitudeE6": 1, "longitudeE6": 1 });
    json!({ "lot": number, "terms": terms })
}

/// R14: with something else than stands.
fn amended_sale() -> Value {
    let mut terms = sale();
    terms["endsItself"] = json!(true);
    terms
}

fn amended_lot() -> Value {
    let mut lot = lot(1);
    lot["terms"]["ceiling"] = json!("2000000");
    lot
}

/// What had happened before, and an act that is then accepted, for each act that carries a text.
fn acts() -> Vec<(Vec<Value>, Value)> {
    let draft = vec![json!({ "createSale": { "terms": sale() } })];
    let mut open = draft.clone();
    open.extend([
        json!({ "addLots": { "lots": [lot(1), lot(2)] } }),
        json!({ "publishSale": {} }),
        json!({ "openSale": {} }),
        json!({ "openLot": { "lot": 1 } }),
    ]);
    let filled = open[..2].to_vec();
    let mut passed = open.clone();
    passed.push(json!({ "passLot": { "lot": 1, "seen": {} } }));
    let mut admitted = open.clone();
    admitted.push(json!({ "admitPaddle": { "paddle": 7 } }));
    let floor_bid = json!({ "floorBid": { "lot": 1, "paddle": 7, "amount": "1000" } });
    let mut bid = admitted.clone();
    bid.push(floor_bid.clone());
    let void = json!({ "voidBid": { "lot": 1, "bid": 1, "cause": "VOID_CAUSE_COURT_ORDER", "leadsTo": {} } });
    let own_bid = json!({ "placeBid": { "lot": 1, "amount": "1000", "kind": "BID_KIND_FLAT" } });
    vec![
        (vec![], draft[0].clone()),
        (
            draft.clone(),
            json!({ "amendSale": { "terms": amended_sale() } }),
        ),
        (filled, json!({ "amendLots": { "lots": [amended_lot()] } })),
        (draft, json!({ "addLots": { "lots": [lot(1)] } })),
        (open.clone(), json!({ "pauseSale": {} })),
        (
            open.clone(),
            json!({ "withdrawLot": { "lot": 2, "seen": {} } }),
        ),
        (
            open.clone(),
            json!({ "raiseCeiling": { "lot": 1, "ceiling": "2000000" } }),
        ),
        (open, json!({ "admitPaddle": { "paddle": 7 } })),
        (passed, json!({ "reopenLot": { "lot": 1 } })),
        (admitted.clone(), json!({ "barPaddle": { "paddle": 7 } })),
        (admitted.clone(), floor_bid),
        (admitted, own_bid),
        (bid, void),
    ]
}

/// The paths of all text fields under a message, as keys of JSON.
fn texts_under(message: &str, path: &str, found: &mut Vec<String>) {
    for field in Schema::get().fields(message) {
        let path = format!("{path}{}", field.key);
        match &field.kind {
            Kind::Text => found.push(path),
            Kind::Message(inner) => texts_under(inner, &format!("{path}."), found),
            Kind::Int64
            | Kind::Uint64
            | Kind::Int32
            | Kind::Uint32
            | Kind::Bool
            | Kind::Bytes
            | Kind::Enum(_) => {}
        }
    }
}

/// Puts a text at a path, through the first item of a list.
fn with_text(act: &Value, path: &str, text: &str) -> Value {
    let mut act = act.clone();
    let mut place = &mut act;
    for key in path.split('.') {
        if place.is_array() {
            place = &mut place[0];
        }
        place = &mut place[key];
    }
    *place = json!(text);
    act
}

/// A text that says what it shows.
fn clean(path: &str) -> String {
    match path.rsplit('.').next().unwrap() {
        "currency" => "EGP".to_owned(),
        "id" | "sale" | "confirms" | "account" => Uuid::from_u128(9).to_string(),
        _ => "نصّ \u{200f}12, a text".to_owned(),
    }
}

#[test]
fn no_text_of_a_command_hides_what_it_says() {
    let (mut paths, acts) = (Vec::new(), acts());
    texts_under("Command", "", &mut paths);
    assert!(paths.len() > 20, "{paths:?}");
    for path in paths {
        let act = path.split('.').next().unwrap();
        let of_act =
            |(_, asked): &&(Vec<Value>, Value)| asked.get(act).is_some() || !path.contains('.');
        let Some((before, asked)) = acts.iter().find(of_act) else {
            panic!("{path} is a text that no act of this table carries");
        };
        // The sale is this one, and there is no command that could be confirmed.
        if !matches!(path.as_str(), "id" | "sale") && !path.ends_with(".confirms") {
            let said = with_text(asked, &path, &clean(&path));
            let answered = Desk::after(before).ask(&said);
            assert_eq!(answered, Ok(()), "{path}: {said}");
        }
        let lines = (!LINES.contains(&path.as_str())).then_some('\n');
        for hidden in HIDDEN.into_iter().chain(lines) {
            let text = clean(&path);
            let middle = text.floor_char_boundary(text.len() / 2);
            for text in [
                format!("{}{hidden}{}", &text[..middle], &text[middle..]),
                format!("{text}{hidden}"),
            ] {
                let said = with_text(asked, &path, &text);
                let answered = Desk::after(before).ask(&said);
                assert!(answered.is_err(), "{path} takes {text:?}");
            }
        }
    }
}
