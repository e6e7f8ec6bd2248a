use super::*;
use crate::limits::ROWS_MAX;

fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
    let rows = read(text.as_bytes(), "t.csv").unwrap().rows.into_iter();
    let shown = |cells: Vec<Cell>| cells.iter().map(Cell::shown).collect();
    rows.map(|row| (row.number, shown(row.cells))).collect()
}

/// The mistake, as `cell code`.
fn wrong(bytes: &[u8]) -> String {
    match read(bytes, "t.csv") {
        Err(SheetError::Cell(problem)) => format!("{} {}", problem.cell, problem.code),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_separator_and_a_byte_order_mark_are_read() {
    for text in [
        "lot,opening\n1,5\n",
        "\u{feff}lot;opening\r\n1;5\r\n",
        "lot\topening\r1\t5",
        "lot|opening\n1|5\n",
        "lot؛opening\n1؛5\n",
        "lot، opening\n1، 5\n",
        "\"lot\";\"opening\"\n1;5\n",
        "lot, \"opening\" ,\n 1 ,  \"5\"\t\n",
    ] {
        let expected = [(1, vec!["lot", "opening"]), (2, vec!["1", "5"])];
        let read = rows(text);
        let read: Vec<(usize, Vec<&str>)> = read
            .iter()
            .map(|(row, cells)| (*row, cells.iter().map(String::as_str).collect()))
            .collect();
        assert_eq!(read, expected, "{text:?}");
    }
}

#[test]
fn a_title_does_not_tell_the_separator() {
    let read = rows("مزاد، بتاريخ 1/3، أسيوط\nلوط;العنوان;سعر الفتح\n1;كشك, صغير;5\n");
    assert_eq!(read[1].1, ["لوط", "العنوان", "سعر الفتح"]);
    assert_eq!(read[2].1, ["1", "كشك, صغير", "5"]);
}

#[test]
fn a_first_line_may_name_the_separator() {
    for said in ["sep=;\r\n", "\"sep=;\"\n"] {
        let read = rows(&format!("{said}a,b;c\n1;2\n"));
        let expected = [
            (2, vec!["a,b".to_owned(), "c".to_owned()]),
            (3, vec!["1".to_owned(), "2".to_owned()]),
        ];
        assert_eq!(read, expected);
    }
}

#[test]
fn utf_16_is_read_with_and_without_its_mark() {
    let text = "lot\tالعنوان\topening\r\n1\tكشك\t5\r\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let marked = |mark: [u8; 2], bytes: &[u8]| [&mark, bytes].concat();
    for bytes in [
        marked([0xff, 0xfe], &little),
        marked([0xfe, 0xff], &big),
        little.clone(),
        big.clone(),
    ] {
        let sheet = read(&bytes, "t.csv").unwrap();
        let shown: Vec<String> = sheet.rows[1].cells.iter().map(Cell::shown).collect();
        assert_eq!(shown, ["1", "كشك", "5"]);
    }
    assert_eq!(wrong(&marked([0xff, 0xfe], &little[1..])), "A1 encoding");
    assert_eq!(wrong(b"\xff\xfe\x00\xd8\x41\x00"), "A1 encoding");
}

#[test]
fn a_blank_before_a_quote_is_none_of_the_cell() {
    let read = rows("lot,opening,title_en,description_en\n1,500, \"Tractor, red\",x\n");
    assert_eq!(read[1].1, ["1", "500", "Tractor, red", "x"]);
    assert_eq!(wrong(b"lot,title\n1, \"x\n"), "B2 quotes");
    assert_eq!(wrong(b"lot,title\n1, \"x\" y\n"), "B2 quotes");
}

#[test]
fn a_blank_before_a_quote_may_be_of_any_width() {
    for blank in [
        "\u{a0}",
        "\u{2009}",
        "\u{200f}",
        "\u{202f}",
        "\u{3000}",
        "\u{feff} ",
    ] {
        let text = format!("lot,title_en,opening\n1,{blank}\"Tractor, red\"{blank},500\n");
        assert_eq!(rows(&text)[1].1, ["1", "Tractor, red", "500"], "{blank:?}");
    }
}

#[test]
fn other_quotes_that_do_not_close_in_their_cell_are_refused() {
    for torn in [
        "\u{201c}Tractor, red\u{201d}",
        "\u{201e}Tractor, red\u{201c}",
        "«Tractor, red»",
        " \u{200f}«Tractor, red»",
        "'Tractor, red'",
        "=\"Tractor, red\"",
    ] {
        let text = format!("lot,title_en,description_en,opening\n1,{torn},500\n");
        assert_eq!(wrong(text.as_bytes()), "B2 quotes", "{torn}");
    }
    let kept = [
        "«كشك» صغير",
        "\u{201c}A\u{201d}",
        "'Amriya",
        "5'",
        "=\"12\"",
    ];
    for whole in kept {
        let text = format!("lot,title_en,opening\n1,{whole},500\n2,\"{}\",5\n", "«x, y");
        assert_eq!(rows(&text)[1].1, ["1", whole, "500"]);
    }
}

#[test]
fn a_row_that_is_wider_than_the_head_is_refused() {
    let text = "lot,title_en,opening,reserve\n1,Tractor, 500,900,\n2,x,5,\n";
    assert_eq!(wrong(text.as_bytes()), "E2 row-too-wide");
    for ends in [
        "lot,title,opening\n1,x,5,\n2,y,6,\n",
        "lot,title,opening,\n1,x,5,\n2,y,6\n",
        "lot,title,opening\n1,x,5\n,,,,,\n2,y,6\n",
        "A sale,,,,,\nlot,title,opening\n1,x,5\n",
    ] {
        assert!(rows(ends).len() > 2, "{ends}");
    }
}

#[test]
fn rows_are_counted_as_a_spreadsheet_counts_them() {
    let text = "lot,title\n1,\"two\nlines\"\n\n2,x\n,,\n3,y\n\n4,z";
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let numbers: Vec<usize> = rows(&text).into_iter().map(|(row, _)| row).collect();
        assert_eq!(numbers, [1, 2, 4, 6, 8], "{text:?}");
    }
}

#[test]
fn quotes_hold_separators_and_quotes() {
    let read = rows("a,\"b,\"\"c\"\"\",\"\",5\" pipe\n");
    assert_eq!(read[0].1, ["a", "b,\"c\"", "", "5\" pipe"]);
}

#[test]
fn quotes_that_do_not_pair_are_refused() {
    assert_eq!(wrong(b"lot,title\n1,\"x\n2,y\n3,z\n"), "B2 quotes");
    assert_eq!(wrong(b"lot,title,a\n1,\"x,5\n2,\"y\",6\n"), "B2 quotes");
    assert_eq!(wrong(b"lot,title\n1,\"x\" y\n"), "B2 quotes");
    assert_eq!(wrong(b"\"lot"), "A1 quotes");
}

#[test]
fn another_encoding_is_named() {
    assert_eq!(wrong(b"lot,title\n1,\xc7\xd1\xd6\n"), "B2 encoding");
}

#[test]
fn a_table_has_bounds() {
    let wide = ",".repeat(COLUMNS_MAX) + "x";
    assert_eq!(wrong(wide.as_bytes()), "CW1 table-too-large");
    assert_eq!(rows(&",".repeat(1_000_000)), []);
    let long = "x\n".repeat(ROWS_MAX + 1);
    assert_eq!(
        wrong(long.as_bytes()),
        format!("A{} table-too-large", ROWS_MAX + 1)
    );
}
