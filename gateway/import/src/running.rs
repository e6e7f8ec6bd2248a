//! How a lot of the table opens and closes.

use mazad_engine::domain::{Closes, Opens, Running, SoftClose, Span};
use mazad_projections::search_text::normalised;

use crate::columns::Column;
use crate::problem::expected;
use crate::row::{RowReader, instant_words};
use crate::sheet::Cell;
use crate::span::parse_span;

/// R3.3, preset: a change of leader in the last two minutes leaves two minutes.
const SOFT_CLOSE: Span = Span::minutes(2);

/// What refines a soft close.
const EXTENSIONS: [Column; 3] = [Column::ExtendOn, Column::ExtensionsMax, Column::HardStop];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Timed,
    Clerked,
}

/// By itself or by hand, and when.
pub(crate) fn running(row: &mut RowReader<'_>) -> Option<Running> {
    let words = || {
        expected(
            "word",
            "timed or clerked",
            "timed (بالوقت) أو clerked (بالمطرقة)",
        )
    };
    let given = row.word(Column::Way, words, |text| match normalised(text).as_str() {
        "timed" | "بالوقت" | "موقوت" | "الكتروني" => Some(Way::Timed),
        "clerked" | "بالمطرقه" | "قاعه" | "يدوي" => Some(Way::Clerked),
        _ => None,
    });
    let clock = [Column::OpensAt, Column::ClosesAt, Column::Duration];
    let has_clock = clock.iter().any(|column| row.has(*column));
    if given.is_none() && row.has(Column::Way) {
        return None;
    }
    let way = given.unwrap_or(if has_clock { Way::Timed } else { Way::Clerked });
    if way == Way::Timed {
        return timed(row);
    }
    let of_the_clock = [Column::SoftClose, Column::Group].into_iter();
    for column in clock.into_iter().chain(of_the_clock).chain(EXTENSIONS) {
        must_be_empty(
            row,
            column,
            "a clerk opens and closes this lot",
            "يفتح الموظف هذا اللوط ويغلقه",
        );
    }
    Some(Running::Clerked)
}

fn must_be_empty(row: &mut RowReader<'_>, column: Column, en: &str, ar: &str) {
    if row.has(column) {
        let words = expected(
            "not-empty",
            format!("nothing: {en}"),
            format!("لا شيء: {ar}"),
        );
        row.wrong(column, words);
    }
}

fn timed(row: &mut RowReader<'_>) -> Option<Running> {
    row.require(Column::OpensAt, instant_words);
    let opens = opens(row);
    let closes = closes(row);
    let soft_close = soft_close(row);
    let group = row.whole(Column::Group).unwrap_or(0);
    let running = Running::Timed {
        opens: opens?,
        closes: closes?,
        soft_close: soft_close?,
        group,
    };
    if group != 0 && (running.planned_end().is_none() || !extends(&running)) {
        let words = expected(
            "contradiction",
            "no group: lots that end together have one planned end, which is an instant, and a soft \
             close",
            "لا مجموعة: اللوطات التي تنتهي معا لها موعد إغلاق واحد محدد وتمديد",
        );
        row.wrong(Column::Group, words);
    } else if running.check().is_err() {
        let column = if row.has(Column::ClosesAt) {
            Column::ClosesAt
        } else {
            Column::Duration
        };
        let words = expected(
            "contradiction",
            "a close after the opening",
            "إغلاق بعد موعد الفتح",
        );
        row.wrong(column, words);
    }
    if stops_before_its_end(&running) {
        let words = expected(
            "contradiction",
            "an instant at or after the planned close",
            "موعد لا يسبق الإغلاق المقرر",
        );
        row.wrong(Column::HardStop, words);
    }
    Some(running)
}

/// R3.6: whether late bids move its end.
const fn extends(running: &Running) -> bool {
    matches!(
        running,
        Running::Timed {
            soft_close: Some(_),
            ..
        }
    )
}

/// R3.4: a hard stop bounds where late bids move the end; it does not bring the planned one nearer.
fn stops_before_its_end(running: &Running) -> bool {
    let Running::Timed {
        opens,
        closes,
        soft_close: Some(soft_close),
        ..
    } = running
    else {
        return false;
    };
    let end = match (opens, closes) {
        (_, Closes::At(end)) => Some(*end),
        (Opens::At(opens), Closes::After(length)) => Some(opens.after(*length)),
        // When it opens is known only when the lot before has ended.
        (Opens::AfterPrevious(_), Closes::After(_)) => None,
    };
    matches!((soft_close.hard_stop, end), (Some(stop), Some(end)) if stop < end)
}

/// An instant, or `+90s`: so long after the lot before it has ended.
fn opens(row: &mut RowReader<'_>) -> Option<Opens> {
    let after_previous = row.read(Column::OpensAt, instant_words, |cell| {
        // `Some(None)` is some other spelling, to be read as an instant below.
        Some(match cell {
            Cell::Text(text) => text.trim().strip_prefix('+').map(parse_span),
            Cell::Empty
            | Cell::Number(_)
            | Cell::Worded(..)
            | Cell::Date(_)
            | Cell::Days(_)
            | Cell::Other(_) => None,
        })
    })?;
    match after_previous {
        Some(Some(gap)) => Some(Opens::AfterPrevious(gap)),
        Some(None) => {
            let words = expected(
                "length",
                "a gap such as +30s after the lot before",
                "فاصل مثل ‎+30s بعد اللوط السابق",
            );
            row.wrong(Column::OpensAt, words);
            None
        }
        None => row.instant(Column::OpensAt).map(Opens::At),
    }
}

fn closes(row: &mut RowReader<'_>) -> Option<Closes> {
    match (row.has(Column::ClosesAt), row.has(Column::Duration)) {
        (true, false) => row.instant(Column::ClosesAt).map(Closes::At),
        (false, true) => row.span(Column::Duration).map(Closes::After),
        (true, true) => {
            must_be_empty(
                row,
                Column::Duration,
                "closes_at is given",
                "closes_at موجود",
            );
            None
        }
        (false, false) => {
            let words = expected(
                "length",
                "a length of time, or closes_at",
                "مدة، أو closes_at",
            );
            row.wrong(Column::Duration, words);
            None
        }
    }
}

/// `2m` for window and extension, `5m/2m` for each, `no` for an end that never moves; the preset if
/// the cell is empty. With the columns that say when and how far the end moves.
fn soft_close(row: &mut RowReader<'_>) -> Option<Option<SoftClose>> {
    let words = || {
        expected(
            "length",
            "a span such as 2m, window/extension such as 5m/2m, or no",
            "مدة مثل 2m، أو نافذة/تمديد مثل 5m/2m، أو لا",
        )
    };
    let spans = if row.has(Column::SoftClose) {
        row.word(Column::SoftClose, words, |text| {
            if matches!(normalised(text).as_str(), "no" | "none" | "لا" | "بدون") {
                return Some(None);
            }
            let (window, extension) = text.split_once('/').unwrap_or((text, text));
            let (window, extension) = (parse_span(window)?, parse_span(extension)?);
            let sound = window > Span::ZERO && extension > Span::ZERO;
            sound.then_some(Some((window, extension)))
        })?
    } else {
        Some((SOFT_CLOSE, SOFT_CLOSE))
    };
    let Some((window, extension)) = spans else {
        for column in EXTENSIONS {
            must_be_empty(row, column, "soft_close is no", "soft_close لا");
        }
        return Some(None);
    };
    Some(Some(SoftClose {
        window,
        extension,
        on_price_change: on_price_change(row),
        extensions_max: row.whole(Column::ExtensionsMax),
        hard_stop: row.instant(Column::HardStop),
    }))
}

/// R3.1, preset: only a bid that changes the leader moves the end.
fn on_price_change(row: &mut RowReader<'_>) -> bool {
    let words = || {
        expected(
            "word",
            "leader (a change of leader) or price (any change of price)",
            "leader (تغير المتقدم) أو price (تغير السعر)",
        )
    };
    let on_price = row.word(Column::ExtendOn, words, |text| {
        match normalised(text).as_str() {
            "leader" | "المتقدم" | "تغير المتقدم" => Some(false),
            "price" | "السعر" | "تغير السعر" => Some(true),
            _ => None,
        }
    });
    on_price.unwrap_or(false)
}
