//! The files of the pages. All of them stand under one address that names their contents, so that a
//! browser keeps them for ever and a new build is never mixed with an old one; modules import each
//! other by relative paths and so stay within their build.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

const NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");

/// Names the contents of all files together.
const BUILD: &str = env!("MAZAD_FILES");

/// Where the files are; without a slash at its end.
pub(super) const BASE: &str = concat!("/static/", env!("MAZAD_FILES"));

/// What the build script found.
static FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/files.rs"));

#[derive(Debug)]
struct File {
    /// Relative to the address of all.
    name: &'static str,
    /// On the disk of the build.
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
    gzip: Option<&'static [u8]>,
}

/// The address of a file.
pub(super) fn address(file: &str) -> String {
    format!("{BASE}/{file}")
}

/// Serves them.
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
        let (digest, plain, gzip) = match &self.embedded {
            Some(file) => (file.digest, Bytes::from_static(file.plain), file.gzip),
            None => match std::fs::read(self.path) {
                Ok(bytes) => (digest(&bytes), Bytes::from(bytes), None),
                Err(_) => return StatusCode::NOT_FOUND.into_response(),
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
        if gzip.is_some() {
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        if has(asked, &header::IF_NONE_MATCH, |known| {
            known == etag || known == "*"
        }) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        match gzip.filter(|_| has(asked, &header::ACCEPT_ENCODING, takes_gzip)) {
            Some(packed) => {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                (headers, Bytes::from_static(packed)).into_response()
            }
            None => (headers, plain).into_response(),
        }
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

fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

/// Whether one of the values that a header lists is as wanted.
fn has(asked: &HeaderMap, name: &HeaderName, is_wanted: impl Fn(&str) -> bool) -> bool {
    let lines = asked
        .get_all(name)
        .iter()
        .filter_map(|line| line.to_str().ok());
    lines
        .flat_map(|line| line.split(','))
        .any(|value| is_wanted(value.trim()))
}

/// `gzip`, or anything, unless with the weight of nothing.
fn takes_gzip(value: &str) -> bool {
    let (coding, weight) = value.split_once(';').unwrap_or((value, ""));
    let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
    matches!(coding.trim(), "gzip" | "*") && weight.parse().is_ok_and(|weight: f32| weight > 0.0)
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
            gzip: Some(b"gz"),
        }),
    };

    fn ask(build: &str, headers: &[(HeaderName, &'static str)]) -> Response {
        let headers = headers.iter().cloned();
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        PACKED.answer(build, &headers.collect())
    }

    #[test]
    fn a_browser_gets_a_file_packed_if_it_can_unpack_it() {
        for (takes, is_packed) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, gzip;q=0.8", true),
            ("*", true),
            ("GZIP;q=0, br", false),
            ("gzip;q=0, br", false),
            ("br", false),
            ("", false),
        ] {
            let answer = ask(BUILD, &[(header::ACCEPT_ENCODING, takes)]);
            let encoding = answer.headers().get(header::CONTENT_ENCODING);
            assert_eq!(encoding.is_some(), is_packed, "{takes}");
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
