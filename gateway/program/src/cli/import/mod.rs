//! `mazad import`: lots from a spreadsheet. All of them, or none and a list of what is wrong.

mod known;
mod new_sale;
mod submit;

use std::io;
use std::path::PathBuf;

use anyhow::Context as _;
use mazad_engine::clock::{Clock as _, SystemClock};
use mazad_engine::domain::SaleId;
use mazad_import::{Plan, Problems, Setting, Sheet, SheetError, read_table};
use uuid::Uuid;

use self::new_sale::NewSale;
use super::exit::{Exit, ExitResult, Failure};
use super::output::Output;
use super::replay::both;

pub(crate) use self::submit::{ImportTarget, carry_out};

/// What is planned must fit into what a server takes.
const _: () =
    assert!(mazad_import::limits::MESSAGE_BYTES_MAX <= mazad_gateway::limits::ADMIN_BODY_BYTES_MAX);

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
pub(crate) async fn run(args: ImportArgs, output: Output) -> ExitResult {
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
            .map(|terms| (mazad_import::sale_id(&terms), Some(terms)))?,
    };
    let known = known::read(&args.data, sale).await?;
    let now = SystemClock::new().now();
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
        let mut target = ImportTarget::of(&args.data).await?;
        let done = carry_out(&plan, &mut target, output).await;
        target.close().await?;
        done?;
    }
    tell(&plan, output, !args.dry_run)?;
    Ok(Exit::Ok)
}

fn tell_problems(problems: &Problems, output: Output) -> ExitResult {
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

/// Says what was done or would be.
///
/// # Errors
/// Standard output cannot be written.
fn tell(plan: &Plan, output: Output, done: bool) -> io::Result<()> {
    let (added, there) = (plan.adds().len(), plan.there());
    if output.is_json() {
        return output.json(&serde_json::json!({
            "sale": plan.sale().to_string(),
            "createsSale": plan.creates(),
            "adds": plan.adds().iter().map(|lot| lot.lot.0).collect::<Vec<_>>(),
            "alreadyThere": there,
            "dryRun": !done,
        }));
    }
    let (sale, add) = match done {
        true => ("created", "added"),
        false => ("would be created", "would be added"),
    };
    let sale_is = if plan.creates() { sale } else { "is there" };
    output.line(format!(
        "sale {} {sale_is}: {}",
        plan.sale(),
        both(plan.title())
    ))?;
    if !done {
        for lot in plan.adds() {
            output.line(format!(
                "  row {} lot {}: {}",
                lot.row,
                lot.lot,
                both(&lot.terms.title)
            ))?;
        }
    }
    output.line(format!("{added} lots {add}, {there} there already"))
}
