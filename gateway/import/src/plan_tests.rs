use jiff::tz::TimeZone;
use mazad_engine::domain::Currency;

use super::*;
use crate::setting::Setting;
use crate::table::read;

fn sale_terms() -> SaleTerms {
    let title = Bilingual::both("Sale");
    SaleTerms::preset(title, Currency::parse("EGP").unwrap())
}

fn sheet(text: &str) -> Sheet {
    Sheet::read(text.as_bytes(), "lots.csv", None).unwrap()
}

fn lots(sheet: &Sheet) -> Vec<TableLot> {
    let setting = Setting {
        currency: Currency::parse("EGP").unwrap(),
        zone: TimeZone::UTC,
    };
    read(sheet, &setting).unwrap()
}

/// What speaks against adding the lots to a new sale, as `cell code`.
fn against(text: &str, now: Time) -> Vec<String> {
    let sheet = sheet(text);
    let sale = SaleId(Uuid::from_u128(7));
    match Plan::new(sale, sale_terms(), lots(&sheet), None, &sheet, now) {
        Ok(_) => Vec::new(),
        Err(problems) => {
            let listed = problems.listed().iter();
            listed.map(|p| format!("{} {}", p.cell, p.code)).collect()
        }
    }
}

#[test]
fn the_id_of_a_command_does_not_follow_from_its_reserve() {
    let add = |lot, reserve| {
        let terms = Some(v1::LotTerms::default());
        let act = Act::AddLot(v1::AddLot {
            lot,
            terms,
            reserve,
        });
        named(SaleId(Uuid::from_u128(7)), act)
    };
    assert_eq!(add(1, 0).id, add(1, 3_000_000).id);
    assert_eq!(add(1, 2_900_000).id, add(1, 3_000_000).id);
    assert_ne!(add(1, 0).id, add(2, 0).id);
    let carried = add(1, 3_000_000);
    assert!(matches!(carried.act, Some(Act::AddLot(add)) if add.reserve == 3_000_000));
}

#[test]
fn what_the_engine_would_refuse_is_a_mistake_of_the_table() {
    let head = "title_en,lot,opening,opens_at,duration,group\n";
    let rows = |count: u32| -> String {
        let row = |lot| format!("x,{lot},5,+30s,10m,3\n");
        (1..=count).map(row).collect()
    };
    assert_eq!(against(&format!("{head}{}", rows(200)), Time(0)), [""; 0]);
    assert_eq!(
        against(&format!("{head}{}", rows(202)), Time(0)),
        ["B202 too-many", "B203 too-many"]
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
