use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use mazad_engine::codec::command;
use mazad_engine::domain::{Act as Asked, Currency, SaleAct, StaffAct, Verdict};
use mazad_engine::writer::{Outcome, Writer};
use mazad_office::Caller;

use super::*;
use crate::setting::Setting;
use crate::sheet::{Pick, Sheet};
use crate::table::read;

const TABLE: &str = "lot,title_en,opening,reserve\n1,x,5,9\n2,y,5,\n3,z,5,\n";

fn sale_terms() -> SaleTerms {
    let title = Bilingual::both("Sale");
    SaleTerms::preset(title, Currency::parse("EGP").unwrap())
}

fn table(text: &str) -> Table {
    let mut setting = Setting::of(&sale_terms()).unwrap();
    setting.zone = TimeZone::UTC;
    let sheet = Sheet::read(text.as_bytes(), "lots.csv", Pick::default()).unwrap();
    read(&sheet, &setting).unwrap()
}

/// What speaks against adding the lots to a new sale, as `cell code`.
fn against(text: &str, now: Time) -> Vec<String> {
    let sale = SaleId(Uuid::from_u128(7));
    match Plan::new(sale, sale_terms(), &table(text), None, now) {
        Ok(_) => Vec::new(),
        Err(problems) => {
            let listed = problems.listed().iter();
            let cells = listed.flat_map(|p| {
                let also = p.also.iter().map(|also| &also.cell);
                let cells = std::iter::once(&p.cell).chain(also);
                cells.map(|cell| format!("{cell} {}", p.code))
            });
            cells.collect()
        }
    }
}

/// A plan for a new sale.
fn planned(text: &str) -> Plan {
    let sale = SaleId(Uuid::from_u128(7));
    Plan::whole(sale, sale_terms(), table(text).lots)
}

/// The plan of another import into a sale.
fn again(text: &str, terms: SaleTerms, known: &Known) -> Plan {
    let (sale, known) = (SaleId(Uuid::from_u128(7)), Some(known.clone()));
    Plan::new(sale, terms, &table(text), known, Time(0)).unwrap()
}

/// Nothing at all, on which the first import is carried out.
fn nothing() -> Known {
    Known {
        sale: Sale::default(),
        lots: BTreeMap::new(),
        vault: Arc::new(Vault::from_key([0; 32])),
    }
}

/// A sale after commands that the engine takes.
fn after(commands: &[v1::Command], known: Known) -> Known {
    let Known {
        sale,
        mut lots,
        vault,
    } = known;
    let id = SaleId(Uuid::from_u128(7));
    let mut writer = Writer::with_state(id, Arc::clone(&vault), sale);
    for wire in commands {
        let actor = Caller::operator(None).actor().unwrap();
        let (_, command) = command::command(wire, actor, Time(0), &vault).unwrap();
        match &command.act {
            Asked::Staff(StaffAct::Sale(SaleAct::ClearLots)) => lots.clear(),
            Asked::Staff(StaffAct::Sale(SaleAct::AddLots { lots: added })) => {
                lots.extend(added.iter().cloned());
            }
            _ => {}
        }
        let batch = writer.prepare(&mut vec![(command, ())], Time(0), Time(0));
        for ((), outcome) in writer.commit(batch) {
            let taken = matches!(&outcome, Outcome::Answered(answer)
                if matches!(answer.verdict, Verdict::Accepted(_)));
            assert!(taken, "{outcome:?}");
        }
    }
    Known {
        sale: writer.sale().clone(),
        lots,
        vault,
    }
}

/// What a plan does, in words.
fn steps(plan: &Plan) -> String {
    let added: Vec<String> = plan.adds().iter().map(|lot| lot.lot.to_string()).collect();
    let terms = match (plan.creates(), plan.changes_terms()) {
        (true, _) => "create ",
        (_, true) => "change ",
        _ => "",
    };
    format!("{terms}clear {} add {}", plan.clears(), added.join(","))
}

fn warned(times: u32) -> SaleTerms {
    SaleTerms {
        hammer_warnings: times,
        ..sale_terms()
    }
}

#[test]
fn a_draft_becomes_what_the_table_says() {
    let plan = planned(TABLE);
    assert_eq!(steps(&plan), "create clear 0 add 1,2,3");
    let known = after(&plan.commands(), nothing());
    assert!(again(TABLE, sale_terms(), &known).is_done());
    for (text, expected) in [
        (format!("{TABLE}4,w,5,\n"), "clear 0 add 4"),
        (TABLE.replace('y', "q"), "clear 3 add 1,2,3"),
        (TABLE.replace("5,9", "5,8"), "clear 3 add 1,2,3"),
        (TABLE.replace("3,z,5,\n", ""), "clear 3 add 1,2"),
        (TABLE.replace("3,z", "4,z"), "clear 3 add 1,2,4"),
    ] {
        let plan = again(&text, sale_terms(), &known);
        assert_eq!(steps(&plan), expected, "{text}");
        let changed = after(&plan.commands(), known.clone());
        assert!(again(&text, sale_terms(), &changed).is_done(), "{text}");
    }
    let plan = again(TABLE, warned(1), &known);
    assert_eq!(steps(&plan), "change clear 0 add ");
    let changed = after(&plan.commands(), known);
    assert_eq!(changed.sale.terms, Some(warned(1)));
}

#[test]
fn an_import_that_was_cut_short_goes_on() {
    let plan = planned(TABLE);
    let begun = after(&plan.preparations(), nothing());
    let rest = again(TABLE, sale_terms(), &begun);
    assert_eq!(steps(&rest), "clear 0 add 1,2,3");
    let begun = after(&[plan.add_one(&plan.adds()[0])], begun);
    let rest = again(TABLE, sale_terms(), &begun);
    assert_eq!(steps(&rest), "clear 0 add 2,3");
}

#[test]
fn a_change_there_and_back_is_asked_for_twice() {
    let plan = planned(TABLE);
    let mut known = after(&plan.commands(), nothing());
    let mut ids = BTreeSet::new();
    for times in [1, 2, 1, 2] {
        let commands = again(TABLE, warned(times), &known).commands();
        assert!(ids.insert(commands[0].id.clone()), "{times} again");
        known = after(&commands, known);
        assert_eq!(known.sale.terms, Some(warned(times)));
    }
}

#[test]
fn a_published_sale_keeps_its_lots() {
    let publish = v1::Command {
        id: Uuid::from_u128(1).to_string(),
        sale: Uuid::from_u128(7).to_string(),
        act: Some(Act::PublishSale(v1::PublishSale {})),
    };
    let plan = planned(TABLE);
    let known = after(&[plan.commands(), vec![publish]].concat(), nothing());
    let same = again(TABLE, warned(1), &known);
    assert!(same.is_done() && !same.is_draft());
    let more = again(&TABLE.replace("1,x,5,9", "4,x,5,9"), sale_terms(), &known);
    assert_eq!((steps(&more).as_str(), more.there()), ("clear 0 add 4", 2));
    let (sale, other) = (SaleId(Uuid::from_u128(7)), table(&TABLE.replace('y', "q")));
    let refused = Plan::new(sale, sale_terms(), &other, Some(known), Time(0));
    assert_eq!(refused.unwrap_err().listed()[0].code, "lot-differs");
}

#[test]
fn the_id_of_a_command_does_not_follow_from_its_reserve() {
    let id = |text: &str| planned(text).commands().pop().unwrap().id;
    assert_eq!(id(TABLE), id(&TABLE.replace("5,9", "5,8")));
    assert_eq!(id(TABLE), id(&TABLE.replace("5,9", "5,")));
    assert_ne!(id(TABLE), id(&TABLE.replace("1,x", "7,x")));
    let carried = planned(TABLE).commands().pop().unwrap();
    assert!(matches!(carried.act, Some(Act::AddLots(add)) if add.lots[0].reserve == 900));
}

#[test]
fn what_the_engine_would_refuse_is_a_mistake_of_the_table() {
    let head = "title_en,lot,opening,opens_at,duration,group\n";
    let rows = |count: u32| -> String {
        let row = |lot| format!("x,{lot},5,2027-03-01T10:00,10m,3\n");
        (1..=count).map(row).collect()
    };
    assert_eq!(against(&format!("{head}{}", rows(100)), Time(0)), [""; 0]);
    assert_eq!(
        against(&format!("{head}{}", rows(102)), Time(0)),
        ["B102 too-many", "B103 too-many"]
    );
    let differs = "x,9,5,2027-03-01T10:00,11m,3\n";
    assert_eq!(
        against(&format!("{head}{}{differs}", rows(2)), Time(0)),
        ["F4 group-differs"]
    );
}

#[test]
fn a_lot_must_fit_into_one_message() {
    let long = "x".repeat(8 * 1024);
    let columns = [
        "title_ar",
        "title_en",
        "description_ar",
        "description_en",
        "reference",
        "kind",
        "unit",
        "place_ar",
    ];
    let texts = vec![long.as_str(); columns.len()].join(",");
    let text = format!(
        "lot,opening,latitude,longitude,{}\n1,5,27,31,{texts}\n",
        columns.join(",")
    );
    assert_eq!(against(&text, Time(0)), ["A2 lot-too-large"]);
}

#[test]
fn what_has_passed_is_a_mistake() {
    let text = "lot,title_en,opening,opens_at,closes_at,hard_stop\n\
                1,x,5,2027-03-01T10:00,2027-03-01T11:00,2027-03-01T12:00\n";
    let at = |text: &str| {
        let micros = text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
        Time(u64::try_from(micros).unwrap())
    };
    let cases: [(&str, &[&str]); 4] = [
        ("2027-03-01T10:00:00Z", &[]),
        ("2027-03-01T10:30:00Z", &["D2 past"]),
        ("2027-03-01T11:30:00Z", &["D2 past", "E2 past"]),
        ("2027-03-01T12:30:00Z", &["D2 past", "E2 past", "F2 past"]),
    ];
    for (now, expected) in cases {
        assert_eq!(against(text, at(now)), expected, "{now}");
    }
}
