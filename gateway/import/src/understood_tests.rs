use mazad_engine::domain::{Bilingual, SaleTerms};

use super::*;
use crate::sheet::{Pick, Sheet};
use crate::table::read;

fn told(text: &str) -> (Vec<String>, Vec<String>, Value) {
    let terms = SaleTerms::preset(Bilingual::both("Sale"), Currency::parse("EGP").unwrap());
    let setting = Setting::of(&terms).unwrap();
    let sheet = Sheet::read(text.as_bytes(), "lots.csv", Pick::default()).unwrap();
    let table = read(&sheet, &setting).unwrap();
    let understood = Understood::new(&setting);
    let doubts = table.doubts.iter();
    (
        understood.lines(&table.lots[0]),
        doubts
            .flat_map(|doubt| understood.doubt_lines(doubt))
            .collect(),
        understood.lot(&table.lots[0]),
    )
}

#[test]
fn amounts_and_instants_are_told_in_full() {
    let (lines, doubts, data) = told(
        "lot,title_en,opening,reserve,estimate_low,increments,opens_at,duration,hard_stop\n\
         1,Kiosk,24000,31000,25000,50,1/7/2027 10:00,90m,2/7/2027 0:30\n",
    );
    let lines: Vec<String> = lines
        .iter()
        .map(|line| line.replace(['\u{200e}', '\u{200f}'], ""))
        .collect();
    assert_eq!(
        lines[0],
        "opening EGP 24,000; estimate EGP 25,000 to EGP 25,000; ceiling EGP 2,500,000; reserve given, \
         kept secret; steps EGP 50"
    );
    assert_eq!(
        lines[1],
        "opens Thursday 1 July 2027, 10:00 Cairo time (UTC+3) [2027-07-01 10:00:00 +03:00]; closes \
         Thursday 1 July 2027, 11:30 Cairo time (UTC+3) [2027-07-01 11:30:00 +03:00]; a bid in the last 2 \
         minutes leaves 2 minutes; never past Friday 2 July 2027, 00:30 Cairo time (UTC+3) [2027-07-02 \
         00:30:00 +03:00]"
    );
    assert!(lines[2].contains("سعر الافتتاح ٢٤٬٠٠٠ جنيه"), "{}", lines[2]);
    assert!(
        lines[3].contains("يفتح الخميس ١ يوليو ٢٠٢٧"),
        "{}",
        lines[3]
    );
    assert!(lines.iter().all(|line| !line.contains("31")), "{lines:?}");
    assert_eq!(data["opening"]["amount"], "24000.00");
    assert_eq!(data["opensAt"]["at"], "2027-07-01T10:00:00+03:00");
    assert_eq!(data["closesAt"]["at"], "2027-07-01T11:30:00+03:00");
    assert_eq!(data["hasReserve"], true);
    assert_eq!(doubts.len(), 4, "two dates, in two languages: {doubts:?}");
    assert!(
        doubts[0].starts_with("G2 opens_at: \"1/7/2027 10:00\" was taken day first, as Thursday")
    );
}

#[test]
fn what_is_sold_and_where_is_told() {
    let head = "lot,title_en,opening,unit,quantity,place_ar,lat,lon";
    let line = |cells: &str| told(&format!("{head}\n1,x,5,{cells}\n")).0.swap_remove(0);
    for (cells, end) in [
        ("tonne,18.5,أبنوب,,", "; quantity 18.5 tonne; place أبنوب"),
        ("year,,,27.5,31", "; by the year; place (27.5, 31)"),
        (",,,,", "; reserve none"),
    ] {
        assert!(line(cells).ends_with(end), "{}", line(cells));
    }
}

#[test]
fn a_lot_that_a_clerk_runs_has_no_times() {
    let (lines, doubts, data) = told("lot,title_en,opening\n12A,Kiosk,24000\n");
    assert_eq!((lines.len(), doubts.len()), (2, 0));
    assert_eq!(
        (&data["way"], &data["printed"]),
        (&json!("clerked"), &json!("12A"))
    );
}
