//! `/openapi.json`: what the handlers say of themselves, with the schemas of the wire's messages
//! read out of the compiled schema, so that they cannot drift from it.

use serde_json::Value;
use utoipa::openapi::schema::{Ref, Schema};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Components, Info, InfoBuilder, OpenApi, OpenApiBuilder, RefOr};

use super::authenticated::COOKIE;
use super::schemas;

/// The document before the routes are added to it.
pub(super) fn document() -> OpenApi {
    let mut components = Components::new();
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE)));
    components.add_security_scheme("bearer", bearer);
    components.add_security_scheme("cookie", cookie);
    OpenApiBuilder::new()
        .info(info())
        .components(Some(components))
        .build()
}

/// The document with its routes, and with the schemas of the messages.
pub(super) fn finish(document: &OpenApi) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    if let Some(Value::Object(known)) = document.pointer_mut("/components/schemas") {
        known.extend(schemas::messages());
    }
    document
}

fn info() -> Info {
    let about = "Messages are those of proto/mazad/v1 in the proto3 JSON mapping: 64-bit integers \
        are strings, fields with their default value are left out. Money is in minor units of the \
        sale's currency, times are microseconds since 1970 UTC.";
    InfoBuilder::new()
        .title("Mazad")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(about))
        .build()
}

macro_rules! refs {
    ($($name:ident = $message:literal;)*) => {$(
        pub(super) fn $name() -> RefOr<Schema> {
            RefOr::Ref(Ref::from_schema_name($message))
        }
    )*};
}

refs! {
    bilingual = "Bilingual";
    sale_terms = "SaleTerms";
    sale_view = "SaleView";
    lot_terms = "LotTerms";
    lot_view = "LotView";
}
