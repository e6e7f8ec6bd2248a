//! What an admin asks of a sale from the command line.

use std::path::Path;

use clap::Args;
use mazad_engine::domain::SaleId;
use mazad_proto::v1;
use mazad_proto::v1::command::Act;
use serde_json::{Value, json};
use uuid::Uuid;

use super::money::minor_units;
use crate::cli::{
    command_target::CommandTarget,
    exit::{Exit, ExitResult, Failure},
    folder::ReadFolder,
    output::Output,
    sale_list::{self, SaleLine},
};

/// What `publish` is asked.
#[derive(Debug, Args)]
pub(super) struct PublishArgs {
    /// The draft; else the only one in the folder.
    #[arg(long, value_name = "UUID")]
    sale: Option<Uuid>,
}

/// What `set-limit` is asked.
#[derive(Debug, Args)]
pub(super) struct SetLimitArgs {
    /// The sale; else the only one in the folder.
    #[arg(long, value_name = "UUID")]
    sale: Option<Uuid>,

    /// Whose limit.
    #[arg(long, value_name = "NUMBER")]
    paddle: u32,

    /// In the sale's currency, such as `500000` or `500000.50`; `none`: no limit, where the terms need
    /// none; `-`: read from standard input, since others on this machine may read a command line.
    #[arg(long, value_name = "AMOUNT")]
    limit: String,
}

/// What `raise-ceiling` is asked.
#[derive(Debug, Args)]
pub(super) struct RaiseCeilingArgs {
    /// The sale; else the only one in the folder.
    #[arg(long, value_name = "UUID")]
    sale: Option<Uuid>,

    /// Its number in the catalogue.
    #[arg(long, value_name = "NUMBER")]
    lot: u32,

    /// In the sale's currency.
    #[arg(long, value_name = "AMOUNT")]
    ceiling: String,

    /// Why. Everyone sees it.
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Makes a draft public.
///
/// # Errors
/// The choice is not clear, or the sale is none that can be published.
pub(super) async fn publish(data: &Path, args: &PublishArgs, output: Output) -> ExitResult {
    let folder = ReadFolder::open(data)?;
    let sale = match args.sale {
        Some(sale) => folder.choose(Some(sale)).await?,
        None => only_draft(&sale_list::list(&folder).await?)?,
    };
    ask(data, sale, Act::PublishSale(v1::PublishSale {})).await?;
    let told = json!({ "published": sale.to_string() });
    tell(&told, &format!("published: {sale}"), output)
}

fn only_draft(sales: &[SaleLine]) -> Result<SaleId, Failure> {
    let mut drafts = sales.iter().filter(|line| line.is_draft);
    match (drafts.next(), drafts.next()) {
        (Some(draft), None) => Ok(draft.sale),
        (Some(_), Some(_)) => {
            let told = format!(
                "several drafts here, name one with --sale:{}",
                sale_list::shown(sales)
            );
            Err(Failure::told(Exit::Usage, told))
        }
        (None, _) => Err(Failure::told(Exit::NotFound, "no draft in this folder")),
    }
}

/// Sets the limit of a paddle.
///
/// # Errors
/// The choice is not clear, the amount is none, or the sale refuses it.
pub(super) async fn set_limit(data: &Path, args: &SetLimitArgs, output: Output) -> ExitResult {
    let SetLimitArgs {
        sale,
        paddle,
        limit,
    } = args;
    let folder = ReadFolder::open(data)?;
    let sale = folder.choose(*sale).await?;
    let minor = match limit.as_str() {
        "none" => 0,
        text => minor_units(text, &folder, sale).await?,
    };
    let act = v1::SetLimit {
        paddle: *paddle,
        limit: minor,
    };
    ask(data, sale, Act::SetLimit(act)).await?;
    let told = json!({ "paddle": paddle, "limit": minor.to_string() });
    let shown = match limit.as_str() {
        "-" => "as read",
        typed => typed,
    };
    tell(&told, &format!("limit of paddle {paddle}: {shown}"), output)
}

/// Raises the ceiling of a lot.
///
/// # Errors
/// As [`set_limit`].
pub(super) async fn raise_ceiling(
    data: &Path,
    args: &RaiseCeilingArgs,
    output: Output,
) -> ExitResult {
    let RaiseCeilingArgs {
        sale,
        lot,
        ceiling,
        reason,
    } = args;
    let folder = ReadFolder::open(data)?;
    let sale = folder.choose(*sale).await?;
    let minor = minor_units(ceiling, &folder, sale).await?;
    let act = v1::RaiseCeiling {
        lot: *lot,
        ceiling: minor,
        reason: reason.clone(),
    };
    ask(data, sale, Act::RaiseCeiling(act)).await?;
    let told = json!({ "lot": lot, "ceiling": minor.to_string() });
    tell(&told, &format!("ceiling of lot {lot}: {ceiling}"), output)
}

/// Asks one thing of a sale, and expects a yes.
async fn ask(data: &Path, sale: SaleId, act: Act) -> Result<(), Failure> {
    let command = v1::Command {
        id: Uuid::new_v4().to_string(),
        sale: sale.to_string(),
        act: Some(act),
    };
    let mut target = CommandTarget::of(data).await?;
    let done = target.submit(vec![command], |_| {}).await;
    target.close().await?;
    done
}

fn tell(told: &Value, words: &str, output: Output) -> ExitResult {
    if output.is_json() {
        output.json(told)?;
    } else {
        output.line(words)?;
    }
    Ok(Exit::Ok)
}
