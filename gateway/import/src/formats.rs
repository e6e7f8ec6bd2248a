//! The currency that a cell shows by its number format: a number that stands there as `$24,000` is no
//! amount of a sale in pounds, though the file has the number alone.

use crate::currencies::is_any_name;

/// The formats of a workbook, by the style of a cell: the sign of a currency, where one shows it.
#[derive(Debug, Default)]
pub(crate) struct Formats {
    codes: Vec<(u32, String)>,
    styles: Vec<u32>,
}

impl Formats {
    /// A format that the workbook defines.
    pub(crate) fn define(&mut self, id: u32, code: &str) {
        self.codes.push((id, code.replace("&quot;", "\"")));
    }

    /// The next style, by the format that it has.
    pub(crate) fn style(&mut self, format: u32) {
        self.styles.push(format);
    }

    /// The sign that cells of a style show.
    pub(crate) fn sign(&self, style: usize) -> Option<String> {
        let format = self.styles.get(style)?;
        let (_, code) = self.codes.iter().find(|(id, _)| id == format)?;
        sign_of(code)
    }
}

/// `$` of `"$"#,##0`, of `\$#,##0` and of `[$$-409]#,##0`.
fn sign_of(code: &str) -> Option<String> {
    let named = code.split_once("[$").and_then(|(_, rest)| {
        let (inside, _) = rest.split_once(']')?;
        let (sign, _) = inside.rsplit_once('-').unwrap_or((inside, ""));
        Some(sign)
    });
    let quoted = code.split('"').skip(1).step_by(2);
    let escaped = code.split('\\').skip(1).filter_map(|rest| {
        let end = rest.chars().next()?.len_utf8();
        rest.get(..end)
    });
    let bare = code
        .contains('$')
        .then_some("$")
        .filter(|_| named.is_none());
    let all = named.into_iter().chain(quoted).chain(escaped).chain(bare);
    let mut signs = all.map(str::trim).filter(|sign| is_any_name(sign));
    signs.next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_shows_the_sign_of_a_currency() {
        for (code, sign) in [
            ("\"$\"#,##0", Some("$")),
            ("\\$#,##0", Some("$")),
            ("$#,##0", Some("$")),
            ("[$$-409]#,##0.00", Some("$")),
            ("[$USD] #,##0", Some("USD")),
            ("#,##0 [$ج.م.-C01]", Some("ج.م.")),
            ("#,##0 \"جنيه\"", Some("جنيه")),
            ("#,##0.00\\ [$€-1]", Some("€")),
            ("#,##0 \"m²\"", None),
            ("#,##0.00", None),
            ("yyyy\\-mm\\-dd", None),
            ("[$-C01]d mmmm yyyy", None),
        ] {
            assert_eq!(sign_of(code).as_deref(), sign, "{code}");
        }
    }
}
