//! A frame has one spelling in each encoding: what is accepted is exactly what would be written.
#![cfg(test)]

use mazad_proto::v1::{self, client_frame::Body};
use mazad_proto::{Encoding, Expected, FrameError, Unreadable, decode, encode};

fn bid() -> v1::ClientFrame {
    let place_bid = v1::PlaceBid {
        lot: 7,
        amount: 9_007_199_254_740_993,
        kind: v1::BidKind::Maximum.into(),
        confirms: String::new(),
    };
    let command = v1::Command {
        id: "00000000-0000-0000-0000-000000000001".to_owned(),
        sale: "00000000-0000-0000-0000-000000000002".to_owned(),
        act: Some(v1::command::Act::PlaceBid(place_bid)),
    };
    v1::ClientFrame {
        body: Some(Body::Command(command)),
    }
}

fn json(text: &str) -> Result<v1::ClientFrame, FrameError> {
    decode(text.as_bytes(), Encoding::Json)
}

fn placed(amount: &str) -> String {
    format!(
        r#"{{"command":{{"id":"a","sale":"b","placeBid":{{"lot":7,"amount":{amount},"kind":"BID_KIND_FLAT"}}}}}}"#
    )
}

#[test]
fn both_encodings_give_a_frame_back() {
    for encoding in [Encoding::Json, Encoding::Proto] {
        let bytes = encode(&bid(), encoding).unwrap();
        assert_eq!(decode::<v1::ClientFrame>(&bytes, encoding), Ok(bid()));
    }
}

#[test]
fn amounts_past_the_precision_of_a_browser_survive_json() {
    let text = encode(&bid(), Encoding::Json).unwrap();
    assert!(
        std::str::from_utf8(&text)
            .unwrap()
            .contains(r#""amount":"9007199254740993""#)
    );
}

#[test]
fn only_the_plain_spelling_of_an_amount_is_taken() {
    json(&placed(r#""1200""#)).unwrap();
    let strange = [
        "1200",
        "1200.0",
        "1.2e3",
        r#""+1200""#,
        r#""01200""#,
        r#"" 1200""#,
        r#""1200 ""#,
        r#""1,200""#,
        r#""1200.0""#,
        r#""1.2e3""#,
        r#""0x4b0""#,
        r#""١٢٠٠""#,
        r#""۱۲۰۰""#,
        r#""１２００""#,
        r#""-0""#,
        r#""NaN""#,
        r#""Infinity""#,
        r#""""#,
        "null",
        "true",
        "[1200]",
        r#"{"minor":1200}"#,
        r#""9223372036854775808""#,
        r#""1_200""#,
    ];
    for amount in strange {
        let taken = json(&placed(amount));
        // An empty text or null would be a way to say zero: the rules refuse zero anyway.
        let says_zero = matches!(&taken, Ok(frame) if !has_amount(frame));
        assert!(taken.is_err() || says_zero, "{amount} was taken: {taken:?}");
    }
}

fn has_amount(frame: &v1::ClientFrame) -> bool {
    let Some(Body::Command(command)) = &frame.body else {
        return false;
    };
    matches!(&command.act, Some(v1::command::Act::PlaceBid(bid)) if bid.amount != 0)
}

#[test]
fn json_that_is_not_exactly_a_frame_is_refused() {
    let not_frames = [
        "",
        "{",
        "[]",
        "null",
        "7",
        r#"{"command":{"id":"a","id":"b"}}"#,
        r#"{"command":{"ID":"a"}}"#,
        r#"{"command":{"id":"a","surprise":1}}"#,
        r#"{"command":{"id":7}}"#,
        r#"{"ping":{"echo":"1"},"join":{"sale":"a"}}"#,
        r#"{"ping":{"echo":"1"}} "#,
        r#"{"ping":{"echo":"1"}}{"ping":{"echo":"1"}}"#,
        r#"{"command":{"place_bid":{"lot":7}}}"#,
        r#"{"command":{"placeBid":{"lot":-7}}}"#,
        r#"{"command":{"placeBid":{"lot":4294967296}}}"#,
        r#"{"command":{"placeBid":{"kind":"BID_KIND_WISH"}}}"#,
        r#"{"command":{"placeBid":{"kind":2}}}"#,
    ];
    for text in not_frames {
        let read = json(text);
        let same_bytes = text.trim_end() != text && read.is_ok();
        assert!(read.is_err() || same_bytes, "{text} was taken");
    }
}

#[test]
fn protobuf_in_another_order_or_with_more_in_it_is_refused() {
    let bytes = encode(&v1::Ping { echo: 5 }, Encoding::Proto).unwrap();
    decode::<v1::Ping>(&bytes, Encoding::Proto).unwrap();
    // An unknown field, a default written out, a field twice, a number in more bytes than needed.
    for tail in [&[0x10, 0x01][..], &[0x08, 0x05]] {
        let longer = [&bytes[..], tail].concat();
        let read = decode::<v1::Ping>(&longer, Encoding::Proto);
        assert!(matches!(read, Err(FrameError::NotCanonical(_))), "{read:?}");
    }
    for odd in [&[0x08, 0x00][..], &[0x08, 0x85, 0x00]] {
        let read = decode::<v1::Ping>(odd, Encoding::Proto);
        assert!(matches!(read, Err(FrameError::NotCanonical(_))), "{read:?}");
    }
    decode::<v1::Ping>(&[0x0f], Encoding::Proto).unwrap_err();
}

#[test]
fn every_truncation_of_a_frame_is_refused_or_another_canonical_frame() {
    for encoding in [Encoding::Json, Encoding::Proto] {
        let whole = encode(&bid(), encoding).unwrap();
        for cut in 0..whole.len() {
            let part = whole.slice(..cut);
            if let Ok(frame) = decode::<v1::ClientFrame>(&part, encoding) {
                assert_eq!(encode(&frame, encoding).unwrap(), part);
            }
        }
    }
}

fn place(bytes: &[u8], encoding: Encoding) -> Unreadable {
    decode::<v1::ClientFrame>(bytes, encoding)
        .unwrap_err()
        .place()
}

#[test]
fn what_cannot_be_read_in_json_is_told_with_its_place() {
    let amount = "command.placeBid.amount";
    let kinds = ["BID_KIND_FLAT", "BID_KIND_MAXIMUM"].map(str::to_owned);
    let bodies = ["hello", "join", "leave", "command", "lookup", "ping"].map(str::to_owned);
    let table = [
        (placed(r#""1,200""#), amount, Expected::Money),
        (placed(r#""+1200""#), amount, Expected::Money),
        (placed("1200"), amount, Expected::Money),
        (placed("null"), amount, Expected::Money),
        (
            placed(r#""9223372036854775808""#),
            amount,
            Expected::AtMost(i64::MAX.unsigned_abs()),
        ),
        (
            placed(r#""1","tip":"7""#),
            "command.placeBid",
            Expected::KnownFields,
        ),
        (placed(r#""1","amount":"1""#), amount, Expected::Once),
        (
            r#"{"ping":{"echo":"1",}}"#.to_owned(),
            "",
            Expected::Json(21),
        ),
        (
            r#"{"command":{"placeBid":{"kind":"BID_KIND_WISH"}}}"#.to_owned(),
            "command.placeBid.kind",
            Expected::OneWord(kinds.to_vec()),
        ),
        (
            r#"{"command":{"place_bid":{}}}"#.to_owned(),
            "command.placeBid",
            Expected::Key,
        ),
        (
            r#"{"ping":{"echo":"1"},"leave":{}}"#.to_owned(),
            "",
            Expected::OneField(bodies.to_vec()),
        ),
        (
            r#"{"command":{"reorderLots":{"order":[1,2,"three"]}}}"#.to_owned(),
            "command.reorderLots.order[2]",
            Expected::Number,
        ),
        (
            r#"{"command":{"addLots":{"lots":[{"terms":{"english":{"increments":{"bands":[{"from":"0"},{"from":"x"}]}}}}]}}}"#
                .to_owned(),
            "command.addLots.lots[0].terms.english.increments.bands[1].from",
            Expected::Money,
        ),
        ("{\n  \"ping\": {\n,}}".to_owned(), "", Expected::Json(15)),
        ("[]".to_owned(), "", Expected::Object),
        (String::new(), "", Expected::Json(1)),
    ];
    for (text, path, expected) in table {
        let told = place(text.as_bytes(), Encoding::Json);
        assert_eq!(told, Unreadable::new(path, expected), "{text}");
    }
}

#[test]
fn what_cannot_be_read_in_protobuf_is_told_with_its_place() {
    let echo = "ping.echo";
    let table: [(&[u8], &str, Expected); 9] = [
        (&[0x32], "ping", Expected::Protobuf(2)),
        (&[0x32, 2, 8], "ping", Expected::Protobuf(3)),
        (&[0x32, 3, 8, 0x85, 0], echo, Expected::NumberText),
        (&[0x32, 4, 8, 5, 8, 5], echo, Expected::Once),
        (&[0x32, 2, 8, 0], echo, Expected::LeftOut),
        (&[0x32, 3, 10, 1, 5], echo, Expected::NumberText),
        (&[0x32, 2, 8, 5, 0x7a, 0], "", Expected::KnownFields),
        (&[0x32, 2, 8, 5, 0x32, 0], "ping", Expected::Once),
        (&[0x0a, 3, 0x0a, 1, 0xff], "hello.ticket", Expected::Text),
    ];
    for (bytes, path, expected) in table {
        let told = place(bytes, Encoding::Proto);
        assert_eq!(told, Unreadable::new(path, expected), "{bytes:?}");
    }
}

/// Each byte of a bid replaced by others: whatever is refused has its place, and none of what was sent
/// comes back.
#[test]
fn whatever_is_refused_is_explained_and_never_repeated() {
    let secret = "tell-nobody";
    let mut bid = bid();
    if let Some(Body::Command(command)) = &mut bid.body {
        secret.clone_into(&mut command.id);
    }
    for encoding in [Encoding::Json, Encoding::Proto] {
        let whole = encode(&bid, encoding).unwrap();
        let mut refused = 0;
        for at in 0..whole.len() {
            for byte in [0, 8, 0x31, 0x65, 0x7f, 0x80, 0xff, b'"', b'}', b','] {
                let mut bytes = whole.to_vec();
                *bytes.get_mut(at).unwrap() = byte;
                let Err(error) = decode::<v1::ClientFrame>(&bytes, encoding) else {
                    continue;
                };
                refused += 1;
                assert!(!error.to_string().contains("nobody"), "{error}");
                let place = error.place();
                assert_ne!(place.expected, Expected::Message, "{bytes:?}");
            }
        }
        assert!(refused > 100, "{refused}");
    }
    let error = json(&format!(r#"{{"{secret}":1}}"#)).unwrap_err();
    assert!(!error.to_string().contains(secret), "{error}");
}
