//! `mazad import`: lots from a spreadsheet. All of them, or none and a list of what is wrong.

mod known;
mod report;
mod sale_flags;
mod submit;
mod target_sale;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use mazad_engine::clock::{Clock as _, SystemClock};
use mazad_engine::domain::{SaleTerms, Time};
use mazad_import::{
    Differing, Hidden, Known, Pick, Plan, Problems, Setting, Sheet, SheetError, parse_increments,
    read_table, template,
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

    /// R14: amend the lots that are in the sale already and are other ones in the table, and the terms
    /// of the sale where flags say others, each until it opens.
    #[arg(long)]
    amend: bool,

    /// Why, for everybody to read; needed once the sale is published.
    #[arg(long, value_name = "TEXT", requires = "amend")]
    reason: Option<String>,

    /// Take all lots out of a draft first, so that it has those of the table in their order.
    #[arg(long, conflicts_with = "amend")]
    replace: bool,

    /// Only say how the table was understood, and what would be done.
    #[arg(long)]
    dry_run: bool,
}

/// Why a published sale is not amended.
const NO_REASON: &str = "the sale is published: say with --reason why it is amended, for everybody to \
                         read / نُشر المزاد: اذكر بالخيار ‎--reason‎ سبب التعديل ليقرأه الجميع";

/// Why lots are not taken out.
const NO_DRAFT: &str = "--replace is for drafts: the sale is published, its lots are amended with \
                        --amend --reason / الخيار ‎--replace‎ للمسودات: نُشر المزاد، وتُعدَّل لوطاته \
                        بالخيارين ‎--amend --reason";

/// What is to be done about mistakes that are amendments.
const ADVICE: &str = "to put what the table says into the lots that have not opened: --amend, for a \
                      published sale with --reason TEXT; --dry-run shows it first / لوضع ما في الجدول في \
                      اللوطات التي لم تُفتح: ‎--amend‎، ومع المزاد المنشور ‎--reason TEXT‎؛ والخيار ‎--dry-run‎ \
                      يعرضه أولا";

impl ImportArgs {
    /// What is planned about lots that differ: a dry run shows an amendment also where none is asked
    /// for. Where a reason is missing the plan is made with a stand-in, and is not carried out.
    fn differing(&self, is_published: bool) -> Differing {
        if self.replace {
            return Differing::Replace;
        }
        if !self.amend && !self.dry_run {
            return Differing::Refuse;
        }
        let stand_in = if is_published { "-" } else { "" };
        let reason = self.reason.as_deref().unwrap_or(stand_in).to_owned();
        Differing::Amend { reason }
    }
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
    let flags = (&args.flags, args.amend);
    let target = TargetSale::find(&args.data, choice, flags, now).await?;
    let TargetSale { sale, terms, known } = target;
    if args.replace && known.as_ref().is_some_and(|known| !known.is_draft()) {
        return Err(Failure::told(Exit::Usage, NO_DRAFT));
    }
    let mut setting = setting(&terms, known.as_ref(), args.increments.as_deref())?;
    setting.replaces = args.replace;
    let is_published = known.as_ref().is_some_and(|known| !known.is_draft());
    let differing = args.differing(is_published);
    let (opens_at, opening_doubt) = (terms.opens_at, args.flags.doubt(&setting));
    let planned = read_table(&sheet, &setting).and_then(|table| {
        let plan = Plan::new(sale, terms, &table, (known, &differing), now)?;
        Ok((table, plan))
    });
    let (table, plan) = match planned {
        Ok(planned) => planned,
        Err(problems) => return tell_problems(&problems, output),
    };
    let carries_out = !args.dry_run && !plan.is_done();
    if carries_out && plan.needs_reason() && args.reason.is_none() {
        return Err(Failure::told(Exit::Usage, NO_REASON));
    }
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
        opening_doubt,
        done: !args.dry_run,
        amends: args.amend,
    };
    report.tell(output)?;
    if plan.is_draft() && !args.dry_run {
        tell_publishing(&plan, &args.data, output);
    }
    Ok(Exit::Ok)
}

/// A draft is seen by its staff alone until somebody publishes it.
fn tell_publishing(plan: &Plan, data: &Path, output: Output) {
    let (sale, data) = (plan.sale(), data.display());
    output.talk(format!(
        "the sale is a draft, which staff alone see; to publish it: mazad admin publish --sale \
         {sale} --data {data}\nالمزاد مسودة لا يراها إلا العاملون، ولنشره: mazad admin publish --sale \
         {sale} --data {data}"
    ));
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
        let more = problems.untold();
        if more > 0 {
            output.line(format!("... and {more} more / و{more} أخرى"))?;
        }
    }
    if listed.iter().any(|problem| problem.code == "lot-differs") {
        output.talk(ADVICE);
    }
    output.talk(format!(
        "{count} errors, nothing was imported / عدد الأخطاء {count} ولم يُستورد شيء"
    ));
    Ok(Exit::ImportHasErrors)
}
