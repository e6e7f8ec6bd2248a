use std::io::Write as _;

use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A workbook of one sheet: what stands in its rows, what stands after them, and further parts.
fn workbook(rows: &str, after: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let package = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" \
         Target=\"xl/workbook.xml\"></Relationship></Relationships>"
    );
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\"><sheets>\
         <sheet name=\"Lots\" sheetId=\"1\" r:id=\"rId1\"></sheet></sheets></workbook>"
    );
    let parts = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{RELATIONS}/worksheet\" \
         Target=\"worksheets/sheet1.xml\"></Relationship></Relationships>"
    );
    let sheet =
        format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData>{after}</worksheet>");
    let own = [
        ("_rels/.rels", package.as_str()),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &parts),
        ("xl/worksheets/sheet1.xml", &sheet),
    ];
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in own.iter().chain(more) {
        zip.start_file(*path, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

/// The mistake, as `cell code`; `too large` if it is the whole file.
fn wrong(bytes: &[u8]) -> String {
    match read(bytes, None) {
        Err(SheetError::Cell(problem)) => format!("{} {}", problem.cell, problem.code),
        Err(SheetError::TooLarge) => "too large".to_owned(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_formula_without_a_value_is_not_empty() {
    let row = "<row r=\"1\"><c r=\"A1\"><f>B1*2</f><v></v></c><c r=\"B1\"><v>3</v></c>\
               <c r=\"C1\" t=\"str\"><f>IF(B1=3,\"\",1)</f><v></v></c>\
               <c r=\"D1\"><f>B1*2</f><v>6</v></c></row>";
    let sheet = read(&workbook(row, "", &[]), None).unwrap();
    let expected = [
        Cell::Other("=".to_owned()),
        Cell::Number(3.0),
        Cell::Empty,
        Cell::Number(6.0),
    ];
    assert_eq!(sheet.rows[0].cells, expected);
}

#[test]
fn merged_cells_of_the_table_are_refused() {
    let rows = format!(
        "<row r=\"2\">{}{}</row><row r=\"3\">{}</row>",
        text("A2", "lot"),
        text("B2", "title_en"),
        text("A3", "1")
    );
    let merged =
        |range: &str| format!("<mergeCells><mergeCell ref=\"{range}\"></mergeCell></mergeCells>");
    for touching in ["A3:A4", "B2:C2", "A1:A2"] {
        let place = touching.split(':').next().unwrap();
        let bytes = workbook(&rows, &merged(touching), &[]);
        assert_eq!(wrong(&bytes), format!("{place} merged"), "{touching}");
    }
    for beside in ["A1:B1", "C2:D3", "A4:B4"] {
        let bytes = workbook(&rows, &merged(beside), &[]);
        assert_eq!(read(&bytes, None).unwrap().rows.len(), 2, "{beside}");
    }
}

#[test]
fn the_far_corner_of_a_sheet_is_refused_before_it_takes_memory() {
    let corners = format!(
        "<row r=\"1\">{}</row><row r=\"1048576\">{}</row>",
        text("A1", "lot"),
        text("XFD1048576", "x")
    );
    assert_eq!(
        wrong(&workbook(&corners, "", &[])),
        "XFD1048576 table-too-large"
    );
}

#[test]
fn one_shared_text_in_very_many_cells_counts_each_time() {
    let shared = format!(
        "<sst xmlns=\"{MAIN}\"><si><t>{}</t></si></sst>",
        "x".repeat(1024 * 1024)
    );
    let cells: String = (1..=65)
        .map(|row| format!("<row r=\"{row}\"><c r=\"A{row}\" t=\"s\"><v>0</v></c></row>"))
        .collect();
    let bytes = workbook(&cells, "", &[("xl/sharedStrings.xml", &shared)]);
    assert_eq!(wrong(&bytes), "A65 table-too-large");
}

#[test]
fn a_small_file_that_unpacks_to_a_large_one_is_refused() {
    let spaces = " ".repeat(TABLE_BYTES_MAX);
    let bytes = workbook("", "", &[("xl/sharedStrings.xml", &spaces)]);
    assert!(bytes.len() < 1024 * 1024, "{}", bytes.len());
    assert_eq!(wrong(&bytes), "too large");
}

#[test]
fn a_count_of_shared_texts_is_not_believed() {
    let claim = |count: &str| {
        format!("<sst xmlns=\"{MAIN}\" uniqueCount = '{count}'><si><t>lot</t></si></sst>")
    };
    let row = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
    let with = |shared: &str| workbook(row, "", &[("xl/sharedStrings.xml", shared)]);
    assert_eq!(read(&with(&claim("1")), None).unwrap().rows.len(), 1);
    assert_eq!(wrong(&with(&claim("1000000000000"))), "too large");
}

#[test]
fn a_cell_that_stands_in_a_file_twice_is_refused() {
    let row = format!(
        "<row r=\"1\">{}{}</row>",
        text("A1", "lot"),
        text("A1", "no")
    );
    assert_eq!(wrong(&workbook(&row, "", &[])), "A1 cell-repeated");
}

#[test]
fn what_is_no_workbook_is_told() {
    assert!(matches!(
        read(b"PK\x03\x04 and nothing", None),
        Err(SheetError::Xlsx(_))
    ));
    let bytes = workbook("", "", &[]);
    let half = bytes.get(..bytes.len() / 2).unwrap();
    assert!(matches!(read(half, None), Err(SheetError::Xlsx(_))));
}
