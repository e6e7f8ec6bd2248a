use std::future::poll_fn;

use futures_util::StreamExt;
use mazad_proto::v1::server_frame::Body;
use mazad_proto::{Encoding, v1};
use tokio::io::{DuplexStream, duplex};
use tokio_tungstenite::tungstenite::protocol::Role;

use super::*;
use crate::socket::upgrade::config;

async fn pair(buffer: usize) -> (WebSocketStream<DuplexStream>, WebSocketStream<DuplexStream>) {
    let (ours, theirs) = duplex(buffer);
    let server = WebSocketStream::from_raw_socket(ours, Role::Server, Some(config())).await;
    let client = WebSocketStream::from_raw_socket(theirs, Role::Client, None).await;
    (server, client)
}

fn pong(echo: u64) -> Frame {
    Frame::own(Body::Pong(v1::Pong { echo, time: 0 }), Encoding::Json)
}

fn large(bytes: usize) -> Frame {
    let sale = "x".repeat(bytes);
    let update = v1::Update {
        sale,
        ..v1::Update::default()
    };
    Frame::own(Body::Update(update), Encoding::Json)
}

async fn drive(outbox: &mut Outbox, socket: &mut WebSocketStream<DuplexStream>) {
    poll_fn(|cx| outbox.poll_drive(socket, cx)).await.unwrap();
}

async fn text(client: &mut WebSocketStream<DuplexStream>) -> String {
    loop {
        if let Message::Text(text) = client.next().await.unwrap().unwrap() {
            return text.as_str().to_owned();
        }
    }
}

#[tokio::test]
async fn answers_leave_before_updates() {
    let (mut server, mut client) = pair(64 * 1024).await;
    let mut outbox = Outbox::default();
    outbox.update(large(10));
    outbox.reply(pong(1)).unwrap();
    outbox.reply(pong(2)).unwrap();
    drive(&mut outbox, &mut server).await;
    assert!(outbox.is_idle());
    assert!(text(&mut client).await.contains(r#""echo":"1""#));
    assert!(text(&mut client).await.contains(r#""echo":"2""#));
    assert!(text(&mut client).await.contains("update"));
    assert_eq!(outbox.sent, 3);
}

#[tokio::test]
async fn a_large_frame_leaves_in_pieces_and_arrives_whole() {
    let (mut server, mut client) = pair(1024).await;
    let mut outbox = Outbox::default();
    let bytes = 5 * PIECE_BYTES + 17;
    outbox.update(large(bytes));
    outbox.reply(pong(1)).unwrap();
    let read = async { (text(&mut client).await, text(&mut client).await) };
    let ((first, second), ()) = tokio::join!(read, drive(&mut outbox, &mut server));
    assert!(first.contains("pong"));
    assert_eq!(second.matches('x').count(), bytes);
}

#[tokio::test]
async fn a_ping_does_not_wait_for_a_large_frame() {
    let (mut server, mut client) = pair(1024).await;
    let mut outbox = Outbox::default();
    outbox.update(large(4 * PIECE_BYTES));
    // A part of it leaves, then a heartbeat is due.
    let begun = poll_fn(|cx| Poll::Ready(outbox.poll_drive(&mut server, cx))).await;
    assert!(begun.is_pending());
    outbox.ping();
    let read = async {
        let first = client.next().await.unwrap().unwrap();
        let second = client.next().await.unwrap().unwrap();
        (first, second)
    };
    let ((first, second), ()) = tokio::join!(read, drive(&mut outbox, &mut server));
    assert!(first.is_ping(), "between the pieces");
    assert!(second.is_text());
}

#[tokio::test]
async fn the_reply_lane_is_bounded_and_loses_nothing() {
    let (mut server, mut client) = pair(64 * 1024).await;
    let mut outbox = Outbox::default();
    let all = u64::try_from(REPLIES_MAX).unwrap();
    for echo in 1..=all {
        assert_eq!(outbox.reply(pong(echo)), Ok(()));
    }
    assert_eq!(outbox.reply(pong(0)), Err(Overflow));
    drive(&mut outbox, &mut server).await;
    for echo in 1..=all {
        let told = text(&mut client).await;
        assert!(told.contains(&format!(r#""echo":"{echo}""#)), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn patience_counts_from_the_last_thing_taken_and_ends_in_any_case() {
    let (mut server, mut client) = pair(1024).await;
    let mut outbox = Outbox::default();
    let patience = Duration::from_secs(10);
    assert_eq!(outbox.deadline(patience), None);
    let begun = Instant::now();
    outbox.update(large(20 * PIECE_BYTES));
    let begun_writing = poll_fn(|cx| Poll::Ready(outbox.poll_drive(&mut server, cx))).await;
    assert!(begun_writing.is_pending());
    assert_eq!(outbox.deadline(patience), begun.checked_add(patience));
    // The peer takes a little every nine seconds: never still for long, but slow as a whole.
    let mut raw = [0; 32 * 1024];
    for _ in 0..6 {
        tokio::time::advance(Duration::from_secs(9)).await;
        let taken = tokio::io::AsyncReadExt::read(client.get_mut(), &mut raw).await;
        assert!(taken.unwrap() > 0);
        let written = poll_fn(|cx| Poll::Ready(outbox.poll_drive(&mut server, cx))).await;
        assert!(written.is_pending());
    }
    let deadline = outbox.deadline(patience).unwrap();
    assert!(deadline <= begun + patience * BUSY_PATIENCE);
}
