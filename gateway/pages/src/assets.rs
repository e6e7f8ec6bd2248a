//! The files of the pages. All of them stand under one address that names their contents, so that a
//! browser keeps them for ever and a new build is never mixed with an old one; modules import each
//! other by relative paths and so stay within their build.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::PathBuf;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::bundle::{LATER, STARTS, STYLES, bundle, later, script, style, texts, texts_of};

const NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");

/// Names the contents of all files together.
pub(super) const BUILD: &str = env!("PAGE_FILES");

/// Where the files are; without a slash at its end.
pub(super) const BASE: &str = concat!("/static/", env!("PAGE_FILES"));

/// What the build script found.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

#[derive(Debug)]
struct File {
    /// Relative to the address of all.
    name: &'static str,
    /// On the disk of the build; empty: it was put together there.
    path: &'static str,
    content_type: &'static str,
    /// In release; else it is read from the disk each time.
    embedded: Option<Embedded>,
}

#[derive(Debug)]
struct Embedded {
    /// A digest of what is in it, the same whether it is packed or not.
    digest: u64,
    plain: &'static [u8],
    /// Smaller than it, the smallest first.
    packed: &'static [Packed],
}

#[derive(Debug)]
struct Packed {
    coding: &'static str,
    bytes: &'static [u8],
}

/// The address of a file.
pub(super) fn address(file: &str) -> String {
    format!("{BASE}/{file}")
}

pub(super) fn router() -> Router {
    let add = |router: Router, file: &'static File| {
        let serve = move |Path(build): Path<String>, asked: HeaderMap| {
            std::future::ready(file.answer(&build, &asked))
        };
        router.route(&format!("/{}", file.name), get(serve))
    };
    Router::new().nest("/static/{build}", FILES.iter().fold(Router::new(), add))
}

impl File {
    fn answer(&self, build: &str, asked: &HeaderMap) -> Response {
        let (digest, plain, packed) = match &self.embedded {
            Some(file) => (file.digest, Bytes::from_static(file.plain), file.packed),
            None => match self.read_disk() {
                Ok(bytes) => (digest(&bytes), Bytes::from(bytes), &[][..]),
                Err(why) => return (StatusCode::NOT_FOUND, why.to_string()).into_response(),
            },
        };
        // Weak: it is the same whether the file is packed or not.
        let etag = format!("W/\"{digest:016x}\"");
        let mut headers = HeaderMap::new();
        let kind = HeaderValue::from_static(self.content_type);
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::CACHE_CONTROL, self.keeping(build));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFFING);
        headers.extend(HeaderValue::from_str(&etag).map(|etag| (header::ETAG, etag)));
        if !packed.is_empty() {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        let is_known = |known: &str| known == etag || known == "*";
        if listed(asked, &header::IF_NONE_MATCH).any(is_known) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        match packed.iter().find(|packed| takes(asked, packed.coding)) {
            Some(packed) => {
                let coding = HeaderValue::from_static(packed.coding);
                headers.insert(header::CONTENT_ENCODING, coding);
                (headers, Bytes::from_static(packed.bytes)).into_response()
            }
            None => (headers, plain).into_response(),
        }
    }

    /// While developing: as it is now. What the build puts together is put together anew.
    fn read_disk(&self) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        if !self.path.is_empty() {
            return Ok(std::fs::read(self.path)?);
        }
        let read = |name: &str| std::fs::read_to_string(on_disk(name));
        if STYLES.contains(&self.name) {
            return Ok(style(self.name, &read)?.into_bytes());
        }
        let rests = LATER.into_iter().map(|(start, rest)| (rest, Some(start)));
        for (name, after) in STARTS.into_iter().map(|start| (start, None)).chain(rests) {
            let code = || match after {
                Some(start) => later(start, &read),
                None => bundle(name, &read),
            };
            if self.name == script(name) {
                return Ok(code()?.into_bytes());
            }
            for lang in ["ar", "en"] {
                if self.name == texts_of(name, lang) {
                    let all = read(&format!("locales/{lang}.ftl"))?;
                    return Ok(texts(&code()?, &all).into_bytes());
                }
            }
        }
        Err("no such file".into())
    }

    fn keeping(&self, build: &str) -> HeaderValue {
        if build != BUILD {
            // A page that was open before the server was renewed still asks for its files: it gets
            // today's, but nothing keeps them under the old name.
            return HeaderValue::from_static("no-store");
        }
        match self.embedded {
            Some(_) => HeaderValue::from_static("public, max-age=31536000, immutable"),
            // Files read from the disk may change under the same address.
            None => HeaderValue::from_static("no-cache"),
        }
    }
}

/// Where the build found a file.
fn on_disk(name: &str) -> PathBuf {
    let folder = if name.starts_with("locales/") {
        ""
    } else {
        "web/"
    };
    PathBuf::from(format!("{}/{folder}{name}", env!("PAGE_SOURCES")))
}

fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// The values that a header lists.
fn listed<'a>(asked: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = asked.get_all(name).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// Whether a browser can unpack it: what it says of this coding, else what it says of any.
fn takes(asked: &HeaderMap, coding: &str) -> bool {
    let said_of = |wanted: &str| {
        listed(asked, &header::ACCEPT_ENCODING).find_map(|said| {
            let (named, weight) = said.split_once(';').unwrap_or((said, ""));
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
            let is_some = weight.parse().is_ok_and(|weight: f32| weight > 0.0);
            (named.trim() == wanted).then_some(is_some)
        })
    };
    said_of(coding).or_else(|| said_of("*")).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    static PACKED: File = File {
        name: "js/some.js",
        path: "",
        content_type: "text/javascript",
        embedded: Some(Embedded {
            digest: 0xabc,
            plain: b"plain",
            packed: &[
                Packed {
                    coding: "br",
                    bytes: b"b",
                },
                Packed {
                    coding: "gzip",
                    bytes: b"gz",
                },
            ],
        }),
    };

    fn ask(build: &str, headers: &[(HeaderName, &'static str)]) -> Response {
        let headers = headers.iter().cloned();
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        PACKED.answer(build, &headers.collect())
    }

    #[test]
    fn a_browser_gets_a_file_packed_if_it_can_unpack_it() {
        for (takes, coding) in [
            ("gzip, deflate, br", Some("br")),
            ("gzip, deflate", Some("gzip")),
            ("br;q=1.0, gzip;q=0.8", Some("br")),
            ("br;q=0, gzip", Some("gzip")),
            ("*", Some("br")),
            ("*, br;q=0", Some("gzip")),
            ("*;q=0, gzip", Some("gzip")),
            ("gzip; q=0", None),
            ("zstd", None),
            ("", None),
        ] {
            let answer = ask(BUILD, &[(header::ACCEPT_ENCODING, takes)]);
            let told = answer.headers().get(header::CONTENT_ENCODING);
            let told = told.map(|coding| coding.to_str().unwrap());
            assert_eq!(told, coding, "{takes}");
            assert_eq!(answer.headers()["vary"], "accept-encoding");
        }
    }

    #[test]
    fn a_browser_that_has_the_file_is_not_sent_it_again() {
        for (known, status) in [
            ("W/\"0000000000000abc\"", 304),
            ("\"x\", W/\"0000000000000abc\"", 304),
            ("*", 304),
            ("\"x\"", 200),
        ] {
            let answer = ask(BUILD, &[(header::IF_NONE_MATCH, known)]);
            assert_eq!(answer.status(), status, "{known}");
            assert_eq!(answer.headers()["etag"], "W/\"0000000000000abc\"");
        }
    }

    #[test]
    fn a_file_is_kept_for_ever_under_the_name_of_its_build_only() {
        let kept = |build| ask(build, &[]).headers()["cache-control"].clone();
        assert_eq!(kept(BUILD), "public, max-age=31536000, immutable");
        assert_eq!(kept("000000000000"), "no-store");
    }
}
