//! Says what was done, or how a table was understood and what would be done.

use std::io::{self, Write};

use mazad_engine::domain::Time;
use mazad_import::{CellChange, Doubt, Plan, Setting, Table, Understood};
use serde_json::{Value, json};

use crate::cli::output::Output;
use crate::cli::replay::both;

#[derive(Debug)]
pub(super) struct Report<'a> {
    pub(super) plan: &'a Plan,
    pub(super) table: &'a Table,
    pub(super) setting: &'a Setting,
    /// When the sale opens by itself.
    pub(super) opens_at: Option<Time>,
    /// Whether that could have been meant month first.
    pub(super) opening_doubt: Option<Doubt>,
    /// Whether it was done; else it was a dry run.
    pub(super) done: bool,
    /// Whether lots that differ are amended without being asked again.
    pub(super) amends: bool,
}

impl Report<'_> {
    /// # Errors
    /// Standard output cannot be written.
    pub(super) fn tell(&self, output: Output) -> io::Result<()> {
        if output.is_json() {
            return output.json(&self.json());
        }
        let mut out = output.writer();
        self.lines(&mut out)?;
        out.flush()
    }

    fn json(&self) -> Value {
        let plan = self.plan;
        let mut told = json!({
            "sale": plan.sale().to_string(),
            "draft": plan.is_draft(),
            "createsSale": plan.creates(),
            "changesTerms": plan.changes_terms(),
            "clears": plan.clears(),
            "adds": plan.adds().iter().map(|lot| lot.lot.0).collect::<Vec<_>>(),
            "amends": self.amends(),
            "amendsTerms": cells(plan.terms_cells()),
            "missing": plan.missing(),
            "alreadyThere": plan.there(),
            "above": self.table.above,
            "hiddenSheets": self.table.hidden_sheets,
            "dryRun": !self.done,
        });
        let understood = Understood::new(self.setting);
        let doubts: Vec<Value> = self
            .all_doubts()
            .map(|doubt| understood.doubt(doubt))
            .collect();
        if let Some(told) = told.as_object_mut() {
            told.insert("doubts".to_owned(), Value::Array(doubts));
            told.insert("moreDoubts".to_owned(), json!(self.table.more_doubts));
            if !self.done {
                let lots = plan.adds().iter().map(|lot| understood.lot(lot));
                told.insert("lots".to_owned(), lots.collect());
                let opens_at = self.opens_at.map(|at| understood.instant(at));
                told.insert("saleOpensAt".to_owned(), json!(opens_at));
            }
        }
        told
    }

    fn lines(&self, out: &mut impl Write) -> io::Result<()> {
        let plan = self.plan;
        let (added, there, cleared) = (plan.adds().len(), plan.there(), plan.clears());
        let would = if self.done { "" } else { "would be " };
        let sale_is = match (plan.creates(), plan.changes_terms()) {
            (true, _) => format!("{would}created"),
            (false, true) => format!("is there, its terms {would}changed"),
            (false, false) => "is there".to_owned(),
        };
        writeln!(
            out,
            "sale {} {sale_is}: {}",
            plan.sale(),
            both(plan.title())
        )?;
        for text in &self.table.above {
            writeln!(
                out,
                "above the table, passed over / فوق الجدول، لم يُقرأ: {text}"
            )?;
        }
        for name in &self.table.hidden_sheets {
            let name = mazad_texts::shown(name);
            writeln!(out, "hidden sheet, left out / ورقة مخفية لم تُستورد: {name}")?;
        }
        if cleared > 0 {
            writeln!(out, "{cleared} lots of the draft {would}taken out")?;
        }
        if !self.done {
            self.understood(out)?;
        }
        self.doubts(out)?;
        self.amended(out)?;
        let amended = plan.amends().len();
        writeln!(
            out,
            "{added} lots {would}added, {amended} {would}amended, {there} there already"
        )
    }

    /// What differs, lot by lot, as data.
    fn amends(&self) -> Vec<Value> {
        let amends = self.plan.amends().iter();
        let told = amends.map(|amendment| {
            json!({
                "row": amendment.lot.row,
                "lot": amendment.lot.lot.0,
                "printed": amendment.lot.printed,
                "cells": cells(&amendment.cells),
            })
        });
        told.collect()
    }

    /// R14: what differs, cell by cell, and what the table lacks.
    fn amended(&self, out: &mut impl Write) -> io::Result<()> {
        let plan = self.plan;
        write_cells(out, plan.terms_cells())?;
        for amendment in plan.amends() {
            let (row, printed) = (amendment.lot.row, &amendment.lot.printed);
            writeln!(out, "  row {row} lot {}", mazad_texts::shown(printed))?;
            write_cells(out, &amendment.cells)?;
        }
        if !plan.missing().is_empty() {
            let missing = plan.missing().join(", ");
            let missing = mazad_texts::shown(&missing);
            writeln!(
                out,
                "not in the table, left as they are / ليست في الجدول وتبقى كما هي: {missing}"
            )?;
        }
        if !self.done && !self.amends && !plan.amends().is_empty() {
            writeln!(
                out,
                "it takes --amend to do that / يلزم لذلك الخيار ‎--amend"
            )?;
        }
        Ok(())
    }

    /// How each lot that is new was understood.
    fn understood(&self, out: &mut impl Write) -> io::Result<()> {
        let understood = Understood::new(self.setting);
        if let Some(at) = self.opens_at {
            let [english, arabic] = understood.in_words(at);
            writeln!(out, "the sale opens {english} / يفتح المزاد {arabic}")?;
        }
        if let Some([english, arabic]) = understood.common_steps() {
            writeln!(out, "steps where a row says none: {english}")?;
            writeln!(out, "الزيادات حيث لا يذكرها الصف: {arabic}")?;
        }
        for lot in self.plan.adds() {
            let (printed, title) = (mazad_texts::shown(&lot.printed), both(&lot.terms.title));
            writeln!(out, "  row {} lot {printed}: {title}", lot.row)?;
            for line in understood.lines(lot) {
                writeln!(out, "      {line}")?;
            }
        }
        Ok(())
    }

    /// What could have been meant otherwise.
    fn doubts(&self, out: &mut impl Write) -> io::Result<()> {
        let understood = Understood::new(self.setting);
        for doubt in self.all_doubts() {
            for line in understood.doubt_lines(doubt) {
                writeln!(out, "?  {line}")?;
            }
        }
        let more = self.table.more_doubts;
        if more > 0 {
            writeln!(
                out,
                "?  ... and {more} more such dates / و{more} أخرى من هذه التواريخ"
            )?;
        }
        Ok(())
    }

    /// The opening of the sale first.
    fn all_doubts(&self) -> impl Iterator<Item = &Doubt> {
        self.opening_doubt.iter().chain(&self.table.doubts)
    }
}

/// Cells that differ, as data.
fn cells(cells: &[CellChange]) -> Vec<Value> {
    let both = |[en, ar]: &[String; 2]| json!({ "en": en, "ar": ar });
    let told = cells.iter().map(|cell| {
        json!({
            "column": cell.column,
            "before": both(&cell.before),
            "after": both(&cell.after),
        })
    });
    told.collect()
}

/// Cells that differ in lines, English and then Arabic.
fn write_cells(out: &mut impl Write, cells: &[CellChange]) -> io::Result<()> {
    for cell in cells {
        let CellChange {
            column,
            name: [_, name],
            before: [before, from],
            after: [after, to],
        } = cell;
        let line = format!("{column}: {before} → {after}");
        writeln!(out, "      {}", mazad_texts::shown(&line))?;
        let line = format!("{name}: من {from} إلى {to}");
        writeln!(out, "      {}", mazad_texts::shown(&line))?;
    }
    Ok(())
}
