//! The list of addresses with which a demo begins, and what to try.

use std::io;
use std::path::Path;

use mazad_engine::domain::Code;
use mazad_gateway::auth::{InviteError, InviteRequest};
use serde_json::json;

use super::Settings;
use super::record::Record;
use crate::cli::{exit::Failure, output::Output, served_folder::ServedFolder};

/// Paddles for people begin here.
const GUEST_PADDLES: u32 = 7;

/// R13: in piastres, five hundred million pounds: a guest can win whatever is offered.
const GUEST_LIMIT: &str = "50000000000";

/// What it means that others come in.
const OPEN: &[&str] = &[
    "Everybody of this network can come in, and read along: it is plain text. Give each person one",
    "bidder link; whoever has a link is that person. Keep the clerk's and the admin's to yourself.",
    "This is a demo: no money, no real names. Stop it with Ctrl-C.",
    "كل من على هذه الشبكة يستطيع الدخول وقراءة ما يُرسل فهو غير مشفر. أعط كل شخص رابط مزايد واحدا، فمن",
    "معه الرابط فهو صاحبه، واحتفظ لنفسك برابطي الكاتب والمدير. هذا عرض بلا مال ولا أسماء حقيقية.",
    "",
];

#[derive(Debug)]
pub(super) struct Links {
    url: String,
    public: String,
    hall: String,
    /// Of the guests, with their paddles; none in a sale that has ended.
    bidders: Vec<(u32, String)>,
    /// Whether others of the network come in.
    is_open: bool,
    clerk: String,
    analyst: String,
    admin: String,
}

impl Links {
    /// New links for people: each is good once, so each start makes its own.
    pub(super) async fn make(
        served: &ServedFolder,
        record: &mut Record,
        settings: Settings,
    ) -> Result<Self, Failure> {
        let mut bidders = Vec::new();
        for _ in 0..settings.guests {
            bidders.extend(guest(served, record).await?);
        }
        let staff = |role: &str| InviteRequest {
            role: role.to_owned(),
            label: format!("demo {role}"),
            ..InviteRequest::default()
        };
        let (url, sale) = (served.url().to_owned(), record.sale);
        Ok(Self {
            public: format!("{url}/sales/{sale}"),
            hall: format!("{url}/hall/{sale}"),
            bidders,
            is_open: !settings.listen.is_loopback(),
            clerk: served.invite(&staff("clerk")).await?,
            analyst: served.invite(&staff("analyst")).await?,
            admin: served.invite(&staff("admin")).await?,
            url,
        })
    }

    pub(super) fn tell(
        &self,
        output: Output,
        until_end: bool,
        dir: &Path,
        record: &Record,
        auto_clerk: bool,
    ) -> io::Result<()> {
        let data = dir.display().to_string();
        if output.is_json() {
            let told = json!({
                "sale": record.sale.to_string(), "data": data, "url": self.url, "seed": record.seed,
                "speed": record.speed, "public": self.public, "hall": self.hall,
                "paddle": self.bidders.first().map(|(paddle, _)| paddle),
                "bidder": self.bidders.first().map(|(_, link)| link), "clerk": self.clerk,
                "bidders": self.bidders.iter().map(|(_, link)| link).collect::<Vec<_>>(),
                "analyst": self.analyst, "admin": self.admin,
            });
            return output.json(&told);
        }
        let say = |line: &str| -> io::Result<()> {
            if until_end {
                output.talk(line);
                return Ok(());
            }
            output.line(line)
        };
        for line in self.lines(&data, record, auto_clerk) {
            say(&line)?;
        }
        Ok(())
    }

    fn lines(&self, data: &str, record: &Record, auto_clerk: bool) -> Vec<String> {
        let Record {
            sale, seed, speed, ..
        } = record;
        let clerk = if auto_clerk {
            "Watch the clerk: a script opens, warns and hammers the clerked lots."
        } else {
            "Be the clerk: open the next clerked lot, warn twice, let the hammer fall."
        };
        let bidders = match &*self.bidders {
            [] => vec!["  bidder     (the sale has ended)".to_owned()],
            guests => guests
                .iter()
                .map(|(paddle, link)| format!("  bidder     {link}   (paddle {paddle})"))
                .collect(),
        };
        let open = if self.is_open { OPEN } else { &[] };
        let before = [
            String::new(),
            format!("Mazad demo / مزاد تجريبي   sale {sale}"),
            format!("  folder {data}   seed {seed}, speed {}", speed.speed()),
            String::new(),
            format!("  everyone   {}", self.public),
            format!("  hall       {}", self.hall),
        ];
        let after = [
            format!("  clerk      {}", self.clerk),
            format!("  analyst    {}", self.analyst),
            format!("  admin      {}", self.admin),
            "  Links with # let one browser in, once; a private window for each role.".to_owned(),
            String::new(),
            "Try:".to_owned(),
            "  - Bid in a lot that is about to end, and see the end move.".to_owned(),
            "  - Give a maximum, and watch the engine bid for you, no more than needed.".to_owned(),
            format!("  - {clerk}"),
            format!("  - Kill this program, then: mazad demo --data {data}"),
            format!("  - Read along: mazad replay {data}    Check it all: mazad verify {data}"),
            String::new(),
        ];
        let open = open.iter().map(|line| (*line).to_owned());
        before
            .into_iter()
            .chain(bidders)
            .chain(after)
            .chain(open)
            .collect()
    }
}

/// A link for the next guest; `None`: the sale has ended.
async fn guest(
    served: &ServedFolder,
    record: &mut Record,
) -> Result<Option<(u32, String)>, Failure> {
    let paddle = GUEST_PADDLES.saturating_add(record.guests);
    let request = InviteRequest {
        role: "bidder".to_owned(),
        sale: Some(record.sale.to_string()),
        paddle: Some(paddle),
        limit: Some(GUEST_LIMIT.to_owned()),
        label: "guest".to_owned(),
        ..InviteRequest::default()
    };
    match served.invite(&request).await {
        Ok(link) => {
            record.guests = record.guests.saturating_add(1);
            Ok(Some((paddle, link)))
        }
        Err(failure) if has_ended(&failure) => Ok(None),
        Err(failure) => Err(failure),
    }
}

fn has_ended(failure: &Failure) -> bool {
    let refused = failure.error.downcast_ref::<InviteError>();
    matches!(refused, Some(InviteError::Refused(refusal)) if refusal.code == Code::SaleEnded)
}
