//! `/api/v1/import`: a catalogue as a spreadsheet. Sent alone it is only told what was understood and what
//! would be done; sent again with the name of that, it is done.

use axum::extract::{Request, State};
use axum::response::Response;
use mazad_engine::codec::wire_id;
use mazad_engine::domain::{Bilingual, SaleId};
use mazad_import::Hidden;
use mazad_office::Right;
use mazad_proto::{Expected, FaultCode, Unreadable};
use serde::Deserialize;
use uuid::Uuid;

use super::authenticated::Authenticated;
use super::body::read_as;
use super::described::{Asked, Described, Field};
use super::invites::refused;
use super::respond::fresh;
use crate::faults::Fault;
use crate::gateway::Gateway;
use crate::imports::{Carried, Done, ImportAsk, ImportReply, carry_out, known};
use crate::limits::IMPORT_BODY_BYTES_MAX;
use crate::turns::Crowded;

/// What the file is sent as: its bytes tell whether it is CSV or XLSX.
const KIND: &str = "application/octet-stream";

/// What is said beside the file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ImportQuery {
    /// The sale that gets the lots; without it a new one, whose terms follow.
    sale: Option<String>,
    title_ar: Option<String>,
    title_en: Option<String>,
    currency: Option<String>,
    time_zone: Option<String>,
    opens_at: Option<String>,
    increments: Option<String>,
    sheet: Option<String>,
    hidden: Option<String>,
    name: Option<String>,
    plan: Option<String>,
}

impl Described for ImportQuery {
    fn fields() -> Vec<Field> {
        vec![
            Field::optional("sale", Expected::Uuid),
            Field::optional("titleAr", Expected::Text),
            Field::optional("titleEn", Expected::Text),
            Field::optional("currency", Expected::Currency),
            Field::optional("timeZone", Expected::Text),
            Field::optional("opensAt", Expected::Text),
            Field::optional("increments", Expected::Text),
            Field::optional("sheet", Expected::Text),
            Field::optional("hidden", hidden_words()),
            Field::optional("name", Expected::Text),
            Field::optional("plan", Expected::Uuid),
        ]
    }
}

fn hidden_words() -> Expected {
    Expected::OneWord(["take", "leave"].map(str::to_owned).to_vec())
}

impl ImportQuery {
    /// What is asked, and the name of what was shown before.
    fn read(self) -> Result<(ImportAsk, Option<Uuid>), Fault> {
        let hidden = match self.hidden.as_deref() {
            None | Some("") => None,
            Some("take") => Some(Hidden::Take),
            Some("leave") => Some(Hidden::Leave),
            Some(_) => return Err(Unreadable::new("hidden", hidden_words()).into()),
        };
        let id = |text: Option<String>, field| {
            let given = text.filter(|text| !text.is_empty());
            given.map(|text| wire_id::uuid(&text, field)).transpose()
        };
        let ask = ImportAsk {
            sale: id(self.sale, "sale")?.map(SaleId),
            title: Bilingual {
                ar: self.title_ar.unwrap_or_default(),
                en: self.title_en.unwrap_or_default(),
            },
            currency: self.currency,
            time_zone: self.time_zone,
            opens_at: self.opens_at,
            increments: self.increments,
            sheet: self.sheet,
            hidden,
            name: self.name.unwrap_or_default(),
        };
        Ok((ask, id(self.plan, "plan")?))
    }
}

/// Reads a table. If it is named as it was shown before, and nothing has come in between, it is
/// imported; else the answer says what would be done now.
pub(super) async fn import(
    State(gateway): State<Gateway>,
    caller: Authenticated,
    Asked(query): Asked<ImportQuery>,
    request: Request,
) -> Result<Response, Fault> {
    caller.may(Right::Import, None)?;
    let (ask, seen) = query.read()?;
    let sale = ask.sale()?;
    // Before the body is read: whoever waits holds no table in memory.
    let turn = gateway.imports().take(caller.0.account).await;
    let turn = turn.map_err(|Crowded| FaultCode::Busy)?;
    let bytes = read_as(KIND, &gateway, request, IMPORT_BODY_BYTES_MAX).await?;
    let known = known(gateway.engine(), sale).await?;
    let now = gateway.engine().clock().now();
    // The turn goes with the thread: a request that is given up does not let a second table in beside it.
    let understood = tokio::task::spawn_blocking(move || {
        let understood = ask.understand(&bytes, known, now);
        (understood, turn)
    });
    let understood = understood.await.map_err(|error| {
        tracing::error!(%error, "a table has ended its reader");
        FaultCode::Internal
    })?;
    let (understanding, turn) = match understood {
        (Ok(understanding), turn) => (understanding, turn),
        (Err(why), _) => return Ok(fresh(ImportReply::wrong(why)?)),
    };
    let is_seen = seen == Some(understanding.name);
    if is_seen && !understanding.plan.is_done() {
        let carried = carry_out(gateway.engine(), &caller.0, &understanding.plan).await?;
        if let Carried::Refused(refusal) = carried {
            return Ok(refused(&refusal));
        }
    }
    drop(turn);
    let done = if is_seen { Done::Yes } else { Done::No };
    Ok(fresh(ImportReply::of(&understanding, done)))
}
