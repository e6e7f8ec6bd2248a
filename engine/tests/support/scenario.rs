//! Scenarios: stories of a sale that an auctioneer can read aloud, and that are checked.
//!
//! A file is a list of scenarios. Lines before the first belong to each of them, after its own `sale`
//! line, which takes the place of the file's. `#` begins a comment. Amounts are minor units, times are of one day (`12:00:01`, `12:00:01.500`), spans are
//! `500ms 30s 5m 2h`.
//!
//! ```text
//! scenario late_bid_extends_the_end R3.1      a fact, and the rules it shows
//! sale [TERM ...]                             left out: `sale`, see below
//! lot 1 [TERM ...]                            or `lot 1..9`; 1000, 0:100, 12:00 to 12:10 if left out
//! paddle 7 [limit 50000] [hall]               or `paddle 1..9`; `hall`: no account on the web
//! no sale | draft | announced                 no sale is made | it is not published | not opened
//! 12:00:01 p7 bids lot1 1000                  a flat bid
//! => accepted leading price 1000 leader p7 ask 1100
//! 12:09:30 p8 max lot1 3000 #a                a maximum, in a command named #a
//! => accepted leading price 1100 leader p8 ask 1200
//! => event LotExtended lot1 12:11:30
//! 12:12:00 clock                              nobody asks, time goes on
//! => 12:11:30 event LotClosed lot1 knocked-down p8 1100 bidders 2
//! show lot1                                   or `sale`, or `p7`
//! => lot1 knocked-down p8 1100
//! ```
//!
//! A sale has the presets but for the guards against slips: no limits, no warnings, one officer, no
//! second clerk; `presets` has them all. Terms of a sale: `opens TIME`, `ends-itself`, `timeliness SPAN`, `confirmation SPAN`,
//! `resume-minimum SPAN`, `typing-error SPAN`, `reaffirm SPAN`, `correction SPAN`, `strict`,
//! `booklet`, `second-officer`, `reserve-lift`, `maximum-may-fall`, `second-clerk STEPS`,
//! `floor-window SPAN`, `warnings N AGE`, `reopen SPAN`, `limits-needed`, `failure-opens-base`,
//! `titled TEXT`, `untitled`, `in CURRENCY`.
//! Terms of a lot: `titled TEXT`, `opening AMOUNT`, `additive|grid|clerk-asks FROM:STEP ...`, `above-opening`,
//! `jump TIMES STEPS`, `reserve AMOUNT`, `clerked`, `timed FROM TO`, `after SPAN`, `for SPAN`,
//! `until TIME`, `soft-close WINDOW EXTENSION [on-price] [most N] [hard-stop TIME]`, `group N`,
//! `estimate LOW HIGH`, `measure THOUSANDTHS` (of a tonne), `ceiling AMOUNT|preset` (left out: none that binds).
//!
//! Whoever is called `p7` is a bidder, whoever has a name is staff. Bidders: `bids`, `max` (both
//! with `confirms #a` after a jump), `reaffirms`. Staff: `creates sale ...`, `adds lot ...`,
//! `admits paddle ...`, `bars p7 "why"`, `opens|ends|resumes sale`, `pauses sale "why"`, `orders
//! lot2 lot1`, `opens|warns|hammers|passes lot1`, `asks lot1 AMOUNT`, `withdraws|reopens lot1
//! "why"`, `raises lot1 AMOUNT "why"`, `reoffers lot1 [opening AMOUNT] clerked|timed FROM TO|after
//! SPAN for SPAN [soft-close ...] [group N] [reserve AMOUNT]`, `enters p30 lot1 AMOUNT [confirms #a]`
//! (floor bid), `confirms lot1 [held 1 p30 AMOUNT]`, `voids lot1 bid 3
//! typing-error|eligibility|proven-error|court-order "why" [leads-to p7 1000|nobody]`, `amends sale
//! [TERM ...] [because "why"]`, `amends lot1 [no-reserve] [TERM ...] [and lot2 ...] [because "why"]`
//! (whole terms, as in `lot`; a reserve that is not named stands), `clears lots`, `publishes sale`, `limits p7 AMOUNT` (0: none), `marks p7 present|absent`.
//! `hammers`, `passes` and `withdraws` may say `seen bid 3 p7 1000`; whatever a line leaves out of
//! what its sender saw is what stands. `officer previews voids ...` asks what an act would lead to. `engine starts EPOCH`, `engine misses
//! a gateway`, `engine stands still SPAN`, `engine finds the clock off [behind] SPAN`, `engine closes|opens|lapses lot1` (a timer that need not be due). `lot1..200` asks
//! the same of each lot; the answer is the last one's. `stamped TIME` after the time gives the
//! gateway's stamp where it differs from the writer's clock.
//!
//! What was due before a line happens before it, each at its own time, and is told as `=> TIME
//! event ...`; what was due before the first line with a time is not told, and nothing is due before
//! `engine starts`: the engine was away. A command sent again is
//! told as `=> again ...`, an id used for another command as `=> reused`, a timer without effect
//! as `=> nothing`. All events are told, in order, but those that only repeat the line or the
//! answer: a bid accepted, a maximum moved, a refusal, and what lines without a time made.
//!
//! `MAZAD_UPDATE=1 cargo nextest run -p mazad-engine --test scenarios` writes the `=>` lines as
//! they come out. Read the difference as if a colleague had written it.

use std::path::Path;

use mazad_engine::domain::rules::english::English;
use mazad_engine::domain::{
    Act, Actor, CommandId, EngineAct, Event, FloorAct, LotAct, LotNo, Method, Refusal, SaleAct,
    Seen, StaffAct, Time, preview, seen,
};
use uuid::Uuid;

use crate::scenario_grammar::{
    AS_IT_LEADS, AS_IT_STANDS, HOUSE, Step, THE_ONE_THAT_WAITS, What, step,
};
use crate::scenario_show as show;
use crate::scenario_words::{Misread, actor, time};
use mazad_engine::testing::{Judged, TestSale};

/// A scenario with what came out of it.
#[derive(Debug, Clone)]
pub(crate) struct Played {
    /// The fact that it tells, as its name.
    pub(crate) title: String,
    /// The rules that it shows.
    pub(crate) rules: Vec<String>,
    /// Every refusal, in order.
    pub(crate) refusals: Vec<Refusal>,
    /// The sale at the end.
    pub(crate) room: TestSale,
}

/// Plays every scenario of a file and checks, or rewrites, what it says.
pub(crate) fn play_file(path: &Path) -> Vec<Played> {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let (actual, played) =
        play_text(&text).unwrap_or_else(|(line, misread)| panic!("{name}:{line}: {misread}"));
    if actual == text {
        return played;
    }
    if std::env::var_os("MAZAD_UPDATE").is_some() {
        std::fs::write(path, actual).unwrap();
        return played;
    }
    panic!(
        "{name} tells it differently:\n{}",
        difference(&text, &actual)
    );
}

/// The text with its `=>` lines as they come out, and the scenarios in it.
pub(crate) fn play_text(text: &str) -> Result<(String, Vec<Played>), (usize, Misread)> {
    let (mut common, mut played, mut actual) = (Vec::new(), Vec::new(), String::new());
    let mut stage: Option<Stage> = None;
    for (index, line) in text.lines().enumerate() {
        let content = line.trim();
        if content.starts_with("=>") {
            continue;
        }
        actual.push_str(line);
        actual.push('\n');
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let located = |misread| (index + 1, misread);
        if let Some(title) = content.strip_prefix("scenario ") {
            played.extend(stage.take().map(Stage::end));
            stage = Some(Stage::begin(title, &common).map_err(located)?);
            continue;
        }
        let step = step(content).map_err(located)?;
        match &mut stage {
            None => common.push(step),
            Some(stage) => {
                for told in stage.take(step) {
                    actual.push_str("=> ");
                    actual.push_str(&told);
                    actual.push('\n');
                }
            }
        }
    }
    played.extend(stage.take().map(Stage::end));
    Ok((actual, played))
}

/// A scenario while it is played.
struct Stage {
    played: Played,
    /// Lines that the file says for each of its scenarios; played after the own sale was made.
    common: Option<Vec<Step>>,
    /// Lines without a time make the sale until the first line with one.
    is_prepared: bool,
    is_draft: bool,
    is_announced: bool,
    commands: u128,
}

impl Stage {
    fn begin(title: &str, common: &[Step]) -> Result<Self, Misread> {
        let mut words = title.split_whitespace().map(str::to_owned);
        let title = words.next().ok_or("a scenario has a title")?;
        let played = Played {
            title,
            rules: words.collect(),
            refusals: Vec::new(),
            room: TestSale::default(),
        };
        Ok(Self {
            played,
            common: Some(common.to_vec()),
            is_prepared: false,
            is_draft: false,
            is_announced: false,
            commands: 0,
        })
    }

    fn end(self) -> Played {
        let room = &self.played.room;
        assert!(
            room.replayed() == room.sale,
            "{}: a replay gives another sale",
            self.played.title
        );
        self.played
    }

    /// Plays a line; what is told of it.
    fn take(&mut self, step: Step) -> Vec<String> {
        let Step { at, stamped, what } = step;
        match what {
            What::NoSale => {
                self.common = None;
                (self.is_draft, self.is_announced) = (true, true);
                return Vec::new();
            }
            What::Draft => {
                (self.is_draft, self.is_announced) = (true, true);
                return Vec::new();
            }
            What::Announced => {
                self.is_announced = true;
                return Vec::new();
            }
            _ => {}
        }
        if let Some(common) = self.common.take() {
            let own = (at.is_none() && creates_sale(&what)).then(|| what.clone());
            let is_own = own.is_some();
            let told = self.make_sale(own, &common);
            if is_own {
                return told;
            }
        }
        let Some(clock) = at else {
            return self.prepare(what);
        };
        let stamp = stamped.unwrap_or(clock);
        if !self.is_prepared {
            self.finish_preparing(clock, stamp);
        }
        let mut told = Vec::new();
        let fired = if starts_writing(&what) {
            Vec::new()
        } else {
            self.played.room.timers(clock, stamp)
        };
        for (at, event) in fired {
            let words = show::event(&event).map(|words| format!("{} event {words}", show_time(at)));
            told.extend(words);
        }
        told.extend(self.happen(what, clock, stamp));
        told
    }

    /// The sale is made by the scenario's own line, else by the file's, else with the presets; then
    /// come the other lines of the file.
    fn make_sale(&mut self, own: Option<What>, common: &[Step]) -> Vec<String> {
        let (sales, others): (Vec<&Step>, Vec<&Step>) =
            common.iter().partition(|step| creates_sale(&step.what));
        let common_sale = sales.first().map(|step| step.what.clone());
        let preset = || step("sale").expect("a sale with the presets").what;
        let mut told = self.prepare(own.or(common_sale).unwrap_or_else(preset));
        for step in others {
            told.extend(self.prepare(step.what.clone()));
        }
        told
    }

    fn prepare(&mut self, what: What) -> Vec<String> {
        let clock = self
            .played
            .room
            .sale
            .now
            .max(time("08:00:00").expect("a time"));
        let is_shown = matches!(what, What::Show(_));
        let told = self.happen(what, clock, clock);
        if is_shown { told } else { only_refusals(told) }
    }

    /// The sale is opened, and what is due before the first line happens untold.
    fn finish_preparing(&mut self, clock: Time, stamp: Time) {
        self.is_prepared = true;
        let terms = self.played.room.sale.terms.as_ref();
        let opens_itself = terms.is_none_or(|terms| terms.opens_at.is_some());
        let publishes = (!self.is_draft).then(|| Act::from(SaleAct::Publish));
        let opens = (!self.is_announced && !opens_itself).then(|| Act::from(SaleAct::Open));
        let acts: Vec<Act> = publishes.into_iter().chain(opens).collect();
        let actor = actor(HOUSE).expect("the house is staff");
        self.prepare(What::Ask {
            actor,
            acts,
            id: None,
        });
        let before = Time(clock.0 - 1);
        self.played.room.timers(before, before.min(stamp));
    }

    fn happen(&mut self, what: What, clock: Time, stamp: Time) -> Vec<String> {
        match what {
            What::Clock | What::NoSale | What::Draft | What::Announced => Vec::new(),
            What::Preview { actor, act } => {
                let room = &self.played.room;
                let command = TestSale::command(CommandId(Uuid::nil()), actor, stamp, act);
                show::previewed(&preview(&room.sale, &command, clock.max(room.sale.now)))
            }
            What::Show(what) => vec![show::shown(&self.played.room.sale, what)],
            What::Timer(due) => {
                let events = self.played.room.timer(due, clock);
                if events.is_empty() {
                    return vec!["nothing".to_owned()];
                }
                told_events(&events)
            }
            What::Ask { actor, acts, id } => {
                let mut told = Vec::new();
                for act in acts {
                    let act = self.as_it_stands(act, actor, clock);
                    let command =
                        TestSale::command(id.unwrap_or_else(|| self.next_id()), actor, stamp, act);
                    let outcome = self.played.room.judge(&command, clock);
                    let answer = self.played.room.answer(&command);
                    told = match outcome {
                        Judged::Reused => vec!["reused".to_owned()],
                        Judged::Again(answer) => {
                            vec![format!("again {}", show::answer(&answer, &[]))]
                        }
                        Judged::Decided(events) => {
                            let refused = events.iter().filter_map(refusal);
                            self.played.refusals.extend(refused.cloned());
                            let answer = answer.map(|answer| show::answer(answer, &events));
                            let mut told: Vec<String> = answer.into_iter().collect();
                            told.extend(told_events(&events));
                            if events.is_empty() {
                                told.push("nothing".to_owned());
                            }
                            told
                        }
                    };
                }
                if self.is_prepared {
                    told
                } else {
                    only_refusals(told)
                }
            }
        }
    }

    /// What a line leaves out of what its sender saw is what stands.
    fn as_it_stands(&self, act: Act, actor: Actor, clock: Time) -> Act {
        let sale = &self.played.room.sale;
        let fill = |no: LotNo, named: Seen| {
            let stands = sale.lots.get(&no).filter(|_| named == AS_IT_STANDS);
            stands.map_or(named, seen)
        };
        match act {
            Act::Staff(StaffAct::Lot(no, LotAct::Hammer { seen })) => {
                let seen = fill(no, seen);
                LotAct::Hammer { seen }.of(no)
            }
            Act::Staff(StaffAct::Lot(no, LotAct::Pass { seen })) => {
                let seen = fill(no, seen);
                LotAct::Pass { seen }.of(no)
            }
            Act::Staff(StaffAct::Lot(no, LotAct::Withdraw { reason, seen })) => {
                let seen = fill(no, seen);
                LotAct::Withdraw { reason, seen }.of(no)
            }
            Act::Staff(StaffAct::Lot(
                no,
                LotAct::VoidBid {
                    bid,
                    cause,
                    note,
                    leads_to: AS_IT_LEADS,
                },
            )) => {
                let leads_to = None;
                let act = LotAct::VoidBid {
                    bid,
                    cause,
                    note: note.clone(),
                    leads_to,
                }
                .of(no);
                let command = TestSale::command(CommandId(Uuid::nil()), actor, clock, act);
                let previews = preview(sale, &command, clock.max(sale.now));
                let first = previews.ok().and_then(|lots| lots.first()?.leads_to);
                let leads_to = first;
                LotAct::VoidBid {
                    bid,
                    cause,
                    note,
                    leads_to,
                }
                .of(no)
            }
            Act::Staff(StaffAct::Floor(no, THE_ONE_THAT_WAITS)) => {
                let lot = sale.lots.get(&no).map(|lot| &lot.method);
                let Some(Method::English(English {
                    held: Some(held), ..
                })) = lot
                else {
                    return THE_ONE_THAT_WAITS.of(no);
                };
                FloorAct::ConfirmBid {
                    held: held.no,
                    paddle: held.paddle,
                    amount: held.amount,
                }
                .of(no)
            }
            other => other,
        }
    }

    fn next_id(&mut self) -> CommandId {
        self.commands += 1;
        CommandId(Uuid::from_u128(self.commands))
    }
}

fn creates_sale(what: &What) -> bool {
    let What::Ask { acts, .. } = what else {
        return false;
    };
    matches!(
        acts[..],
        [Act::Staff(StaffAct::Sale(SaleAct::Create { .. }))]
    )
}

/// What a process does before any timer that fell due in a silence.
fn starts_writing(what: &What) -> bool {
    let What::Ask { acts, .. } = what else {
        return false;
    };
    matches!(
        acts[..],
        [Act::Engine(
            EngineAct::StartWriter { .. }
                | EngineAct::StoodStill { .. }
                | EngineAct::ClockStepped { .. }
        )]
    )
}

fn show_time(at: Time) -> String {
    crate::scenario_words::clock(at)
}

fn refusal(event: &Event) -> Option<&Refusal> {
    match event {
        Event::Refused { refusal, .. } => Some(refusal),
        _ => None,
    }
}

fn told_events(events: &[Event]) -> Vec<String> {
    let words = events.iter().filter_map(show::event);
    words.map(|words| format!("event {words}")).collect()
}

fn only_refusals(told: Vec<String>) -> Vec<String> {
    let is_refusal = |words: &String| words.starts_with("rejected");
    told.into_iter().filter(is_refusal).collect()
}

/// The lines that differ, with the scenario that they stand in.
fn difference(said: &str, actual: &str) -> String {
    let (mut lines, mut scenario) = (Vec::new(), "");
    let (mut said, mut actual) = (said.lines().peekable(), actual.lines().peekable());
    let mut asked = "";
    loop {
        while said.peek().is_some_and(|line| !line.starts_with("=>")) {
            asked = said.next().unwrap_or_default();
            let same = actual.next();
            assert_eq!(Some(asked), same, "only `=>` lines are rewritten");
            scenario = asked.strip_prefix("scenario ").unwrap_or(scenario);
        }
        let told = |lines: &mut std::iter::Peekable<std::str::Lines<'_>>| {
            let mut told = Vec::new();
            while let Some(line) = lines.next_if(|line| line.starts_with("=>")) {
                told.push(line.to_owned());
            }
            told
        };
        let (wanted, got) = (told(&mut said), told(&mut actual));
        if wanted != got {
            lines.push(format!("  in {scenario}\n    {asked}"));
            lines.extend(wanted.iter().map(|line| format!("  - {line}")));
            lines.extend(got.iter().map(|line| format!("  + {line}")));
        }
        if said.peek().is_none() && actual.peek().is_none() {
            return lines.join("\n");
        }
    }
}
