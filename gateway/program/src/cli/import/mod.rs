//! `mazad import`: lots from a spreadsheet. All of them, or none and a list of what is wrong.

mod known;
mod sale_flags;
mod submit;
mod target_sale;

use std::io;
use std::path::PathBuf;

use anyhow::Context as _;
use mazad_engine::clock::{Clock as _, SystemClock};
use mazad_import::{Plan, Problems, Setting, Sheet, SheetError, read_table};
use uuid::Uuid;

use self::sale_flags::SaleFlags;
use self::target_sale::{Choice, TargetSale};
use super::command_target::CommandTarget;
use super::exit::{Exit, ExitResult, Failure};
use super::output::Output;
use super::replay::both;

pub(crate) use self::submit::carry_out;

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

    /// The sale that gets the lots. Its terms stay as they are where no flag says otherwise. Without it:
    /// the sale that the flags made, or the only draft of the folder, or its first sale.
    #[arg(long, value_name = "UUID")]
    sale: Option<Uuid>,

    /// Make another sale, beside those that the folder has.
    #[arg(long, conflicts_with = "sale")]
    new: bool,

    #[command(flatten)]
    flags: SaleFlags,

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
    let now = SystemClock::new().now();
    let choice = Choice::of(args.sale, args.new);
    let target = TargetSale::find(&args.data, choice, &args.flags, now).await?;
    let TargetSale { sale, terms, known } = target;
    let setting = Setting::of(&terms).map_err(|words| Failure::told(Exit::Usage, words))?;
    let planned = read_table(&sheet, &setting)
        .and_then(|lots| Plan::new(sale, terms, lots, known, &sheet, now));
    let plan = match planned {
        Ok(plan) => plan,
        Err(problems) => return tell_problems(&problems, output),
    };
    let carries_out = !args.dry_run && !plan.is_done();
    if carries_out {
        let mut target = CommandTarget::of(&args.data).await?;
        let done = carry_out(&plan, &mut target, output).await;
        target.close().await?;
        done?;
    }
    tell(&plan, output, !args.dry_run)?;
    if plan.is_draft() && !args.dry_run {
        let (sale, data) = (plan.sale(), args.data.display());
        output.talk(format!(
            "the sale is a draft, which staff alone see; to publish it: mazad admin publish --sale \
             {sale} --data {data}\nالمزاد مسودة لا يراها إلا العاملون، ولنشره: mazad admin publish --sale \
             {sale} --data {data}"
        ));
    }
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
    let (added, there, cleared) = (plan.adds().len(), plan.there(), plan.clears());
    if output.is_json() {
        return output.json(&serde_json::json!({
            "sale": plan.sale().to_string(),
            "draft": plan.is_draft(),
            "createsSale": plan.creates(),
            "changesTerms": plan.changes_terms(),
            "clears": cleared,
            "adds": plan.adds().iter().map(|lot| lot.lot.0).collect::<Vec<_>>(),
            "alreadyThere": there,
            "dryRun": !done,
        }));
    }
    let would = if done { "" } else { "would be " };
    let sale_is = match (plan.creates(), plan.changes_terms()) {
        (true, _) => format!("{would}created"),
        (false, true) => format!("is there, its terms {would}changed"),
        (false, false) => "is there".to_owned(),
    };
    output.line(format!(
        "sale {} {sale_is}: {}",
        plan.sale(),
        both(plan.title())
    ))?;
    if cleared > 0 {
        output.line(format!("{cleared} lots of the draft {would}taken out"))?;
    }
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
    output.line(format!("{added} lots {would}added, {there} there already"))
}
