//! What was understood of a table: every amount with its currency, every instant with its weekday, its
//! date and its offset. A dry run is the one moment at which a clerk can see how his cells were read.

use std::cell::RefCell;
use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use mazad_engine::domain::{
    Closes, Currency, Increments, LotTerms, Mode, Money, Opens, Running, SoftClose, Span, Time,
};
use mazad_projections::export_text::{decimal, quantity};
use mazad_texts::{Lang, Locale};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::doubt::Doubt;
use crate::limits::INSTANTS_KEPT;
use crate::lot::TableLot;
use crate::moment::offset_text;
use crate::setting::Setting;

/// Tells how cells were read, in the sale's currency and zone.
#[derive(Debug)]
pub struct Understood<'a> {
    setting: &'a Setting,
    /// Instants that have been said: most lots of a table share a few.
    said: RefCell<BTreeMap<Time, Both>>,
}

/// A text in both languages.
type Both = [String; 2];

const LANGS: [Lang; 2] = [Lang::En, Lang::Ar];

impl<'a> Understood<'a> {
    /// In the currency and the zone of a sale.
    pub const fn new(setting: &'a Setting) -> Self {
        let said = RefCell::new(BTreeMap::new());
        Self { setting, said }
    }

    /// A lot as data.
    pub fn lot(&self, lot: &TableLot) -> Value {
        let terms = &lot.terms;
        let mut told = json!({
            "row": lot.row,
            "lot": lot.lot.0,
            "printed": lot.printed,
            "title": { "ar": terms.title.ar, "en": terms.title.en },
            "opening": self.amount(terms.method.opening()),
            "increments": self.steps(lot.increments()),
            "ceiling": self.amount(terms.ceiling),
            // R4: that there is one may be seen over a shoulder, how much it is may not.
            "hasReserve": lot.reserve.is_some(),
        });
        let mut add = |name: &str, value: Value| {
            if let Some(told) = told.as_object_mut() {
                told.insert(name.to_owned(), value);
            }
        };
        if let Some((low, high)) = terms.estimate {
            add("estimateLow", self.amount(low));
            add("estimateHigh", self.amount(high));
        }
        if terms.quantity_milli > 0 {
            add("quantity", json!(quantity(terms.quantity_milli)));
        }
        if !terms.unit.is_empty() {
            add("unit", json!(terms.unit));
        }
        if let Some(place) = &terms.place {
            let point = place
                .point()
                .map(|(latitude, longitude)| json!([latitude, longitude]));
            let name = json!({ "ar": place.name.ar, "en": place.name.en });
            add("place", json!({ "name": name, "pointE6": point }));
        }
        match &terms.running {
            Running::Clerked => add("way", json!("clerked")),
            Running::Timed {
                opens,
                closes,
                soft_close,
                group,
            } => {
                add("way", json!("timed"));
                match opens {
                    Opens::At(at) => add("opensAt", self.instant(*at)),
                    Opens::AfterPrevious(gap) => add("opensAfterPreviousS", seconds(*gap)),
                }
                if let Closes::After(length) = closes {
                    add("durationS", seconds(*length));
                }
                if let Some(end) = planned_end(*opens, *closes) {
                    add("closesAt", self.instant(end));
                }
                add("softClose", self.soft_close(soft_close.as_ref()));
                if *group != 0 {
                    add("group", json!(group));
                }
            }
        }
        told
    }

    /// A lot in lines, English and then Arabic.
    pub fn lines(&self, lot: &TableLot) -> Vec<String> {
        let money = |amount| self.money(amount);
        let terms = &lot.terms;
        let mut facts: Vec<Both> = Vec::new();
        let mut fact = |english: &str, arabic: &str, value: Both| {
            let [in_english, in_arabic] = value;
            facts.push([
                format!("{english} {in_english}"),
                format!("{arabic} {in_arabic}"),
            ]);
        };
        fact("opening", "سعر الافتتاح", money(terms.method.opening()));
        if let Some((low, high)) = terms.estimate {
            let ([low, from], [high, to]) = (money(low), money(high));
            let both = [format!("{low} to {high}"), format!("من {from} إلى {to}")];
            fact("estimate", "التقدير", both);
        }
        fact("ceiling", "الحد الأقصى", money(terms.ceiling));
        let reserve = match lot.reserve {
            Some(_) => ["given, kept secret", "موجود ويبقى سريا"],
            None => ["none", "لا يوجد"],
        };
        fact("reserve", "الثمن الأساسي", reserve.map(str::to_owned));
        if self.setting.increments.as_ref() != Some(lot.increments()) {
            fact("steps", "الزيادات", self.steps_in_words(lot.increments()));
        }
        facts.extend(goods(terms));
        let mut lines = vec![joined(&facts)];
        if let Some(times) = self.times(&terms.running) {
            lines.push(joined(&times));
        }
        (0..LANGS.len())
            .flat_map(|lang| lines.iter().filter_map(move |both| both.get(lang).cloned()))
            .collect()
    }

    /// The steps of every lot that says none, in both languages; `None`: each lot says its own.
    pub fn common_steps(&self) -> Option<Both> {
        let steps = self.setting.increments.as_ref()?;
        Some(self.steps_in_words(steps))
    }

    /// A doubt as data.
    pub fn doubt(&self, doubt: &Doubt) -> Value {
        json!({
            "cell": doubt.cell,
            "column": doubt.column,
            "found": doubt.found,
            "takenAs": self.instant(doubt.time),
        })
    }

    /// A doubt in lines, English and then Arabic.
    pub fn doubt_lines(&self, doubt: &Doubt) -> Both {
        let Doubt {
            cell,
            column,
            found,
            time,
        } = doubt;
        let [english, arabic] = self.in_words(*time);
        [
            format!(
                "{cell} {column}: \"{found}\" was taken day first, as {english}; if the month stands \
                 first, write the year first"
            ),
            format!(
                "{cell} {column}: أُخذ «{found}» على أن اليوم أولا، أي {arabic}؛ إن كان الشهر أولا فاكتب السنة أولا"
            ),
        ]
    }

    /// An instant in words, as the pages say it, and in figures with its offset, as it may be written.
    pub fn in_words(&self, time: Time) -> Both {
        if let Some(both) = self.said.borrow().get(&time) {
            return both.clone();
        }
        let both = self.say(time);
        let mut said = self.said.borrow_mut();
        if said.len() >= INSTANTS_KEPT {
            said.clear();
        }
        said.insert(time, both.clone());
        both
    }

    fn say(&self, time: Time) -> Both {
        let zone = self.setting.zone.iana_name().unwrap_or("UTC");
        let figures = zoned(time, &self.setting.zone).map_or_else(String::new, |at| {
            let offset = offset_text(at.offset());
            format!("{} {offset}", at.strftime("%Y-%m-%d %H:%M:%S"))
        });
        LANGS.map(|lang| {
            let moment = plain(&Locale::of(lang).moment(time.0, zone));
            // Figures are written from the left in both languages.
            format!("{moment} [\u{200e}{figures}]")
        })
    }

    /// An instant as data.
    pub fn instant(&self, time: Time) -> Value {
        let at = zoned(time, &self.setting.zone);
        let [english, arabic] = self.in_words(time);
        json!({
            "at": at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()),
            "micros": time.0.to_string(),
            "en": english,
            "ar": arabic,
        })
    }

    fn amount(&self, amount: Money) -> Value {
        let [english, arabic] = self.money(amount);
        let currency = self.setting.currency;
        json!({
            "amount": decimal(amount, currency),
            "minor": amount.minor().to_string(),
            "currency": currency.code(),
            "en": english,
            "ar": arabic,
        })
    }

    fn money(&self, amount: Money) -> Both {
        let code = self.setting.currency;
        LANGS.map(|lang| plain(&Locale::of(lang).money(amount.minor(), code.code())))
    }

    fn steps(&self, steps: &Increments) -> Value {
        let currency: Currency = self.setting.currency;
        let bands = steps.bands().iter();
        let bands: Vec<Value> = bands
            .map(|band| json!({ "from": decimal(band.from, currency), "step": decimal(band.step, currency) }))
            .collect();
        json!({ "mode": mode(steps.mode), "bands": bands })
    }

    fn steps_in_words(&self, steps: &Increments) -> Both {
        let [mut english, mut arabic] = LANGS.map(|_| Vec::new());
        for band in steps.bands() {
            let [from, after] = self.money(band.from);
            let [step, by] = self.money(band.step);
            english.push(if band.from.is_zero() {
                step
            } else {
                format!("{step} from {from}")
            });
            arabic.push(if band.from.is_zero() {
                by
            } else {
                format!("{by} من {after}")
            });
        }
        let mode = match steps.mode {
            Mode::Additive => String::new(),
            other => format!(" ({})", mode(other)),
        };
        [
            format!("{}{mode}", english.join(", ")),
            format!("{}{mode}", arabic.join("، ")),
        ]
    }

    fn times(&self, running: &Running) -> Option<Vec<Both>> {
        let Running::Timed {
            opens,
            closes,
            soft_close,
            ..
        } = running
        else {
            return None;
        };
        let length = |span: Span| {
            let length = |lang| plain(&Locale::of(lang).duration(span.0));
            LANGS.map(length)
        };
        let mut facts: Vec<Both> = Vec::new();
        facts.push(match opens {
            Opens::At(at) => {
                let [english, arabic] = self.in_words(*at);
                [format!("opens {english}"), format!("يفتح {arabic}")]
            }
            Opens::AfterPrevious(gap) => {
                let [english, arabic] = length(*gap);
                [
                    format!("opens {english} after the lot before"),
                    format!("يفتح بعد اللوط السابق بمدة {arabic}"),
                ]
            }
        });
        if let Some(end) = planned_end(*opens, *closes) {
            let [english, arabic] = self.in_words(end);
            facts.push([format!("closes {english}"), format!("يغلق {arabic}")]);
        } else if let Closes::After(span) = closes {
            let [english, arabic] = length(*span);
            facts.push([format!("runs {english}"), format!("مدته {arabic}")]);
        }
        facts.push(match soft_close {
            None => ["no soft close".to_owned(), "بلا تمديد".to_owned()],
            Some(soft) => {
                let [window, within] = length(soft.window);
                let [extension, by] = length(soft.extension);
                [
                    format!("a bid in the last {window} leaves {extension}"),
                    format!("عرض في آخر {within} يترك {by}"),
                ]
            }
        });
        if let Some(stop) = soft_close.and_then(|soft| soft.hard_stop) {
            let [english, arabic] = self.in_words(stop);
            facts.push([
                format!("never past {english}"),
                format!("لا يتجاوز {arabic}"),
            ]);
        }
        Some(facts)
    }

    fn soft_close(&self, soft_close: Option<&SoftClose>) -> Value {
        let Some(soft) = soft_close else {
            return Value::Null;
        };
        json!({
            "windowS": seconds(soft.window),
            "extensionS": seconds(soft.extension),
            "onPriceChange": soft.on_price_change,
            "extensionsMax": soft.extensions_max,
            "hardStop": soft.hard_stop.map(|stop| self.instant(stop)),
        })
    }
}

/// How much of it there is and where, as far as that is said.
fn goods(terms: &LotTerms) -> Vec<Both> {
    let mut facts = Vec::new();
    let unit = mazad_texts::shown(&terms.unit);
    let (count, is_counted) = (quantity(terms.quantity_milli), terms.quantity_milli > 0);
    match (is_counted, unit.is_empty()) {
        (true, _) => {
            let what = format!("{count} {unit}");
            let what = what.trim();
            facts.push([format!("quantity {what}"), format!("الكمية {what}")]);
        }
        (false, false) => facts.push([format!("by the {unit}"), format!("الوحدة {unit}")]),
        (false, true) => {}
    }
    if let Some(place) = &terms.place {
        let degrees = |e6: i32| Decimal::new(i64::from(e6), 6).normalize();
        let point = place.point().map_or_else(String::new, |(north, east)| {
            format!(" ({}, {})", degrees(north), degrees(east))
        });
        let other = |own: &str, other: &str| {
            let name = if own.is_empty() { other } else { own };
            format!("{}{point}", mazad_texts::shown(name))
        };
        let (english, arabic) = (&place.name.en, &place.name.ar);
        facts.push([
            format!("place {}", other(english, arabic).trim()),
            format!("المكان {}", other(arabic, english).trim()),
        ]);
    }
    facts
}

fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Additive => "additive",
        Mode::Grid => "grid",
        Mode::Clerk => "clerk",
    }
}

fn planned_end(opens: Opens, closes: Closes) -> Option<Time> {
    match (opens, closes) {
        (_, Closes::At(end)) => Some(end),
        (Opens::At(opens), Closes::After(length)) => Some(opens.after(length)),
        (Opens::AfterPrevious(_), Closes::After(_)) => None,
    }
}

fn seconds(span: Span) -> Value {
    json!(span.0 / 1_000_000)
}

fn zoned(time: Time, zone: &TimeZone) -> Option<jiff::Zoned> {
    let at = Timestamp::from_microsecond(i64::try_from(time.0).ok()?).ok()?;
    Some(at.to_zoned(zone.clone()))
}

/// Facts of one line, in each language.
fn joined(facts: &[Both]) -> Both {
    let of = |lang: usize, between: &str| {
        let texts: Vec<&str> = facts
            .iter()
            .filter_map(|both| both.get(lang).map(String::as_str))
            .collect();
        texts.join(between)
    };
    [of(0, "; "), of(1, "؛ ")]
}

/// Without the marks that keep a value apart on a page; a terminal shows them as boxes.
fn plain(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

#[cfg(test)]
#[path = "understood_tests.rs"]
mod tests;
