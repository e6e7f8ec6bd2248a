//! A link that lets somebody in, and its picture.

use qrcode::QrCode;
use qrcode::render::{svg, unicode};

use mazad_office::Secret;

/// The link: the secret stands behind `#`, where no browser sends it and no server logs it.
pub fn link(base_url: &str, secret: &Secret) -> String {
    link_with(base_url, secret.as_str())
}

pub(super) fn link_with(base_url: &str, secret: &str) -> String {
    format!("{}/enter#{secret}", base_url.trim_end_matches('/'))
}

/// The link as a picture for a page; empty if it is too long for one.
pub fn qr_svg(link: &str) -> String {
    QrCode::new(link).map_or_else(
        |_| String::new(),
        |code| {
            code.render::<svg::Color<'_>>()
                .min_dimensions(240, 240)
                .build()
        },
    )
}

/// The link as a picture for a terminal with light letters on dark; empty if it is too long for one.
pub fn qr_text(link: &str) -> String {
    let dark_terminal = |code: QrCode| {
        let mut picture = code.render::<unicode::Dense1x2>();
        picture
            .dark_color(unicode::Dense1x2::Light)
            .light_color(unicode::Dense1x2::Dark)
            .build()
    };
    QrCode::new(link).map_or_else(|_| String::new(), dark_terminal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_has_its_secret_behind_the_hash() {
        let secret = Secret::random();
        for base in ["http://127.0.0.1:8080", "http://127.0.0.1:8080/"] {
            let expected = format!("http://127.0.0.1:8080/enter#{}", secret.as_str());
            assert_eq!(link(base, &secret), expected);
        }
    }

    #[test]
    fn a_link_has_a_picture() {
        let link = link("https://mazad.example", &Secret::random());
        assert!(qr_svg(&link).contains("<svg"));
        assert!(
            !qr_svg(&link).contains("style"),
            "the pages' policy allows no inline style"
        );
        assert!(qr_text(&link).contains('▀'));
        assert_eq!(qr_svg(&"x".repeat(5000)), "");
    }
}
