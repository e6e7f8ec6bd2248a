//! The texts: the same Fluent files that the browser reads.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::{LanguageIdentifier, langid};

use crate::lang::Lang;

const ARABIC: &str = include_str!("../../locales/ar.ftl");
const ENGLISH: &str = include_str!("../../locales/en.ftl");

static TEXTS: LazyLock<Texts> = LazyLock::new(Texts::load);

/// The texts of both languages.
#[expect(missing_debug_implementations, reason = "fluent's bundle has none")]
pub struct Texts {
    arabic: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

impl Texts {
    /// The texts of this build.
    pub fn get() -> &'static Self {
        &TEXTS
    }

    fn load() -> Self {
        Self {
            arabic: bundle(langid!("ar"), ARABIC),
            english: bundle(langid!("en"), ENGLISH),
        }
    }

    /// A text with its values. A key that is missing reads as itself; a test sees to it that none is.
    pub fn say(&self, lang: Lang, key: &str, values: &[(&'static str, FluentValue<'_>)]) -> String {
        let bundle = match lang {
            Lang::Ar => &self.arabic,
            Lang::En => &self.english,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            return key.to_owned();
        };
        let args: FluentArgs<'_> = values
            .iter()
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        let mut problems = Vec::new();
        bundle
            .format_pattern(pattern, Some(&args), &mut problems)
            .into_owned()
    }
}

fn bundle(language: LanguageIdentifier, file: &str) -> FluentBundle<FluentResource> {
    let resource = match FluentResource::try_new(file.to_owned()) {
        Ok(resource) => resource,
        // What could be read is used; a test keeps the files free of errors.
        Err((resource, problems)) => {
            tracing::error!(%language, count = problems.len(), "texts cannot be read in full");
            resource
        }
    };
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.add_resource_overriding(resource);
    bundle
}
