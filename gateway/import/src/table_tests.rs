//! Tables good and bad, as a clerk would make them.

use mazad_engine::domain::{
    Bilingual, Closes, Currency, JumpGuard, LotNo, MethodTerms, Money, Opens, Running, SaleTerms,
    SoftClose, Span, Time,
};

use crate::limits::DOUBTS_MAX;
use crate::lot::TableLot;
use crate::problem::{Problem, Problems};
use crate::setting::Setting;
use crate::sheet::{Cell, Pick, Sheet, SheetRow};
use crate::table::read;

fn setting() -> Setting {
    let title = Bilingual::both("Sale");
    Setting::of(&SaleTerms::preset(title, Currency::parse("EGP").unwrap())).unwrap()
}

fn table(text: &str) -> Result<Vec<TableLot>, Problems> {
    let sheet = Sheet::read(text.as_bytes(), "lots.csv", Pick::default()).unwrap();
    read(&sheet, &setting()).map(|table| table.lots)
}

/// What is wrong, as `cell column`, the further cells of a mistake behind its first.
fn places(text: &str) -> Vec<String> {
    let problems = table(text).unwrap_err();
    let of = |problem: &Problem| {
        let also = problem.also.iter().map(|also| &also.cell);
        let cells = std::iter::once(&problem.cell).chain(also);
        let told = cells.map(|cell| format!("{cell} {}", problem.column));
        told.collect::<Vec<_>>()
    };
    problems.listed().iter().flat_map(of).collect()
}

/// The sheet of this name.
fn named(sheet: &str) -> Pick<'_> {
    Pick {
        sheet: Some(sheet),
        hidden: None,
    }
}

fn time(text: &str) -> Time {
    let micros = text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
    Time(u64::try_from(micros).unwrap())
}

fn only(text: &str) -> TableLot {
    let mut lots = table(text).unwrap();
    assert_eq!(lots.len(), 1);
    lots.remove(0)
}

#[test]
fn a_plain_table_is_read() {
    let lot = only("lot,title_ar,title_en,opening,reserve\n7,كشك,Kiosk,24000,\"30,000.50\"\n");
    assert_eq!((lot.lot, lot.row), (LotNo(7), 2));
    assert_eq!(
        (lot.terms.title.ar.as_str(), lot.terms.title.en.as_str()),
        ("كشك", "Kiosk")
    );
    let MethodTerms::English(english) = &lot.terms.method;
    assert_eq!(english.opening, Money::new(2_400_000).unwrap());
    assert_eq!(
        english.reserve, None,
        "the reserve travels beside the terms"
    );
    assert_eq!(lot.reserve, Money::new(3_000_050));
    assert_eq!(
        lot.terms.running,
        Running::Clerked,
        "no times: a clerk runs it"
    );
    assert_eq!(english.increments.bands().len(), 6, "the preset of R1");
}

#[test]
fn an_arabic_table_says_the_same() {
    let arabic = "رقم اللوط;العنوان;سعر الافتتاح;الثمن الأساسي;الكمية;موعد الفتح;المدة\n\
                  ٧;كشك;٢٤٬٠٠٠٫٥٠;٣٠٬٠٠٠;١٨٫٥;١/٣/٢٠٢٧ ١٠:٠٠;٩٠ث\n";
    let latin = "lot,title_ar,opening,reserve,quantity,opens_at,duration\n\
                 7,كشك,24000.50,30000,18.5,2027-03-01T10:00,90s\n";
    assert_eq!(only(arabic), only(latin));
}

#[test]
fn timed_lots_take_their_times_in_the_zone_of_the_sale() {
    let head = "lot,title_en,opening,opens_at,closes_at,duration,soft_close,group\n";
    let row = |cells: &str| only(&format!("{head}{cells}\n")).terms.running;
    let soft = |window, extension| {
        Some(SoftClose {
            window: Span::minutes(window),
            extension: Span::minutes(extension),
            on_price_change: false,
            extensions_max: None,
            hard_stop: None,
        })
    };
    let ten = time("2027-03-01T08:00:00Z");
    let expected = |opens, closes, soft_close, group| Running::Timed {
        opens,
        closes,
        soft_close,
        group,
    };
    assert_eq!(
        row("1,x,5,1/3/2027 10:00,1/3/2027 11:00,,,"),
        expected(
            Opens::At(ten),
            Closes::At(ten.after(Span::minutes(60))),
            soft(2, 2),
            0
        ),
    );
    assert_eq!(
        row("1,x,5,+30s,,10m,5m/2m,"),
        expected(
            Opens::AfterPrevious(Span::seconds(30)),
            Closes::After(Span::minutes(10)),
            soft(5, 2),
            0,
        ),
    );
    assert_eq!(
        row("1,x,5,1/3/2027 10:00,,10m,5m/2m,3"),
        expected(
            Opens::At(ten),
            Closes::After(Span::minutes(10)),
            soft(5, 2),
            3,
        ),
    );
    assert_eq!(
        row("1,x,5,+0s,,10m,no,"),
        expected(
            Opens::AfterPrevious(Span::ZERO),
            Closes::After(Span::minutes(10)),
            None,
            0
        ),
    );
}

#[test]
fn late_bids_and_jumps_have_columns_of_their_own() {
    let text = "lot,title_en,opening,opens_at,duration,soft_close,extend_on,extensions_max,\
                hard_stop,first_bid,jump_times,jump_steps\n\
                1,x,5,1/3/2027 10:00,1h,5m/2m,price,10,1/3/2027 11:30,above,0,50\n";
    let arabic = "لوط;title_en;سعر الافتتاح;موعد الفتح;المدة;التمديد;سبب التمديد;مرات التمديد;\
                  الموعد النهائي;أول عرض;القفزة بالأضعاف;القفزة بالزيادات\n\
                  ١;x;٥;١/٣/٢٠٢٧ ١٠:٠٠;١س;٥د/٢د;السعر;١٠;١/٣/٢٠٢٧ ١١:٣٠;أعلى بزيادة;٠;٥٠\n";
    let lot = only(text);
    assert_eq!(only(arabic), lot);
    let Running::Timed { soft_close, .. } = lot.terms.running else {
        panic!("{lot:?}")
    };
    let expected = SoftClose {
        window: Span::minutes(5),
        extension: Span::minutes(2),
        on_price_change: true,
        extensions_max: Some(10),
        hard_stop: Some(time("2027-03-01T09:30:00Z")),
    };
    assert_eq!(soft_close, Some(expected));
    let MethodTerms::English(english) = lot.terms.method;
    assert!(english.first_bid_above_opening);
    let guard = JumpGuard {
        times: 0,
        steps: 50,
    };
    assert_eq!(english.jump_guard, guard);
}

#[test]
fn mistakes_about_late_bids_and_jumps_are_named() {
    let head = "lot,title_en,opening,opens_at,duration,soft_close,extend_on,extensions_max,\
                hard_stop,first_bid,jump_times\n";
    let wrong = |cells: &str| places(&format!("{head}{cells}\n"));
    let timed = "1,x,5,2027-03-01T10:00,1h";
    assert_eq!(
        wrong(&format!("{timed},no,price,3,2027-03-01T12:00,,")),
        ["G2 extend_on", "H2 extensions_max", "I2 hard_stop"]
    );
    assert_eq!(wrong(&format!("{timed},,often,,,,")), ["G2 extend_on"]);
    assert_eq!(wrong(&format!("{timed},,,0,,,")), ["H2 extensions_max"]);
    assert_eq!(
        wrong(&format!("{timed},,,,2027-03-01T10:59,,")),
        ["I2 hard_stop"]
    );
    assert_eq!(wrong("1,x,5,,,,price,,,,"), ["G2 extend_on"]);
    assert_eq!(wrong("1,x,5,,,,,,,high,"), ["J2 first_bid"]);
    assert_eq!(wrong("1,x,5,,,,,,,,1.5"), ["K2 jump_times"]);
}

#[test]
fn texts_hold_nothing_that_steers() {
    let text = |title: &str, about: &str| {
        format!("lot,title_en,opening,description_en\n1,\"{title}\",5,\"{about}\"\n")
    };
    for title in ["a\u{1b}[2J", "a\u{202e}b", "a\u{2066}b", "a\nb"] {
        assert_eq!(places(&text(title, "x")), ["B2 title_en"], "{title:?}");
    }
    assert_eq!(places(&text("x", "a\u{202e}b")), ["D2 description_en"]);
    assert_eq!(
        only(&text("x", "two\r\nlines")).terms.description.en,
        "two\nlines"
    );
    assert_eq!(only(&text("a\tb", "x")).terms.title.en, "a b");
    assert_eq!(
        only(&text("(\u{200f}١)", "x")).terms.title.en,
        "(\u{200f}١)"
    );
}

#[test]
fn a_date_cell_needs_its_time() {
    let row = |number, cells: Vec<Cell>| SheetRow { number, cells };
    let word = |text: &str| Cell::Text(text.to_owned());
    let head = ["lot", "title_en", "opening", "opens_at", "duration"];
    let at = |hour| jiff::civil::date(2027, 3, 1).at(hour, 0, 0, 0);
    let table = |opens| {
        let cells = vec![
            Cell::Number(1.0),
            word("x"),
            Cell::Number(5.0),
            Cell::Date(opens),
            word("1h"),
        ];
        let sheet = Sheet {
            name: "Lots".to_owned(),
            rows: vec![row(1, head.map(word).to_vec()), row(2, cells)],
            since_1904: false,
            hidden_sheets: Vec::new(),
        };
        read(&sheet, &setting()).map(|table| table.lots)
    };
    assert_eq!(table(at(10)).unwrap().len(), 1);
    let problems = table(at(0)).unwrap_err();
    assert_eq!(problems.listed()[0].cell, "D2");
    assert_eq!(problems.listed()[0].code, "instant");
}

#[test]
fn degrees_are_never_rounded() {
    let place = |latitude: &str| format!("lot,title_en,opening,lat,lon\n1,x,5,{latitude},31\n");
    let read = |latitude: &str| only(&place(latitude)).terms.place.unwrap().latitude_e6;
    assert_eq!(read("27.1234560"), 27_123_456);
    assert_eq!(read("-27.5"), -27_500_000);
    assert_eq!(places(&place("27.1234567")), ["D2 latitude"]);
}

#[test]
fn a_place_is_a_name_or_a_point_or_both() {
    let place = |cells: &str| {
        let head = "lot,title_en,opening,place_ar,lat,lon";
        only(&format!("{head}\n1,x,5,{cells}\n")).terms.place
    };
    let name = Bilingual {
        ar: "مركز أبنوب".to_owned(),
        en: String::new(),
    };
    let named = place("مركز أبنوب,,").unwrap();
    assert_eq!((&named.name, named.point()), (&name, None));
    let point = place(",27.5,31").unwrap();
    assert_eq!(point.name, Bilingual::default());
    assert_eq!(point.point(), Some((27_500_000, 31_000_000)));
    assert_eq!(place(",,"), None);
    assert_eq!(
        places("lot,title_en,opening,lat,lon\n1,x,5,0,0\n"),
        ["D2 latitude"]
    );
}

#[test]
fn every_mistake_is_named_by_its_cell() {
    let head = "lot,title_en,opening,reserve,estimate_low,estimate_high,increments,opens_at,\
                closes_at,duration,way,soft_close,latitude,longitude,place_en,quantity\n";
    let wrong = |cells: &str| places(&format!("{head}{cells}\n"));
    let timed = "2027-03-01T10:00,,10m,timed";
    assert_eq!(wrong("0,x,5,,,,,,,,,,,,,"), ["A2 lot"]);
    assert_eq!(wrong(",x,5,,,,,,,,,,,,,"), ["A2 lot"]);
    assert_eq!(wrong("1.5,x,5,,,,,,,,,,,,,"), ["A2 lot"]);
    assert_eq!(wrong("1,,5,,,,,,,,,,,,,"), ["2:2 title_ar"]);
    assert_eq!(wrong("1,x,,,,,,,,,,,,,,"), ["C2 opening"]);
    assert_eq!(wrong("1,x,0,,,,,,,,,,,,,"), ["C2 opening"]);
    assert_eq!(wrong("1,x,12.345,,,,,,,,,,,,,"), ["C2 opening"]);
    assert_eq!(wrong("1,x,5,\"1,2\",,,,,,,,,,,,"), ["D2 reserve"]);
    assert_eq!(wrong("1,x,5,,9,8,,,,,,,,,,"), ["F2 estimate_high"]);
    assert_eq!(wrong("1,x,5,,,,5:1,,,,,,,,,"), ["G2 increments"]);
    assert_eq!(wrong("1,x,5,,,,,tomorrow,,10m,,,,,,"), ["H2 opens_at"]);
    assert_eq!(wrong("1,x,5,,,,,,,10m,,,,,,"), ["H2 opens_at"]);
    assert_eq!(wrong("1,x,5,,,,,+x,,10m,,,,,,"), ["H2 opens_at"]);
    assert_eq!(
        wrong("1,x,5,,,,,2027-03-01T10:00,2027-03-01T09:00,,,,,,,"),
        ["I2 closes_at"]
    );
    assert_eq!(wrong("1,x,5,,,,,2027-03-01T10:00,,,,,,,,"), ["J2 duration"]);
    assert_eq!(
        wrong("1,x,5,,,,,2027-03-01T10:00,,0,,,,,,"),
        ["J2 duration"]
    );
    assert_eq!(wrong("1,x,5,,,,,,,,maybe,,,,,"), ["K2 way"]);
    assert_eq!(wrong("1,x,5,,,,,,,10m,clerked,,,,,"), ["J2 duration"]);
    assert_eq!(
        wrong(&format!("1,x,5,,,,,{timed},often,,,,")),
        ["L2 soft_close"]
    );
    assert_eq!(wrong("1,x,5,,,,,,,,,,91,31,,"), ["M2 latitude"]);
    assert_eq!(wrong("1,x,5,,,,,,,,,,27,,,"), ["N2 longitude"]);
    assert_eq!(wrong("1,x,5,,,,,,,,,,,,,1.2345"), ["P2 quantity"]);
}

#[test]
fn all_mistakes_are_told_at_once_and_nothing_is_read() {
    let text = "lot,title_en,opening\n1,,5\n1,x,5\n1,y,five\n2,z,-3,stray\n";
    assert_eq!(
        places(text),
        ["2:2 title_ar", "C4 opening", "C5 opening", "D5 "]
    );
}

#[test]
fn a_lot_number_counts_once() {
    assert_eq!(
        places("lot,title_en,opening\n1,x,5\n2,y,5\n1,z,5\n"),
        ["A4 lot"]
    );
}

#[test]
fn headers_are_checked_first() {
    assert_eq!(places("lot,title_en,opening,colour\n1,x,5,\n"), ["D1 "]);
    assert_eq!(places("lot,title_en,opening,LOT\n1,x,5,2\n"), ["D1 "]);
    assert_eq!(places("lot,title_en\n1,x\n"), ["C1 opening"]);
    assert_eq!(places("lot,opening\n"), ["C1 title_ar"]);
    assert_eq!(places(""), ["A1 "]);
    assert_eq!(places("lot,title_en,opening\n"), ["A2 "]);
}

#[test]
fn mistakes_past_the_list_are_counted() {
    let rows: String = (1..=300).map(|lot| format!("{lot},x,zero\n")).collect();
    let problems = table(&format!("lot,title_en,opening\n{rows}")).unwrap_err();
    assert_eq!((problems.listed().len(), problems.count()), (1, 300));
    assert_eq!(problems.listed()[0].cells, 300);
    let rows: String = (1..=300).map(|lot| format!("{lot},x,5\n")).collect();
    let problems = table(&format!("lot,title_en,opening\n{rows}{rows}")).unwrap_err();
    assert_eq!((problems.listed().len(), problems.count()), (200, 300));
}

#[test]
fn one_mistake_is_told_once_with_its_cells() {
    let problems = table("lot,title_en,opening\n1,x,zero\n2,y,zero\n3,z,none\n").unwrap_err();
    let told = problems.listed()[0].to_string();
    assert!(
        told.ends_with("the same in 2 more / والخطأ نفسه في 2 أخرى: C3, C4 \"none\""),
        "{told}"
    );
    // Steps that a sale in another currency lacks are no news in every row.
    let title = Bilingual::both("Sale");
    let terms = SaleTerms::preset(title, Currency::parse("USD").unwrap());
    let text = b"lot,title_en,opening\n1,x,5\n2,y,5\n3,z,5\n";
    let sheet = Sheet::read(text, "lots.csv", Pick::default()).unwrap();
    let mut setting = Setting::of(&terms).unwrap();
    let problems = read(&sheet, &setting).unwrap_err();
    assert_eq!((problems.listed().len(), problems.count()), (1, 3));
    setting.increments = crate::increments::parse("50", terms.currency);
    assert_eq!(read(&sheet, &setting).unwrap().lots.len(), 3);
}

#[test]
fn a_title_may_stand_above_the_table() {
    let text = "محافظة أسيوط - مزاد علني\n\nلجنة المزادات,,\nرقم اللوط,العنوان,سعر الفتح (ج.م)\n1,كشك,24000\n";
    let sheet = Sheet::read(text.as_bytes(), "lots.csv", Pick::default()).unwrap();
    let table = read(&sheet, &setting()).unwrap();
    assert_eq!((table.lots.len(), table.lots[0].row), (1, 5));
    assert_eq!(table.above, ["محافظة أسيوط - مزاد علني", "لجنة المزادات"]);
    assert_eq!(
        places("عنوان المزاد\nرقم اللوط,العنوان,سعر الفتح,لون\n1,كشك,س\n"),
        ["D2 "],
        "the names alone"
    );
    assert_eq!(
        places("lot,title_en,opening (USD)\n1,x,5\n"),
        ["C1 ", "D1 opening"]
    );
}

#[test]
fn a_printed_number_stands_beside_the_running_one() {
    let text = "lot,title_en,opening\n12,a,5\n12A,b,5\n3233*,c,5\nLot 13,d,5\n";
    let numbered: Vec<(u32, String, String)> = table(text)
        .unwrap()
        .into_iter()
        .map(|lot| (lot.lot.0, lot.printed, lot.terms.label))
        .collect();
    let expected = [
        (12, "12", ""),
        (14, "12A", "12A"),
        (15, "3233*", "3233*"),
        (13, "13", ""),
    ];
    let expected = expected.map(|(no, printed, label)| (no, printed.to_owned(), label.to_owned()));
    assert_eq!(numbered, expected);
    assert_eq!(
        places("lot,title_en,opening\n12A,x,5\n١٢a,y,5\n"),
        ["A3 lot"],
        "12a is 12A"
    );
}

#[test]
fn a_lot_that_is_there_keeps_its_running_number() {
    let mut setting = setting();
    setting.printed = [(LotNo(12), "12".to_owned()), (LotNo(13), "12A".to_owned())].into();
    let text = "lot,title_en,opening\n12A,a,5\n13,b,5\n12,c,5\n12B,d,5\n";
    let sheet = Sheet::read(text.as_bytes(), "lots.csv", Pick::default()).unwrap();
    let numbered: Vec<(u32, String)> = read(&sheet, &setting)
        .unwrap()
        .lots
        .into_iter()
        .map(|lot| (lot.lot.0, lot.terms.label))
        .collect();
    let expected = [(13, "12A"), (14, "13"), (12, ""), (15, "12B")];
    assert_eq!(numbered, expected.map(|(no, label)| (no, label.to_owned())));
}

#[test]
fn a_mistake_is_told_in_both_languages() {
    let problems = table("lot,title_en,opening\n1,x,12.345\n").unwrap_err();
    let told = problems.listed()[0].to_string();
    assert!(
        told.contains("lots.csv!C2 opening: found \"12.345\", expected an amount of EGP"),
        "{told}"
    );
    assert!(told.contains("وُجد «12.345» والمطلوب مبلغ"), "{told}");
}

#[test]
fn a_workbook_is_read_with_its_numbers_and_dates() {
    let bytes = include_bytes!("../tests/fixtures/lots.xlsx");
    let sheet = Sheet::read(bytes, "lots.xlsx", named("لوطات")).unwrap();
    assert_eq!(sheet.name, "لوطات");
    let lots = read(&sheet, &setting()).unwrap().lots;
    let csv = "lot,title_ar,reference,opening,reserve,quantity,opens_at,duration,latitude,longitude\n\
               1,كشك,101,24000,30000.5,18.5,2027-03-01T10:00,0:10:00,27.18952,31.19186\n\
               2,سيارة,AST-2,85000,,,2027-03-01T11:30,90,,\n";
    let mut expected = table(csv).unwrap();
    // The workbook's table begins at B3.
    for lot in &mut expected {
        lot.row += 2;
    }
    assert_eq!(lots, expected);
}

#[test]
fn mistakes_of_a_workbook_are_named_as_it_letters_them() {
    let bytes = include_bytes!("../tests/fixtures/lots.xlsx");
    let sheet = Sheet::read(bytes, "lots.xlsx", named("أخطاء")).unwrap();
    let problems = read(&sheet, &setting()).unwrap_err();
    let first = &problems.listed()[0];
    assert_eq!(
        (
            first.sheet.as_str(),
            first.cell.as_str(),
            first.column.as_str()
        ),
        ("أخطاء", "C2", "opening")
    );
    assert_eq!(first.also[0].cell, "C3");
    assert_eq!(problems.listed()[1].cell, "D2");
    let error = Sheet::read(bytes, "lots.xlsx", named("none")).unwrap_err();
    assert!(
        error.to_string().contains("[\"لوطات\", \"أخطاء\"]"),
        "{error}"
    );
}

#[test]
fn an_amount_that_is_shown_with_other_words_is_refused() {
    let head = ["lot", "title_ar", "opening", "quantity"].map(Cell::text);
    let worded = |number: f64, words: &str| Cell::Worded(number, words.to_owned());
    let read_with = |opening: Cell| {
        let row = [
            worded(7.0, "Lot"),
            Cell::text("كشك"),
            opening,
            worded(5.0, "m²"),
        ];
        let rows = [head.to_vec(), row.to_vec()];
        let numbered = rows.into_iter().zip(1..);
        let sheet = Sheet {
            name: "Lots".to_owned(),
            since_1904: false,
            hidden_sheets: Vec::new(),
            rows: numbered
                .map(|(cells, number)| SheetRow { number, cells })
                .collect(),
        };
        read(&sheet, &setting()).map(|table| table.lots)
    };
    for words in ["ألف جنيه", "مليون", "USD/m²", "USD net", "net"] {
        let problems = read_with(worded(24.0, words)).unwrap_err();
        assert_eq!(problems.listed()[0].column, "opening", "{words}");
    }
    let lot = read_with(worded(24_000.0, "جنيه فقط")).unwrap().remove(0);
    assert_eq!(
        (lot.printed.as_str(), lot.terms.quantity_milli),
        ("7", 5_000)
    );
}

#[test]
fn what_cannot_be_seen_is_neither_a_title_nor_another_lot() {
    for unseen in ["\u{200f}", "\u{200b}", "\u{2060}\u{feff}", "\u{3164}"] {
        let wrong = places(&format!("lot,title_ar,opening\n1,{unseen},500\n"));
        assert_eq!(wrong, ["B2 title_ar"], "{unseen:?}");
        let wrong = places(&format!(
            "lot,title_ar,opening\n12,كشك,500\n12{unseen},كشك,500\n"
        ));
        assert_eq!(wrong, ["A3 lot"], "{unseen:?}");
    }
}

#[test]
fn the_row_with_the_most_names_is_the_head() {
    let text = "رقم المزايدة,الموقع,أسيوط,\nم,العنوان,سعر الفتح,الموقع\n1,كشك,500,المحطة\n";
    let lots = table(text).unwrap();
    assert_eq!(lots.len(), 1);
    assert_eq!((lots[0].row, lots[0].printed.as_str()), (3, "1"));
    let nothing_but_titles = places("title,x\n1,كشك\n");
    assert_eq!(nothing_but_titles[0], "B1 ", "{nothing_but_titles:?}");
}

#[test]
fn doubts_past_the_named_ones_are_counted() {
    let rows: String = (1..=DOUBTS_MAX + 3)
        .map(|lot| format!("{lot},كشك,500,3/1/2028 10:00,1h\n"))
        .collect();
    let text = format!("lot,title_ar,opening,opens_at,duration\n{rows}");
    let sheet = Sheet::read(text.as_bytes(), "lots.csv", Pick::default()).unwrap();
    let table = read(&sheet, &setting()).unwrap();
    assert_eq!((table.doubts.len(), table.more_doubts), (DOUBTS_MAX, 3));
}
