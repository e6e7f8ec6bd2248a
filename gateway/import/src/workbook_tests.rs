use std::io::Write as _;

use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

/// A workbook of one sheet: what stands in its rows, what stands after them, and further parts.
fn workbook(rows: &str, after: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let data = format!("<sheetData>{rows}</sheetData>{after}");
    sheets(&[("Lots", "", &data)], "", more)
}

/// A workbook of sheets with their names, their states and what they hold.
fn sheets(all: &[(&str, &str, &str)], settings: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let package = format!(
        "<Relationships><Relationship Id=\"rId1\" Type=\"{RELATIONS}/officeDocument\" \
         Target=\"xl/workbook.xml\"></Relationship></Relationships>"
    );
    let (mut listed, mut related, mut own) = (String::new(), String::new(), Vec::new());
    for (at, (name, state, data)) in all.iter().enumerate() {
        let no = at + 1;
        let state = format!(
            "state=\"{}\"",
            if state.is_empty() { "visible" } else { state }
        );
        listed +=
            &format!("<sheet name=\"{name}\" sheetId=\"{no}\" {state} r:id=\"rId{no}\"></sheet>");
        related += &format!(
            "<Relationship Id=\"rId{no}\" Type=\"{RELATIONS}/worksheet\" \
             Target=\"worksheets/sheet{no}.xml\"></Relationship>"
        );
        let sheet = format!("<worksheet xmlns=\"{MAIN}\">{data}</worksheet>");
        own.push((format!("xl/worksheets/sheet{no}.xml"), sheet));
    }
    let book = format!(
        "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{RELATIONS}\">{settings}<sheets>{listed}</sheets></workbook>"
    );
    related += &format!(
        "<Relationship Id=\"rId90\" Type=\"{RELATIONS}/styles\" Target=\"styles.xml\"></Relationship>"
    );
    let related = format!("<Relationships>{related}</Relationships>");
    own.push(("_rels/.rels".to_owned(), package));
    own.push(("xl/workbook.xml".to_owned(), book));
    own.push(("xl/_rels/workbook.xml.rels".to_owned(), related));
    let more = more
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
    own.extend(more);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, text) in &own {
        zip.start_file(path.as_str(), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn text(place: &str, text: &str) -> String {
    format!("<c r=\"{place}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

fn open(bytes: &[u8]) -> Result<Sheet, SheetError> {
    read(bytes, "lots.xlsx", Pick::default())
}

/// The mistake, as `cell code`; `too large` if it is the whole file.
fn wrong(bytes: &[u8]) -> String {
    match open(bytes) {
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
    let sheet = open(&workbook(row, "", &[])).unwrap();
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
    // A title above the names may be merged.
    for beside in ["A1:B1", "C2:D3", "A4:B4"] {
        let bytes = workbook(&rows, &merged(beside), &[]);
        assert_eq!(open(&bytes).unwrap().rows.len(), 2, "{beside}");
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
    assert_eq!(open(&with(&claim("1"))).unwrap().rows.len(), 1);
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
        open(b"PK\x03\x04 and nothing"),
        Err(SheetError::Xlsx(_))
    ));
    let bytes = workbook("", "", &[]);
    let half = bytes.get(..bytes.len() / 2).unwrap();
    assert!(matches!(open(half), Err(SheetError::Xlsx(_))));
}

/// A sheet with one lot.
fn one_lot(lot: &str) -> String {
    format!(
        "<sheetData><row r=\"1\">{}{}{}</row><row r=\"2\">{}{}{}</row></sheetData>",
        text("A1", "lot"),
        text("B1", "title_en"),
        text("C1", "opening"),
        text("A2", lot),
        text("B2", "x"),
        text("C2", "5")
    )
}

#[test]
fn a_hidden_sheet_is_not_sold_and_several_are_asked_about() {
    let (draft, lots) = (one_lot("99"), one_lot("1"));
    let hidden = sheets(&[("Draft", "hidden", &draft), ("Lots", "", &lots)], "", &[]);
    let sheet = open(&hidden).unwrap();
    assert_eq!(
        (sheet.name.as_str(), &*sheet.hidden_sheets),
        ("Lots", &["Draft".to_owned()][..])
    );
    let both = sheets(&[("Draft", "", &draft), ("Lots", "", &lots)], "", &[]);
    assert_eq!(wrong(&both), "A1 sheet-unclear");
    let empty = "<sheetData></sheetData>";
    let spare = sheets(&[("Sheet1", "", empty), ("Lots", "", &lots)], "", &[]);
    assert_eq!(open(&spare).unwrap().name, "Lots");
    let named = Pick {
        sheet: Some("Draft"),
        hidden: None,
    };
    assert_eq!(read(&hidden, "lots.xlsx", named).unwrap().name, "Draft");
}

#[test]
fn hidden_rows_and_columns_are_asked_about() {
    let rows = format!(
        "<row r=\"1\">{}{}</row><row r=\"2\" hidden=\"1\">{}</row><row r=\"3\">{}{}</row>\
         <row r=\"4\" hidden=\"1\"></row>",
        text("A1", "lot"),
        text("B1", "reserve"),
        text("A2", "99"),
        text("A3", "1"),
        text("B3", "5")
    );
    let of_rows = workbook(&rows, "", &[]);
    assert_eq!(wrong(&of_rows), "2:2 hidden");
    let taken = |bytes: &[u8], hidden| {
        let pick = Pick {
            sheet: None,
            hidden: Some(hidden),
        };
        let sheet = read(bytes, "lots.xlsx", pick).unwrap();
        let shown = |row: &crate::sheet::SheetRow| row.cells.iter().map(Cell::shown).collect();
        sheet.rows.iter().map(shown).collect::<Vec<Vec<String>>>()
    };
    assert_eq!(taken(&of_rows, Hidden::Take).len(), 3);
    assert_eq!(
        taken(&of_rows, Hidden::Leave),
        [["lot", "reserve"], ["1", "5"]]
    );
    let columns = "<cols><col min=\"2\" max=\"16384\" hidden=\"1\"></col></cols>";
    let data = format!(
        "{columns}<sheetData>{}</sheetData>",
        rows.replace(" hidden=\"1\"", "")
    );
    let of_columns = sheets(&[("Lots", "", &data)], "", &[]);
    assert_eq!(wrong(&of_columns), "B1 hidden");
    assert_eq!(taken(&of_columns, Hidden::Leave)[2][0], "1");
}

#[test]
fn the_sign_that_a_format_shows_is_read() {
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><numFmts><numFmt numFmtId=\"164\" \
         formatCode=\"&quot;$&quot;#,##0\"></numFmt><numFmt numFmtId=\"165\" \
         formatCode=\"0&quot; ألف&quot;\"></numFmt></numFmts><cellXfs><xf numFmtId=\"0\"></xf>\
         <xf numFmtId=\"164\"></xf><xf numFmtId=\"9\"></xf><xf numFmtId=\"165\"></xf></cellXfs></styleSheet>"
    );
    let row = "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>24000</v></c><c r=\"B1\"><v>5</v></c>\
               <c r=\"C1\" s=\"2\"><v>0.5</v></c><c r=\"D1\" s=\"3\"><v>24</v></c></row>";
    let data = format!("<sheetData>{row}</sheetData>");
    let more = [("xl/styles.xml", styles.as_str())];
    let book = sheets(&[("Lots", "", &data)], "", &more);
    let cells = open(&book).unwrap().rows.swap_remove(0).cells;
    let shown = [
        Cell::Text("$ 24000".to_owned()),
        Cell::Number(5.0),
        Cell::Text("% 0.5".to_owned()),
        Cell::Worded(24.0, "ألف".to_owned()),
    ];
    assert_eq!(cells, shown);
}

#[test]
fn days_may_be_counted_from_1904() {
    let settings = "<workbookPr date1904=\"1\"></workbookPr>";
    let book = sheets(&[("Lots", "", &one_lot("1"))], settings, &[]);
    assert!(open(&book).unwrap().since_1904);
}
