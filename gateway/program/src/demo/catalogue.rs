//! The catalogue of the demo sale: a table like any that `import` reads, and its timetable.

use std::collections::BTreeMap;

use mazad_engine::domain::{
    Bilingual, Closes, Currency, Opens, Running, SaleTerms, SoftClose, Span, Time,
};

use mazad_engine::limits::RESUME_MINIMUM_LEAST;

use super::pace::Pace;
use crate::cli::exit::{Exit, Failure};
use mazad_import::{Pick, Problems, Setting, Sheet, TableLot, read_table};

/// Written for this project; any likeness to lots of a real sale is an accident.
const TABLE: &[u8] = include_bytes!("../../../demo/catalogue.csv");

/// Timed lots open one after the other, so long apart: about five run at a time.
const STAGGER: Span = Span::seconds(22);

/// What a lot is thought to be worth, for those who bid on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Worth {
    /// In minor units.
    pub(crate) low: i64,
    /// In minor units.
    pub(crate) high: i64,
    /// A clerk opens and closes it.
    pub(crate) clerked: bool,
}

/// The terms of the demo sale.
pub(crate) fn sale_terms(opens_at: Time, pace: Pace) -> Result<SaleTerms, Failure> {
    let title = Bilingual {
        ar: "المزاد العلني التجريبي لأملاك محافظة أسيوط".to_owned(),
        en: "Demonstration public sale of Assiut Governorate".to_owned(),
    };
    let currency = Currency::parse("EGP")
        .ok_or_else(|| Failure::told(Exit::Internal, "EGP is not a currency"))?;
    let mut terms = SaleTerms::preset(title, currency);
    terms.opens_at = Some(opens_at);
    terms.ends_itself = true;
    // R3.7: the demo is made to be killed and started again, without five minutes of waiting.
    terms.resume_minimum = pace.span(Span::seconds(20)).max(RESUME_MINIMUM_LEAST);
    // R12a: a last lot that was knocked down by a slip can be opened again for half a minute.
    terms.reopen_window = pace.span(Span::seconds(30));
    terms.warning_age = pace.span(terms.warning_age);
    terms.correction_minimum = pace.span(terms.correction_minimum);
    Ok(terms)
}

/// The lots, as the table has them.
///
/// # Errors
/// The table has mistakes: a test holds that it has none.
pub(crate) fn lots(terms: &SaleTerms) -> Result<Vec<TableLot>, Failure> {
    let sheet = Sheet::read(TABLE, "catalogue.csv", Pick::default())?;
    let setting = Setting::of(terms).map_err(|words| Failure::told(Exit::Internal, words))?;
    let table = read_table(&sheet, &setting).map_err(|problems| wrong(&problems))?;
    Ok(table.lots)
}

fn wrong(problems: &Problems) -> Failure {
    let listed: Vec<String> = problems.listed().iter().map(ToString::to_string).collect();
    Failure::told(Exit::Internal, listed.join("\n"))
}

/// Gives the timed lots their hours: one after the other from the opening of the sale, each as long
/// as the table says, at the pace of the demo.
pub(crate) fn schedule(lots: &mut [TableLot], opens_at: Time, pace: Pace) {
    let mut next = opens_at;
    for lot in lots {
        let Running::Timed {
            opens,
            closes,
            soft_close,
            ..
        } = &mut lot.terms.running
        else {
            continue;
        };
        *opens = Opens::At(next);
        next = next.after(pace.span(STAGGER));
        if let Closes::After(length) = closes {
            *length = pace.span(*length);
        }
        if let Some(SoftClose {
            window, extension, ..
        }) = soft_close
        {
            (*window, *extension) = (pace.span(*window), pace.span(*extension));
        }
    }
}

/// When the last timed lot would end if nobody bid late.
pub(crate) fn last_end(lots: &[TableLot]) -> Option<Time> {
    let end = |lot: &TableLot| match lot.terms.running {
        Running::Timed {
            opens: Opens::At(opens),
            closes: Closes::After(length),
            ..
        } => Some(opens.after(length)),
        Running::Timed { .. } | Running::Clerked => None,
    };
    lots.iter().filter_map(end).max()
}

/// What each lot is thought to be worth.
pub(crate) fn worths(lots: &[TableLot]) -> BTreeMap<u32, Worth> {
    let worth = |lot: &TableLot| {
        let (low, high) = lot.terms.estimate?;
        let worth = Worth {
            low: low.minor(),
            high: high.minor(),
            clerked: lot.terms.running == Running::Clerked,
        };
        Some((lot.lot.0, worth))
    };
    lots.iter().filter_map(worth).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use mazad_engine::domain::MethodTerms;

    fn catalogue() -> (SaleTerms, Vec<TableLot>) {
        let terms = sale_terms(Time(1), Pace::HALL).unwrap();
        let lots = lots(&terms).unwrap();
        (terms, lots)
    }

    #[test]
    fn the_catalogue_is_whole_in_both_languages() {
        let (terms, lots) = catalogue();
        terms.check().unwrap();
        assert!(lots.len() >= 24, "{} lots", lots.len());
        let is_arabic = |text: &str| text.chars().any(|c| ('\u{0600}'..='\u{06ff}').contains(&c));
        let kinds: BTreeSet<&str> = lots.iter().map(|lot| lot.terms.kind.as_str()).collect();
        let known = ["kiosk", "land-lease", "quarry", "scrap", "site", "vehicle"];
        assert_eq!(kinds, BTreeSet::from(known));
        let mut titles = BTreeSet::new();
        for lot in &lots {
            let terms = &lot.terms;
            let place = &terms.place.as_ref().unwrap().name;
            for text in [&terms.title, &terms.description, place] {
                assert!(is_arabic(&text.ar), "lot {}: {}", lot.lot, text.ar);
                assert!(
                    !text.en.is_empty() && !is_arabic(&text.en),
                    "lot {}",
                    lot.lot
                );
            }
            assert!(
                titles.insert(terms.title.en.clone()),
                "{} twice",
                terms.title.en
            );
            assert!(
                terms.check().is_ok() && !terms.reference.is_empty(),
                "lot {}",
                lot.lot
            );
        }
    }

    #[test]
    fn amounts_and_points_are_plausible() {
        for lot in catalogue().1 {
            let MethodTerms::English(english) = &lot.terms.method;
            let (low, high) = lot.terms.estimate.unwrap();
            assert!(english.opening <= low && low < high, "lot {}", lot.lot);
            if let Some(reserve) = lot.reserve {
                assert!(
                    english.opening < reserve && reserve < high,
                    "lot {}",
                    lot.lot
                );
            }
            // The governorate of Assiut.
            let place = lot.terms.place.unwrap();
            assert!(
                (26_800_000..27_700_000).contains(&place.latitude_e6),
                "lot {}",
                lot.lot
            );
            assert!(
                (30_500_000..31_700_000).contains(&place.longitude_e6),
                "lot {}",
                lot.lot
            );
        }
    }

    #[test]
    fn timed_and_clerked_lots_are_mixed() {
        let (_, mut lots) = catalogue();
        let clerked = lots
            .iter()
            .filter(|lot| lot.terms.running == Running::Clerked)
            .count();
        assert!((4..lots.len() / 2).contains(&clerked), "{clerked} clerked");
        let opens = Time(1_000_000);
        schedule(&mut lots, opens, "20".parse().unwrap());
        let length = last_end(&lots).unwrap().since(opens);
        assert!(
            length < Span::seconds(35),
            "a test at speed 20 takes {} us",
            length.0
        );
        assert!(lots.iter().all(|lot| lot.terms.check().is_ok()));
    }
}
