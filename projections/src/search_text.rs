//! Text made plain for search, so that how a word was typed does not hide it: marks, the forms of one
//! letter, both sets of Arabic digits, capitals and punctuation make no difference.
//!
//! What is stored and what is asked go through the same function. Presentation forms other than
//! the lam-alef ligatures, which old spreadsheets hold, stay as they are.

/// The plain text: words of lower-case letters and ASCII digits, with one space between them.
pub fn normalised(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut gap = false;
    let letters = text.chars().flat_map(parts).flat_map(char::to_lowercase);
    for letter in letters.filter(|letter| !is_mark(*letter)) {
        if !letter.is_alphanumeric() {
            gap = true;
            continue;
        }
        if gap && !folded.is_empty() {
            folded.push(' ');
        }
        gap = false;
        folded.push(letter);
    }
    folded
}

/// A letter in its plain form; a ligature as its two letters.
fn parts(letter: char) -> impl Iterator<Item = char> {
    let (first, second) = match letter {
        '\u{FEF5}'..='\u{FEFC}' => ('ل', Some('ا')),
        _ => (plain(letter), None),
    };
    [Some(first), second].into_iter().flatten()
}

fn plain(letter: char) -> char {
    match letter {
        'آ' | 'أ' | 'إ' | 'ٱ' => 'ا',
        'ى' | 'ئ' | 'ی' => 'ي',
        'ؤ' => 'و',
        'ة' => 'ه',
        'ک' => 'ك',
        '٠' | '۰' => '0',
        '١' | '۱' => '1',
        '٢' | '۲' => '2',
        '٣' | '۳' => '3',
        '٤' | '۴' => '4',
        '٥' | '۵' => '5',
        '٦' | '۶' => '6',
        '٧' | '۷' => '7',
        '٨' | '۸' => '8',
        '٩' | '۹' => '9',
        _ => letter,
    }
}

/// Tashkeel, tatweel, marks of the Quran, and what steers direction or width without being seen.
fn is_mark(letter: char) -> bool {
    matches!(
        letter,
        '\u{0610}'..='\u{061A}'
            | '\u{0640}'
            | '\u{064B}'..='\u{065F}'
            | '\u{0670}'
            | '\u{06D6}'..='\u{06DC}'
            | '\u{06DF}'..='\u{06E8}'
            | '\u{06EA}'..='\u{06ED}'
            | '\u{0300}'..='\u{036F}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2066}'..='\u{2069}'
            | '\u{FEFF}'
    )
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn how_a_word_was_typed_does_not_hide_it() {
        let table = [
            ("", ""),
            ("  ", ""),
            ("أَرْضٌ", "ارض"),
            ("إيجار", "ايجار"),
            ("آلات", "الات"),
            ("ٱلمزاد", "المزاد"),
            ("مـــزاد", "مزاد"),
            ("محطة", "محطه"),
            ("مبنى", "مبني"),
            ("مبنی", "مبني"),
            ("شاطئ", "شاطي"),
            ("مؤسسة", "موسسه"),
            ("کشک", "كشك"),
            ("قطعة رقم ١٢٣", "قطعه رقم 123"),
            ("۴۵۶", "456"),
            ("ﻻفتة", "لافته"),
            ("\u{202B}كشك\u{202C}", "كشك"),
            ("Lot  A-12/b", "lot a 12 b"),
            ("CAFÉ", "café"),
            ("سيارات، قديمة (خردة)", "سيارات قديمه خرده"),
        ];
        for (typed, folded) in table {
            assert_eq!(normalised(typed), folded, "{typed}");
        }
    }

    #[test]
    fn folding_again_changes_nothing() {
        for text in ["أَرْضٌ ومبنى ١٢٣", "Lot A-12", "İstanbul"] {
            let once = normalised(text);
            assert_eq!(normalised(&once), once);
        }
    }
}
