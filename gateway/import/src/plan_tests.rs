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
    match Plan::new(
        sale,
        sale_terms(),
        &table(text),
        (None, &Differing::Refuse),
        now,
    ) {
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
    planned_over(sale, terms, &table(text), known).unwrap()
}

/// Lots that differ are amended.
fn planned_over(
    sale: SaleId,
    terms: SaleTerms,
    table: &Table,
    known: Option<Known>,
) -> Result<Plan, Problems> {
    let amend = Differing::Amend {
        reason: "a slip".to_owned(),
    };
    Plan::new(sale, terms, table, (known, &amend), Time(0))
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
            Asked::Staff(StaffAct::Sale(SaleAct::AmendLots { lots: amended, .. })) => {
                for amendment in amended {
                    let before = lots[&amendment.lot].clone();
                    lots.insert(amendment.lot, amendment.amended(&before));
                }
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
    let amended = plan.amends().iter();
    let amended: Vec<String> = amended.map(|amends| amends.lot.lot.to_string()).collect();
    format!(
        "{terms}clear {} add {} amend {}",
        plan.clears(),
        added.join(","),
        amended.join(",")
    )
}

fn warned(times: u32) -> SaleTerms {
    SaleTerms {
        hammer_warnings: times,
        ..sale_terms()
    }
}

#[test]
fn a_sale_becomes_what_the_table_says_and_keeps_what_the_table_lacks() {
    let plan = planned(TABLE);
    assert_eq!(steps(&plan), "create clear 0 add 1,2,3 amend ");
    let known = after(&plan.commands(), nothing());
    assert!(again(TABLE, sale_terms(), &known).is_done());
    for (text, expected, missing) in [
        (format!("{TABLE}4,w,5,\n"), "clear 0 add 4 amend ", ""),
        (TABLE.replace('y', "q"), "clear 0 add  amend 2", ""),
        (TABLE.replace("5,9", "5,8"), "clear 0 add  amend 1", ""),
        (TABLE.replace("5,9", "5,"), "clear 0 add  amend 1", ""),
        (TABLE.replace("3,z,5,\n", ""), "clear 0 add  amend ", "3"),
        (TABLE.replace("3,z", "4,z"), "clear 0 add 4 amend ", "3"),
    ] {
        let plan = again(&text, sale_terms(), &known);
        assert_eq!(steps(&plan), expected, "{text}");
        assert_eq!(plan.missing().join(","), missing, "{text}");
        let changed = after(&plan.commands(), known.clone());
        assert!(again(&text, sale_terms(), &changed).is_done(), "{text}");
    }
    let plan = again(TABLE, warned(1), &known);
    assert_eq!(steps(&plan), "change clear 0 add  amend ");
    let changed = after(&plan.commands(), known);
    assert_eq!(changed.sale.terms, Some(warned(1)));
}

#[test]
fn a_draft_is_replaced_whole() {
    let known = after(&planned(TABLE).commands(), nothing());
    let replaced = |text: &str, known: &Known| {
        let (sale, known) = (SaleId(Uuid::from_u128(7)), Some(known.clone()));
        let how = (known, &Differing::Replace);
        Plan::new(sale, sale_terms(), &table(text), how, Time(0)).unwrap()
    };
    assert!(replaced(TABLE, &known).is_done());
    for (text, expected) in [
        (format!("{TABLE}4,w,5,\n"), "clear 0 add 4 amend "),
        (TABLE.replace('y', "q"), "clear 3 add 1,2,3 amend "),
        (TABLE.replace("3,z,5,\n", ""), "clear 3 add 1,2 amend "),
        (TABLE.replace("3,z", "4,z"), "clear 3 add 1,2,4 amend "),
    ] {
        let plan = replaced(&text, &known);
        assert_eq!(steps(&plan), expected, "{text}");
        let changed = after(&plan.commands(), known.clone());
        assert!(replaced(&text, &changed).is_done(), "{text}");
    }
}

/// R14: what differs is told cell by cell; of a base that there is another one.
#[test]
fn what_differs_is_told_by_its_cells() {
    let known = after(&planned(TABLE).commands(), nothing());
    let text = TABLE.replace("1,x,5,9", "1,q,50,8");
    let plan = again(&text, sale_terms(), &known);
    let cells = plan.amends()[0].cells.iter().map(|cell| {
        let ([before, _], [after, _]) = (&cell.before, &cell.after);
        format!("{}: {before} > {after}", cell.column)
    });
    assert_eq!(
        cells.collect::<Vec<_>>(),
        [
            "title_en: x > q",
            "opening: EGP 5 > EGP 50",
            "ceiling: EGP 500 > EGP 5,000",
            "reserve: one that is kept secret > another one, kept secret",
        ]
    );
}

/// R3.6: an end that linked lots share is another one for all of them at once.
#[test]
fn linked_lots_are_amended_in_one_act() {
    let table = |end: &str| {
        let rows: String = (1..=4)
            .map(|lot| {
                let group = if lot == 2 { "" } else { "3" };
                format!("x,{lot},5,2027-03-01T10:00,{end},{group}\n")
            })
            .collect();
        format!("title_en,lot,opening,opens_at,closes_at,group\n{rows}")
    };
    let known = after(&planned(&table("2027-03-01T11:00")).commands(), nothing());
    let plan = again(&table("2027-03-01T12:00"), sale_terms(), &known);
    assert_eq!(steps(&plan), "clear 0 add  amend 1,2,3,4");
    let changed = after(&plan.commands(), known);
    let done = again(&table("2027-03-01T12:00"), sale_terms(), &changed);
    assert!(done.is_done());
}

/// A raised ceiling is no other lot: the same table again changes nothing.
#[test]
fn what_has_moved_since_makes_no_difference() {
    let known = after(&planned(TABLE).commands(), nothing());
    let raise = v1::Command {
        id: Uuid::from_u128(2).to_string(),
        sale: Uuid::from_u128(7).to_string(),
        act: Some(Act::RaiseCeiling(v1::RaiseCeiling {
            lot: 1,
            ceiling: 900_000,
            reason: "two heirs".to_owned(),
        })),
    };
    let raised = after(&[raise], known);
    assert!(again(TABLE, sale_terms(), &raised).is_done());
}

#[test]
fn an_import_that_was_cut_short_goes_on() {
    let plan = planned(TABLE);
    let begun = after(&plan.preparations(), nothing());
    let rest = again(TABLE, sale_terms(), &begun);
    assert_eq!(steps(&rest), "clear 0 add 1,2,3 amend ");
    let begun = after(&[plan.add_one(&plan.adds()[0])], begun);
    let rest = again(TABLE, sale_terms(), &begun);
    assert_eq!(steps(&rest), "clear 0 add 2,3 amend ");
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

fn act(id: u128, act: Act) -> v1::Command {
    v1::Command {
        id: Uuid::from_u128(id).to_string(),
        sale: Uuid::from_u128(7).to_string(),
        act: Some(act),
    }
}

#[test]
fn a_published_sale_keeps_its_lots_unless_they_are_amended() {
    let publish = act(1, Act::PublishSale(v1::PublishSale {}));
    let plan = planned(TABLE);
    let known = after(&[plan.commands(), vec![publish]].concat(), nothing());
    let same = again(TABLE, sale_terms(), &known);
    assert!(same.is_done() && !same.is_draft());
    let more = again(&TABLE.replace("1,x,5,9", "4,x,5,9"), sale_terms(), &known);
    assert_eq!(
        (steps(&more).as_str(), more.there()),
        ("clear 0 add 4 amend ", 2)
    );
    let (sale, other) = (SaleId(Uuid::from_u128(7)), table(&TABLE.replace('y', "q")));
    let how = (Some(known.clone()), &Differing::Refuse);
    let refused = Plan::new(sale, sale_terms(), &other, how, Time(0)).unwrap_err();
    let listed = refused.listed();
    assert_eq!(
        (listed[0].cell.as_str(), listed[0].code.as_str()),
        ("B3", "lot-differs")
    );

    let amended = again(&TABLE.replace('y', "q"), sale_terms(), &known);
    assert!(amended.needs_reason());
    assert_eq!(steps(&amended), "clear 0 add  amend 2");

    // One that has opened stands, and nothing is done about the others either.
    let opened = [
        act(3, Act::OpenSale(v1::OpenSale {})),
        act(4, Act::OpenLot(v1::OpenLot { lot: 2 })),
    ];
    let known = after(&opened, known);
    let both = table(&TABLE.replace('y', "q").replace("3,z", "3,w"));
    let refused = planned_over(sale, sale_terms(), &both, Some(known)).unwrap_err();
    let told: Vec<_> = refused
        .listed()
        .iter()
        .map(|p| (&*p.cell, &*p.code))
        .collect();
    assert_eq!(told, [("B3", "lot-has-opened")]);
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
