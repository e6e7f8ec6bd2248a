//! `mazad import`: lots from a spreadsheet. All of them, or none and a list of what is wrong.

mod columns;
mod csv;
mod increments;
mod known;
mod limits;
mod lot;
mod moment;
mod new_sale;
mod number;
mod plan;
mod problem;
mod row;
mod running;
mod sheet;
mod submit;
mod table;
#[cfg(test)]
mod table_tests;
mod workbook;

use std::path::PathBuf;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use mazad_engine::clock::{Clock as _, SystemClock};
use mazad_engine::domain::{SaleId, SaleTerms};
use uuid::Uuid;

use self::known::Known;
use self::new_sale::NewSale;
use self::sheet::SheetError;
use super::exit::{Exit, Failure, Outcome};
use super::output::Output;

pub(crate) use self::plan::Plan;
pub(crate) use self::problem::Problems;
pub(crate) use self::sheet::Sheet;
pub(crate) use self::submit::Target;
pub(crate) use self::table::{Setting, TableLot, read as read_table};

/// Names of ids made from content, so that a repeated import is harmless.
pub(crate) const NAMESPACE: Uuid = Uuid::from_u128(0x6d61_7a61_6400_5000_8000_696d_706f_7274);

/// What `import` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// The table: CSV (comma, semicolon or tab; UTF-8) or XLSX. `docs/IMPORT.md` has its columns.
    file: PathBuf,

    /// The sheet of a workbook; else its first one.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,

    /// The data folder. If a server runs on it, the lots go through the server.
    #[arg(
        long,
        env = "MAZAD_DATA",
        default_value = "mazad-data",
        value_name = "DIR"
    )]
    data: PathBuf,

    /// The sale that gets the lots; without it a new sale is made.
    #[arg(long, value_name = "UUID")]
    sale: Option<Uuid>,

    #[command(flatten)]
    new_sale: NewSale,

    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
}

/// Runs `mazad import`.
///
/// # Errors
/// Anything but a table with mistakes, which is an outcome.
pub(crate) async fn run(args: ImportArgs, output: Output) -> Outcome {
    let (file, wanted) = (args.file.clone(), args.sheet.clone());
    // Apart from the rest: whatever a hostile file does to its reader ends there.
    let read = tokio::task::spawn_blocking(move || Sheet::open(&file, wanted.as_deref())).await;
    let sheet = match read.context("the file cannot be read / تتعذر قراءة الملف")? {
        Ok(sheet) => sheet,
        Err(SheetError::Cell(problem)) => return tell_problems(&Problems::from(*problem), output),
        Err(error) => {
            return Err(anyhow::Error::new(error)
                .context(args.file.display().to_string())
                .into());
        }
    };
    let (sale, terms) = match args.sale {
        Some(sale) => (SaleId(sale), None),
        None => args
            .new_sale
            .terms()
            .map(|terms| (plan::sale_id(&terms), Some(terms)))?,
    };
    let known = Known::read(&args.data, sale).await?;
    let now = SystemClock.now();
    let terms = match (
        known.as_ref().and_then(|known| known.sale.terms.clone()),
        terms,
    ) {
        (Some(terms), _) => terms,
        (None, Some(terms)) if terms.opens_at.is_none_or(|at| at >= now) => terms,
        (None, Some(_)) => return Err(Failure::told(Exit::Usage, "--opens-at has passed")),
        (None, None) => {
            let told = format!("no sale {sale} in {}", args.data.display());
            return Err(Failure::told(Exit::NotFound, told));
        }
    };
    let setting = Setting::of(&terms).map_err(|words| Failure::told(Exit::Usage, words))?;
    let planned = read_table(&sheet, &setting)
        .and_then(|lots| Plan::new(sale, terms, lots, known, &sheet, now));
    let plan = match planned {
        Ok(plan) => plan,
        Err(problems) => return tell_problems(&problems, output),
    };
    let carries_out = !args.dry_run && !plan.is_done();
    if carries_out {
        let mut target = Target::of(&args.data).await?;
        let done = plan.carry_out(&mut target, output).await;
        target.close().await?;
        done?;
    }
    plan.tell(output, !args.dry_run)?;
    Ok(Exit::Ok)
}

fn tell_problems(problems: &Problems, output: Output) -> Outcome {
    let (listed, count) = (problems.listed(), problems.count());
    if output.is_json() {
        output.json(&serde_json::json!({ "imported": 0, "errors": count, "listed": listed }))?;
    } else {
        for problem in listed {
            output.line(problem)?;
        }
        let more = count.saturating_sub(listed.len());
        if more > 0 {
            output.line(format!("... and {more} more / و{more} أخرى"))?;
        }
    }
    output.talk(format!(
        "{count} errors, nothing was imported / عدد الأخطاء {count} ولم يُستورد شيء"
    ));
    Ok(Exit::ImportHasErrors)
}

impl Setting {
    /// What a sale says about its tables.
    pub(crate) fn of(terms: &SaleTerms) -> Result<Self, String> {
        let zone = TimeZone::get(&terms.time_zone)
            .map_err(|_| format!("no time zone {}", terms.time_zone))?;
        Ok(Self {
            currency: terms.currency,
            zone,
        })
    }
}
