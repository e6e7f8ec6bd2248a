//! The words that a cell shows by its number format: a number that stands there as `$24,000`, or as
//! `24 thousand`, is no amount of a sale in pounds, though the file has the number alone.

use mazad_texts::is_hidden;

/// The formats of a workbook, by the style of a cell: what it shows beside the figure.
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

    /// The words that cells of a style show.
    pub(crate) fn words(&self, style: usize) -> Option<String> {
        let format = self.styles.get(style)?;
        match self.codes.iter().find(|(id, _)| id == format) {
            Some((_, code)) => words_of(code),
            None => HUNDREDTHS.contains(format).then(|| "%".to_owned()),
        }
    }
}

/// The formats with hundredths that every workbook has without defining them.
const HUNDREDTHS: [u32; 2] = [9, 10];

/// What stands beside the figure of a number: `$` of `"$"#,##0`, of `\$#,##0` and of `[$$-409]#,##0`,
/// `ألف جنيه` of `#,##0 "ألف جنيه"`, `%` of `0%`. Blanks, brackets and dashes alone are nothing.
fn words_of(code: &str) -> Option<String> {
    // A number is shown by the first section, unless sections have conditions.
    let has_conditions = ["[<", "[>", "[="].iter().any(|start| code.contains(start));
    let mut words = String::new();
    let mut rest = code.chars();
    while let Some(letter) = rest.next() {
        match letter {
            ';' if !has_conditions => break,
            '"' => words.extend(rest.by_ref().take_while(|c| *c != '"')),
            '\\' => words.extend(rest.next()),
            // The width of a letter, or one that fills the cell.
            '_' | '*' => {
                rest.next();
                words.push(' ');
            }
            '[' => {
                let inside: String = rest.by_ref().take_while(|c| *c != ']').collect();
                let sign = inside.strip_prefix('$').unwrap_or_default();
                let (sign, _) = sign.rsplit_once('-').unwrap_or((sign, ""));
                words.push_str(sign);
            }
            '$' | '%' => words.push(letter),
            other if other.is_ascii() => words.push(' '),
            other => words.push(other),
        }
    }
    let is_filler = |c: char| {
        c.is_whitespace() || is_hidden(c) || "()-+:/=\u{200e}\u{200f}\u{200b}".contains(c)
    };
    let words: Vec<&str> = words
        .split_whitespace()
        .map(|word| word.trim_matches(is_filler))
        .filter(|word| !word.is_empty())
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_shows_words_beside_the_figure() {
        for (code, words) in [
            ("\"$\"#,##0", Some("$")),
            ("\\$#,##0", Some("$")),
            ("$#,##0", Some("$")),
            ("[$$-409]#,##0.00", Some("$")),
            ("[$USD] #,##0", Some("USD")),
            ("#,##0 [$ج.م.-C01]", Some("ج.م.")),
            ("#,##0 \"جنيه\"", Some("جنيه")),
            ("#,##0.00\\ [$€-1]", Some("€")),
            ("#,##0 \"m²\"", Some("m²")),
            ("#,##0 \"ألف جنيه\"", Some("ألف جنيه")),
            ("0\" مليون\"", Some("مليون")),
            ("#,##0 \"USD/m²\"", Some("USD/m²")),
            ("#,##0 \"USD net\"", Some("USD net")),
            ("0%", Some("%")),
            ("\\U\\S\\D #,##0", Some("USD")),
            ("\\U\\S\\D\\ #,##0", Some("USD")),
            ("€#,##0", Some("€")),
            ("\"$\"#,##0 \"ج.م\"", Some("$ ج.م")),
            ("[>=1000]#,##0;[<1000]0\" ألف\"", Some("ألف")),
            (
                "_(\"$\"* #,##0.00_);_(\"$\"* \\(#,##0.00\\);_(\"$\"* \"-\"??_);_(@_)",
                Some("$"),
            ),
            ("_-* #,##0.00_-;-* #,##0.00_-;_-* \"-\"??_-;_-@_-", None),
            ("#,##0;[Red]\\-#,##0", None),
            ("#,##0\"/-\"", None),
            ("#,##0_);(#,##0)", None),
            ("General", None),
            ("#,##0.00", None),
            ("yyyy\\-mm\\-dd", None),
            ("[$-C01]d mmmm yyyy", None),
        ] {
            assert_eq!(words_of(code).as_deref(), words, "{code}");
        }
    }
}
