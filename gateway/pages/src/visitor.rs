//! Who asks for a page: language, digits and theme, from the address, the cookies and the browser's wishes.

use std::{convert::Infallible, ops::Deref};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Uri, header, request::Parts},
};
use mazad_texts::{Digits, Lang, Locale};

use crate::assets::BUILD;

/// Remembers the language.
pub(super) const LANG_COOKIE: &str = "mazad_lang";
const DIGITS_COOKIE: &str = "mazad_digits";
const THEME_COOKIE: &str = "mazad_theme";
/// Names the build whose fonts the browser has.
const FONTS_COOKIE: &str = "mazad_fonts";

/// Who asks for a page.
#[derive(Debug, Clone)]
pub(super) struct Visitor {
    /// What texts are written for.
    pub(super) locale: Locale,
    /// `light` or `dark` when the visitor chose; else the device decides.
    pub(super) theme: Option<&'static str>,
    /// The browser has the fonts of this build.
    pub(super) has_fonts: bool,
    /// The address chose the language: remember it.
    pub(super) remember: bool,
    /// The query without its `lang`, for the link to the other language: relative, since a path may
    /// be one that browsers read as another host (`//evil`).
    pub(super) here: String,
}

impl Visitor {
    /// Reads the request's head.
    pub(super) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let asked = query(uri, "lang").and_then(Lang::parse);
        let lang = asked
            .or_else(|| cookie(headers, LANG_COOKIE).and_then(Lang::parse))
            .unwrap_or_else(|| accepted(headers));
        let digits = match (lang, cookie(headers, DIGITS_COOKIE)) {
            (Lang::Ar, Some("latn")) => Digits::Latn,
            _ => Digits::of(lang),
        };
        let theme = match cookie(headers, THEME_COOKIE) {
            Some("light") => Some("light"),
            Some("dark") => Some("dark"),
            _ => None,
        };
        Self {
            locale: Locale { lang, digits },
            theme,
            has_fonts: cookie(headers, FONTS_COOKIE) == Some(BUILD),
            remember: asked.is_some(),
            here: without_lang(uri),
        }
    }
}

impl Visitor {
    /// All of it in one word: of two visitors with the same, both may be given the same page.
    pub(super) fn variant(&self) -> String {
        let Self {
            locale,
            theme,
            has_fonts,
            remember,
            here,
        } = self;
        format!("{locale:?} {theme:?} {has_fonts} {remember} {here}")
    }
}

impl Deref for Visitor {
    type Target = Locale;

    /// A visitor reads texts as the own locale writes them.
    fn deref(&self) -> &Locale {
        &self.locale
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(&parts.uri, &parts.headers))
    }
}

fn query<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    uri.query()?
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
}

fn without_lang(uri: &Uri) -> String {
    let rest: Vec<&str> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
        .collect();
    let rest = rest.iter().map(|pair| format!("{pair}&"));
    format!("?{}", rest.collect::<String>())
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

/// The browser's wish: the better liked of the two, Arabic when it likes them equally or neither.
fn accepted(headers: &HeaderMap) -> Lang {
    let wishes = headers
        .get(header::ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    let (mut arabic, mut english) = (0_u32, 0_u32);
    for wish in wishes.unwrap_or_default().split(',') {
        let mut parts = wish.trim().split(';');
        let tag = parts.next().unwrap_or_default().trim();
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q="))
            .map_or(1000, thousandths);
        match tag.split('-').next().unwrap_or_default() {
            language if language.eq_ignore_ascii_case("ar") => arabic = arabic.max(weight),
            language if language.eq_ignore_ascii_case("en") => english = english.max(weight),
            _ => {}
        }
    }
    if english > arabic { Lang::En } else { Lang::Ar }
}

/// `0.8` is 800; what cannot be read is 0.
fn thousandths(weight: &str) -> u32 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    let whole: u32 = whole.parse().unwrap_or(0);
    whole
        .min(1)
        .saturating_mul(1000)
        .saturating_add(digits.parse().unwrap_or(0))
        .min(1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visitor(uri: &str, lines: &[(&str, &str)]) -> Visitor {
        let headers = lines
            .iter()
            .map(|(name, value)| {
                let name: header::HeaderName = name.parse().unwrap();
                (name, value.parse().unwrap())
            })
            .collect();
        Visitor::of(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn address_then_cookie_then_browser_choose_the_language() {
        let english = ("accept-language", "en-GB,en;q=0.9,ar;q=0.8");
        assert_eq!(visitor("/", &[]).lang, Lang::Ar);
        assert_eq!(visitor("/", &[english]).lang, Lang::En);
        assert_eq!(
            visitor("/", &[("accept-language", "fr, ar;q=0.5, en;q=0.5")]).lang,
            Lang::Ar
        );
        assert_eq!(
            visitor("/", &[english, ("cookie", "a=b; mazad_lang=ar")]).lang,
            Lang::Ar
        );
        let asked = visitor("/?lang=en", &[("cookie", "mazad_lang=ar")]);
        assert_eq!((asked.lang, asked.remember), (Lang::En, true));
        assert_eq!(visitor("/?lang=xx", &[]).lang, Lang::Ar);
    }

    #[test]
    fn digits_follow_the_language_unless_chosen() {
        assert_eq!(visitor("/", &[]).digits, Digits::Arab);
        assert_eq!(
            visitor("/", &[("cookie", "mazad_digits=latn")]).digits,
            Digits::Latn
        );
        assert_eq!(
            visitor("/?lang=en", &[("cookie", "mazad_digits=arab")]).digits,
            Digits::Latn
        );
    }

    #[test]
    fn the_link_to_the_other_language_keeps_the_place() {
        assert_eq!(visitor("/sales/1?lang=ar", &[]).here, "?");
        assert_eq!(
            visitor("/analyst/1?lot=2&lang=ar&at=9", &[]).here,
            "?lot=2&at=9&"
        );
        assert_eq!(visitor("//evil.example/x", &[]).here, "?");
    }
}
