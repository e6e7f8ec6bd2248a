//! `mazad import`: lots from a spreadsheet. All of them, or none and a list of what is wrong.

mod columns;
mod increments;
mod lot;
mod moment;
mod number;
mod plan;
mod problem;
mod row;
mod sheet;
mod submit;
mod table;
#[cfg(test)]
mod table_tests;

use std::path::PathBuf;

use anyhow::Context as _;
use jiff::tz::TimeZone;
use mazad_engine::domain::{Bilingual, Currency, SaleId, SaleTerms, TermsError};
use uuid::Uuid;

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
    #[arg(long, value_name = "UUID", conflicts_with_all = ["sale_title_ar", "sale_title_en"])]
    sale: Option<Uuid>,

    #[command(flatten)]
    new_sale: NewSale,

    /// Only say what would be done.
    #[arg(long)]
    dry_run: bool,
}

/// What a new sale is made of.
#[derive(Debug, clap::Args)]
struct NewSale {
    /// Title of the new sale, Arabic.
    #[arg(long, value_name = "TEXT")]
    sale_title_ar: Option<String>,

    /// Title of the new sale, English.
    #[arg(long, value_name = "TEXT")]
    sale_title_en: Option<String>,

    /// Currency of the new sale.
    #[arg(
        long,
        default_value = "EGP",
        value_name = "CODE",
        conflicts_with = "sale"
    )]
    currency: String,

    /// Time zone of the new sale, and of times in the table without an offset.
    #[arg(
        long,
        default_value = "Africa/Cairo",
        value_name = "ZONE",
        conflicts_with = "sale"
    )]
    time_zone: String,

    /// When the new sale opens by itself; else by hand.
    #[arg(long, value_name = "TIME", conflicts_with = "sale")]
    opens_at: Option<String>,

    /// The new sale ends by itself when no lot is left to run.
    #[arg(long, conflicts_with = "sale")]
    ends_itself: bool,
}

/// Runs `mazad import`.
///
/// # Errors
/// Anything but a table with mistakes, which is an outcome.
pub(crate) async fn run(args: ImportArgs, output: Output) -> Outcome {
    let sheet = Sheet::open(&args.file, args.sheet.as_deref())
        .with_context(|| args.file.display().to_string())?;
    let (sale, terms) = match args.sale {
        Some(sale) => (SaleId(sale), None),
        None => args
            .new_sale
            .terms()
            .map(|terms| (plan::sale_id(&terms), Some(terms)))?,
    };
    let known = plan::known(&args.data, sale).await?;
    let terms = match (terms, &known) {
        (Some(terms), _) => terms,
        (None, Some(known)) => known.terms.clone(),
        (None, None) => {
            let told = format!("no sale {sale} in {}", args.data.display());
            return Err(Failure::told(Exit::NotFound, told));
        }
    };
    let setting = Setting::of(&terms).map_err(|words| Failure::told(Exit::Usage, words))?;
    let planned = read_table(&sheet, &setting)
        .and_then(|lots| Plan::new(sale, terms, lots, known.as_ref(), &sheet.name));
    let plan = match planned {
        Ok(plan) => plan,
        Err(problems) => return tell_problems(&problems, output),
    };
    if args.dry_run {
        plan.tell(output, false)?;
        return Ok(Exit::Ok);
    }
    let mut target = Target::of(&args.data).await?;
    let done = plan.carry_out(&mut target, output).await;
    target.close().await?;
    done?;
    plan.tell(output, true)?;
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

impl NewSale {
    fn terms(&self) -> Result<SaleTerms, Failure> {
        let usage = |words: String| Failure::told(Exit::Usage, words);
        let title = Bilingual {
            ar: self.sale_title_ar.clone().unwrap_or_default(),
            en: self.sale_title_en.clone().unwrap_or_default(),
        };
        let currency = Currency::parse(&self.currency)
            .ok_or_else(|| usage(format!("no currency {}", self.currency)))?;
        let mut terms = SaleTerms::preset(title, currency);
        terms.time_zone.clone_from(&self.time_zone);
        terms.ends_itself = self.ends_itself;
        let setting = Setting::of(&terms).map_err(usage)?;
        if let Some(text) = &self.opens_at {
            let opens_at = moment::parse_instant(text, &setting.zone);
            terms.opens_at =
                Some(opens_at.map_err(|_| usage(format!("no date and time: {text}")))?);
        }
        terms.check().map_err(|error| match error {
            TermsError::Text => usage(
                "name the sale with --sale ID, or a new one with --sale-title-ar or \
                 --sale-title-en"
                    .to_owned(),
            ),
            other => usage(other.to_string()),
        })?;
        Ok(terms)
    }
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
