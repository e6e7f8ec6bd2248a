//! Each page, in both languages, and the headers it comes with.

use axum::http::StatusCode;

use super::sample::{INTERRUPTED, SALE, get};

#[tokio::test]
async fn every_page_answers_in_both_languages() {
    let rooms = ["bid", "clerk", "hall", "analyst"].map(|room| format!("/{room}/{SALE}"));
    let public = [
        "/".to_owned(),
        format!("/sales/{SALE}"),
        format!("/sales/{SALE}/lots/2"),
        "/enter".to_owned(),
    ];
    for path in rooms.iter().chain(&public) {
        for (lang, dir) in [("ar", "rtl"), ("en", "ltr")] {
            let page = get(&format!("{path}?lang={lang}"), &[]).await;
            assert_eq!(page.status, StatusCode::OK, "{path}");
            assert!(
                page.text
                    .contains(&format!("<html lang=\"{lang}\" dir=\"{dir}\"")),
                "{path}"
            );
            let cookie = page.headers["set-cookie"].to_str().unwrap();
            assert!(cookie.starts_with(&format!("mazad_lang={lang};")), "{path}");
        }
    }
}

#[tokio::test]
async fn a_pause_of_the_engine_is_said_in_the_language_of_the_page() {
    for (lang, text, other) in [
        ("ar", "توقف فني: يستأنف المزاد بإعلان", "Technical"),
        (
            "en",
            "Technical interruption: the sale resumes by announcement",
            "توقف فني",
        ),
    ] {
        let page = get(&format!("/sales/{INTERRUPTED}?lang={lang}"), &[]).await;
        assert!(page.text.contains(text), "{}", page.text);
        assert!(!page.text.contains(other), "{}", page.text);
    }
}

#[tokio::test]
async fn a_lot_is_readable_without_a_script() {
    let arabic = get(&format!("/sales/{SALE}/lots/2"), &[]).await.text;
    for text in [
        "كشك رقم &lt;١&gt;",
        "١٢٠٬٥٠٠",
        "جنيه",
        "دقيقتين",
        "الأربعاء ١ يوليو ٢٠٢٦، الساعة ١٥:٠٠ بتوقيت القاهرة (UTC+٣)",
    ] {
        let plain = arabic.replace(['\u{2068}', '\u{2069}'], "");
        assert!(plain.contains(text), "{text}");
    }
    let english = get(&format!("/sales/{SALE}/lots/2?lang=en"), &[])
        .await
        .text;
    for text in [
        "Kiosk &lt;1&gt;",
        "120,500",
        "Price times 3 years: EGP 361,500",
        "Wednesday 1 July 2026, 15:00 Cairo time (UTC+3)",
        "data-ahead=\"180\"",
        "Open for bids",
    ] {
        let plain = english.replace(['\u{2068}', '\u{2069}'], "");
        assert!(plain.contains(text), "{text}");
    }
}

#[tokio::test]
async fn the_terms_say_how_far_late_bids_and_the_reserve_go() {
    let read = async |lot: u32, lang: &str| {
        let page = get(&format!("/sales/{SALE}/lots/{lot}?lang={lang}"), &[]).await;
        page.text.replace(['\u{2068}', '\u{2069}'], "")
    };
    let (ar, en) = (read(2, "ar").await, read(2, "en").await);
    for (page, text) in [
        (&en, "A bid that changes the leader in the last 2 minutes"),
        (&en, "no earlier than 2 minutes after it"),
        (&en, "at most twice."),
        (
            &en,
            "The hard stop is Wednesday 1 July 2026, 16:00 Cairo time",
        ),
        (&en, "any other lot of its group"),
        (&en, "the lot is knocked down at it."),
        (&ar, "إذا تغيّر المتقدم بعرض قُدِّم خلال آخر دقيقتين"),
        (&ar, "قبل مرور دقيقتين على هذا العرض"),
        (&ar, "مرتين على الأكثر."),
        (
            &ar,
            "الموعد النهائي الأربعاء ١ يوليو ٢٠٢٦، الساعة ١٦:٠٠ بتوقيت القاهرة",
        ),
        (&ar, "لوط آخر من مجموعته"),
        (&ar, "رُفع السعر إلى الثمن الأساسي"),
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(en.contains("href=\"geo:29.309949,30.841804\""));
    let by_price = read(3, "en").await;
    assert!(by_price.contains("changes the leader or the price in the last"));
}

#[tokio::test]
async fn the_way_in_says_what_it_needs_where_there_is_no_script() {
    for (lang, text) in [
        ("ar", "الصق رابط دعوتك"),
        ("en", "Paste the link of your invitation"),
    ] {
        let page = get(&format!("/enter?lang={lang}"), &[]).await.text;
        let without = page.split("<noscript>").nth(1).unwrap();
        assert!(without.split("</noscript>").next().unwrap().contains(text));
    }
}

#[tokio::test]
async fn the_link_to_the_other_language_stays_on_this_server() {
    let uri = "//evil.example/x?a=1".parse().unwrap();
    let visitor = crate::Visitor::of(&uri, &axum::http::HeaderMap::new());
    let bytes = axum::body::to_bytes(
        crate::pages::fault(&visitor, mazad_proto::FaultCode::NotFound).into_body(),
        1 << 22,
    );
    let page = String::from_utf8(bytes.await.unwrap().to_vec()).unwrap();
    assert!(page.contains("href=\"?a=1&amp;lang=en\""));
    assert!(!page.contains("evil"));
}

#[tokio::test]
async fn results_show_who_bought_by_paddle_only() {
    let page = get(&format!("/sales/{SALE}?lang=en"), &[]).await.text;
    let results = page.split("id=\"results\"").nth(1).unwrap();
    let plain = results.replace(['\u{2068}', '\u{2069}'], "");
    assert!(plain.contains("EGP 150,000"));
    for total in [
        "Knocked down at a price for the whole lot: 1 lot<",
        "Knocked down by the tonne, price times quantity: 2 lots<",
        "EGP 795,500",
    ] {
        assert!(plain.contains(total), "{total}");
    }
    assert!(plain.contains(">12<"));
}

#[tokio::test]
async fn no_page_runs_or_fetches_anything_foreign() {
    for path in [
        "/".to_owned(),
        format!("/bid/{SALE}"),
        format!("/sales/{SALE}"),
    ] {
        let page = get(&path, &[]).await;
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"));
        assert!(!policy.contains("unsafe"));
        let body = page.text.split_once("<body").unwrap().1;
        assert!(!body.contains("style="), "{path}");
        assert!(
            !page.text.contains("://"),
            "{path} names an address outside"
        );
        assert!(!page.text.contains("<script>"), "{path}");
        assert!(!page.text.contains(" on"), "{path} has an inline handler");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let other = "0190aaaa-0000-7000-8000-000000000009";
    for path in [
        format!("/sales/{other}"),
        "/sales/nonsense".to_owned(),
        format!("/sales/{SALE}/lots/99"),
        format!("/bid/{other}"),
    ] {
        let page = get(&path, &[]).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.text.contains("لا توجد صفحة"), "{path}");
    }
}

#[tokio::test]
async fn files_stand_under_an_address_of_their_build() {
    let page = get("/", &[]).await.text;
    let at = page.find("/static/").unwrap();
    let base: String = page[at..].chars().take("/static/".len() + 12).collect();
    for (file, kind) in [
        ("js/live.js", "text/javascript"),
        ("css/tokens.css", "text/css"),
        ("icons.svg", "image/svg+xml"),
        ("fonts/plex-arabic-400.woff2", "font/woff2"),
        ("locales/ar.ftl", "text/plain; charset=utf-8"),
        ("vendor/fluent/index.js", "text/javascript"),
    ] {
        let answer = get(&format!("{base}/{file}"), &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{file}");
        assert_eq!(answer.headers["content-type"], kind, "{file}");
        assert_eq!(
            answer.headers["x-content-type-options"], "nosniff",
            "{file}"
        );
    }
    let missing = get(&format!("{base}/js/none.js"), &[]).await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_of_an_older_build_still_gets_its_files_but_nothing_keeps_them() {
    let icons = get("/static/000000000000/icons.svg", &[]).await;
    assert_eq!(icons.status, StatusCode::OK);
    assert_eq!(icons.headers["cache-control"], "no-store");
}

/// R14: when, what, from what to what, and why; and of a lot that was not amended nothing.
#[tokio::test]
async fn amended_lot_tells_what_was_amended_and_why() {
    let page = |lot: u32, lang: &'static str| async move {
        let page = get(&format!("/sales/{SALE}/lots/{lot}?lang={lang}"), &[]).await;
        page.text.replace(['\u{2068}', '\u{2069}'], "")
    };
    let english = page(3, "en").await;
    for text in [
        "Amended on Tuesday 30 June 2026, 09:13:20 Cairo time (UTC+3)",
        "Opening price: from EGP 10,000 to EGP 100,000",
        "Reason: A nought was missing",
    ] {
        assert!(english.contains(text), "{text}: {english}");
    }
    let arabic = page(3, "ar").await;
    for text in [
        "عُدِّل في الثلاثاء",
        "سعر الافتتاح: من",
        "السبب: A nought was missing",
    ] {
        assert!(arabic.contains(text), "{text}");
    }
    assert!(!page(2, "en").await.contains("id=\"amended\""));
}
