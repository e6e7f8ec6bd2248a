//! `mazad import`: lots from a spreadsheet. All of them, or none and a list of what is wrong.

mod known;
mod report;
mod sale_flags;
mod submit;
mod target_sale;

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use mazad_engine::clock::{Clock as _, SystemClock};
use mazad_engine::domain::{SaleTerms, Time};
use mazad_import::{
    Hidden, Known, Pick, Plan, Problems, Setting, Sheet, SheetError, parse_increments, read_table,
    template,
};
use mazad_texts::Lang;
use uuid::Uuid;

use self::report::Report;
use self::sale_flags::SaleFlags;
use self::target_sale::{Choice, TargetSale};
use super::command_target::CommandTarget;
use super::exit::{Exit, ExitResult, Failure};
use super::output::Output;

pub(crate) use self::submit::carry_out;

/// What is planned must fit into what a server takes.
const _: () =
    assert!(mazad_import::limits::MESSAGE_BYTES_MAX <= mazad_gateway::limits::ADMIN_BODY_BYTES_MAX);

/// What `import` is asked.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// The table: CSV (comma, semicolon, tab or bar; UTF-8 or UTF-16) or XLSX. `docs/IMPORT.md` has its
    /// columns.
    #[arg(required_unless_present = "template")]
    file: Option<PathBuf>,

    /// The sheet of a workbook; else the only one that is shown and holds anything.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,

    /// Import hidden rows and columns of a workbook (`take`), or leave them out (`leave`). Without it
    /// they are a mistake.
    #[arg(long, value_name = "take|leave", value_parser = hidden)]
    hidden: Option<Hidden>,

    /// R1: the steps of every lot whose row says none, such as `50` or `0:50;1000:100`.
    #[arg(long, value_name = "STEPS")]
    increments: Option<String>,

    /// Print a table to begin with, with Arabic or English (`en`) names, and do nothing else.
    #[arg(long, value_name = "ar|en", num_args = 0..=1, require_equals = true,
        default_missing_value = "ar", value_parser = language)]
    template: Option<Lang>,

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

    /// Only say how the table was understood, and what would be done.
    #[arg(long)]
    dry_run: bool,
}

fn hidden(text: &str) -> Result<Hidden, String> {
    match text {
        "take" => Ok(Hidden::Take),
        "leave" => Ok(Hidden::Leave),
        _ => Err("take or leave / take أو leave".to_owned()),
    }
}

fn language(text: &str) -> Result<Lang, String> {
    Lang::parse(text).ok_or_else(|| "ar or en / ar أو en".to_owned())
}

/// Runs `mazad import`.
///
/// # Errors
/// Anything but a table with mistakes, which is an outcome.
pub(crate) async fn run(args: ImportArgs, output: Output) -> ExitResult {
    let now = SystemClock::new().now();
    let file = match (args.template, &args.file) {
        (Some(lang), _) => return print_template(lang, now, output),
        (None, Some(file)) => file.clone(),
        (None, None) => return Err(Failure::told(Exit::Usage, "which file? / أي ملف؟")),
    };
    let (opened, wanted, hidden) = (file.clone(), args.sheet.clone(), args.hidden);
    let open = move || {
        let sheet = wanted.as_deref();
        Sheet::open(&opened, Pick { sheet, hidden })
    };
    // Apart from the rest: whatever a hostile file does to its reader ends there.
    let read = tokio::task::spawn_blocking(open).await;
    let sheet = match read.context("the file cannot be read / تتعذر قراءة الملف")? {
        Ok(sheet) => sheet,
        Err(SheetError::Cell(problem)) => return tell_problems(&Problems::from(*problem), output),
        Err(error) => {
            return Err(anyhow::Error::new(error)
                .context(file.display().to_string())
                .into());
        }
    };
    let choice = Choice::of(args.sale, args.new);
    let target = TargetSale::find(&args.data, choice, &args.flags, now).await?;
    let TargetSale { sale, terms, known } = target;
    let setting = setting(&terms, known.as_ref(), args.increments.as_deref())?;
    let opens_at = terms.opens_at;
    let planned = read_table(&sheet, &setting).and_then(|table| {
        let plan = Plan::new(sale, terms, &table, known, now)?;
        Ok((table, plan))
    });
    let (table, plan) = match planned {
        Ok(planned) => planned,
        Err(problems) => return tell_problems(&problems, output),
    };
    let carries_out = !args.dry_run && !plan.is_done();
    if carries_out {
        let mut target = CommandTarget::of(&args.data).await?;
        let done = carry_out(&plan, &mut target, output).await;
        target.close().await?;
        done?;
    }
    let report = Report {
        plan: &plan,
        table: &table,
        setting: &setting,
        opens_at,
        done: !args.dry_run,
    };
    report.tell(output)?;
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

/// What is said about the whole table.
fn setting(
    terms: &SaleTerms,
    known: Option<&Known>,
    steps: Option<&str>,
) -> Result<Setting, Failure> {
    let mut setting = Setting::of(terms).map_err(|words| Failure::told(Exit::Usage, words))?;
    if let Some(known) = known {
        setting = setting.with_known(known);
    }
    if let Some(text) = steps {
        let steps = parse_increments(text, terms.currency).ok_or_else(|| no_steps(text))?;
        setting.increments = Some(steps);
    }
    Ok(setting)
}

fn print_template(lang: Lang, now: Time, output: Output) -> ExitResult {
    let zone = mazad_texts::zone("Africa/Cairo").context("no zone data")?;
    let mut out = output.writer();
    out.write_all(template(lang, now, &zone).as_bytes())?;
    out.flush()?;
    Ok(Exit::Ok)
}

fn no_steps(text: &str) -> Failure {
    let told = format!(
        "--increments {text}: no steps such as 50 or 0:50;1000:100 / ليست زيادات مثل 50 أو 0:50;1000:100"
    );
    Failure::told(Exit::Usage, told)
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
