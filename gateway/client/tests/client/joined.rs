//! A joined sale: order, returns, and commands that are answered once.

use futures_util::FutureExt as _;
use mazad_client::{
    Client, ClientError, CloseCode, CommandReply, Encoding, JoinedSale, News, OnDoubt, Said, bid,
    command, v1,
};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::support::{
    FakeServer, FakeSocket, PATIENCE, SALE, answer, connected, fault, lot, snapshot, update,
};

const BOTH: [Encoding; 2] = [Encoding::Json, Encoding::Proto];

async fn next(sale: &mut JoinedSale) -> Result<News, ClientError> {
    timeout(PATIENCE, sale.next()).await.expect("news in time")
}

async fn moved(sale: &mut JoinedSale) -> Vec<u32> {
    match next(sale).await.unwrap() {
        News::Moved { lots } => lots,
        other => panic!("not moved: {other:?}"),
    }
}

async fn cut(sale: &mut JoinedSale) -> ClientError {
    match next(sale).await.unwrap() {
        News::Cut(error) => error,
        other => panic!("not cut: {other:?}"),
    }
}

/// A sale of one lot at revision 10, joined.
async fn joined(server: &FakeServer, encoding: Encoding) -> (JoinedSale, FakeSocket) {
    let client = Client::new(&server.url()).unwrap();
    let mut sale = client.join(SALE, encoding);
    let socket = first(&mut sale, server).await;
    (sale, socket)
}

async fn first(sale: &mut JoinedSale, server: &FakeServer) -> FakeSocket {
    let told = async {
        let (mut socket, cursor) = server.joined().await;
        assert_eq!(cursor, None);
        socket.tell(snapshot(1, 10, vec![lot(1, 9, 100)])).await;
        socket
    };
    let (socket, lots) = tokio::join!(told, moved(sale));
    assert_eq!(lots, [1]);
    socket
}

/// The client has come back: its socket, and the cursor that it brought.
async fn back(sale: &mut JoinedSale, server: &FakeServer) -> (FakeSocket, Option<v1::Cursor>) {
    tokio::select! {
        socket = server.joined() => socket,
        news = next(sale) => panic!("{news:?} before the join"),
    }
}

/// What the client says while it waits for news.
async fn said(sale: &mut JoinedSale, socket: &mut FakeSocket) -> Said {
    tokio::select! {
        said = socket.said() => said,
        news = next(sale) => panic!("{news:?} before a word"),
    }
}

fn price(sale: &JoinedSale) -> i64 {
    sale.picture().lot(1).unwrap().price().unwrap()
}

#[tokio::test]
async fn picture_moves_with_the_sale() {
    for encoding in BOTH {
        let server = FakeServer::start().await;
        let (mut sale, mut socket) = joined(&server, encoding).await;
        assert!(sale.is_live());
        assert_eq!(price(&sale), 100);
        socket.tell(update(1, 10, 12, vec![lot(1, 12, 200)])).await;
        assert_eq!(moved(&mut sale).await, [1]);
        // Known already: nothing to tell.
        socket.tell(update(1, 10, 12, vec![lot(1, 12, 200)])).await;
        socket.tell(update(1, 12, 13, vec![lot(2, 13, 500)])).await;
        assert_eq!(moved(&mut sale).await, [2]);
        assert_eq!((price(&sale), sale.picture().lots().count()), (200, 2));
    }
}

#[tokio::test]
async fn lost_connection_comes_back_with_its_cursor() {
    let server = FakeServer::start().await;
    let (mut sale, socket) = joined(&server, Encoding::Proto).await;
    let (error, ()) = tokio::join!(cut(&mut sale), socket.close(4002));
    assert!(matches!(error, ClientError::Closed(CloseCode(Some(4002)))));
    assert!(!sale.is_live());
    let (mut socket, cursor) = back(&mut sale, &server).await;
    assert_eq!(cursor, sale.picture().cursor());
    // Nothing has happened meanwhile.
    socket.tell(update(1, 10, 10, vec![])).await;
    assert_eq!(moved(&mut sale).await, [0_u32; 0]);
    assert!(sale.is_live());
    // Without a word: the network is gone.
    drop(socket);
    cut(&mut sale).await;
    let (mut socket, _) = back(&mut sale, &server).await;
    socket.tell(update(2, 10, 14, vec![lot(1, 14, 300)])).await;
    assert_eq!(moved(&mut sale).await, [1]);
    assert_eq!((price(&sale), sale.counts().reconnects), (300, 2));
}

#[tokio::test]
async fn gap_is_closed_by_joining_again() {
    let server = FakeServer::start().await;
    let (mut sale, mut socket) = joined(&server, Encoding::Json).await;
    socket.tell(update(1, 12, 13, vec![lot(1, 13, 300)])).await;
    let again = said(&mut sale, &mut socket).await;
    let cursor = sale.picture().cursor();
    assert!(matches!(&again, Said::Join(join) if join.cursor == cursor));
    assert_eq!(price(&sale), 100, "what comes after a gap is not taken");
    assert!(!sale.is_live());
    // What was on its way before the server heard of it.
    socket.tell(update(1, 13, 14, vec![lot(1, 14, 400)])).await;
    socket.tell(update(1, 10, 14, vec![lot(1, 14, 400)])).await;
    assert_eq!(moved(&mut sale).await, [1]);
    assert_eq!(price(&sale), 400);
}

#[tokio::test]
async fn server_that_takes_back_what_it_told_is_found() {
    let server = FakeServer::start().await;
    let (mut sale, mut socket) = joined(&server, Encoding::Proto).await;
    socket.tell(update(0, 10, 12, vec![lot(1, 12, 200)])).await;
    let error = next(&mut sale).await.unwrap_err();
    assert!(matches!(error, ClientError::Order(_)), "{error}");
    // With a new connection it may go on from what is known.
    let (mut socket, cursor) = back(&mut sale, &server).await;
    assert_eq!(cursor, sale.picture().cursor());
    socket.tell(snapshot(1, 8, vec![])).await;
    let error = next(&mut sale).await.unwrap_err();
    assert!(error.to_string().contains("back to"), "{error}");
    assert_eq!(price(&sale), 100);
}

#[tokio::test]
async fn silence_makes_a_picture_stale_and_then_a_connection_dead() {
    let server = FakeServer::start().await;
    let client = Client::new(&server.url()).unwrap();
    let mut sale = client.join(SALE, Encoding::Json);
    let told = async {
        let welcome = v1::Welcome {
            heartbeat_ms: 50,
            ..v1::Welcome::default()
        };
        let mut socket = server.socket_with(welcome).await;
        assert!(matches!(socket.said().await, Said::Join(_)));
        socket.tell(snapshot(1, 10, vec![])).await;
        socket
    };
    let (_silent, _) = tokio::join!(told, moved(&mut sale));
    assert!(sale.is_live());
    assert!(matches!(next(&mut sale).await.unwrap(), News::Stale));
    assert!(!sale.is_live());
    assert!(matches!(cut(&mut sale).await, ClientError::Late));
    back(&mut sale, &server).await;
}

#[tokio::test]
async fn frame_that_cannot_be_read_is_told() {
    let server = FakeServer::start().await;
    let (mut sale, mut socket) = joined(&server, Encoding::Json).await;
    socket.tell_bytes(br#"{"surprise":1}"#.to_vec()).await;
    let error = next(&mut sale).await.unwrap_err();
    assert!(matches!(error, ClientError::Unreadable(_)), "{error}");
}

#[tokio::test]
async fn command_is_sent_again_unchanged_until_it_is_answered() {
    for encoding in BOTH {
        let server = FakeServer::start().await;
        let (mut sale, mut socket) = joined(&server, encoding).await;
        let id = sale.send(bid(1, 500)).await.unwrap();
        let sent = socket.command().await;
        assert_eq!(sent.id, id);
        drop(socket);
        cut(&mut sale).await;
        let (mut socket, _) = back(&mut sale, &server).await;
        socket.tell(update(1, 10, 10, vec![])).await;
        moved(&mut sale).await;
        let again = said(&mut sale, &mut socket).await;
        assert_eq!(again, Said::Command(sent.clone()));
        // The server had the first one too, and answers both.
        for _ in 0..2 {
            socket.tell(answer(&sent, 500)).await;
        }
        let News::Answered(answered) = next(&mut sale).await.unwrap() else {
            panic!("no answer")
        };
        assert_eq!(answered.command, Some(sent.clone()));
        assert!(answered.is_accepted() && !sale.is_waiting());
        assert_eq!(price(&sale), 500, "an answer moves the picture too");
        socket.tell(answer(&sent, 600)).await;
        let error = next(&mut sale).await.unwrap_err();
        assert!(error.to_string().contains("two answers"), "{error}");
    }
}

#[tokio::test]
async fn careful_command_is_looked_up_after_a_cut() {
    let server = FakeServer::start().await;
    let client = Client::new(&server.url()).unwrap();
    let mut sale = client.join(SALE, Encoding::Proto).on_doubt(OnDoubt::LookUp);
    let mut socket = first(&mut sale, &server).await;
    let id = sale.send(bid(1, 500)).await.unwrap();
    let sent = socket.command().await;
    sale.repeat(&id).await;
    assert_eq!(socket.command().await, sent, "a double click");
    sale.hang_up();
    let (mut socket, _) = back(&mut sale, &server).await;
    socket.tell(update(1, 10, 10, vec![])).await;
    moved(&mut sale).await;
    let asked = said(&mut sale, &mut socket).await;
    assert!(matches!(&asked, Said::Lookup(lookup) if lookup.id == id));
    let not_seen = v1::NotSeen {
        sale: SALE.to_owned(),
        id: id.clone(),
        revision: 10,
    };
    socket.tell(mazad_client::Body::NotSeen(not_seen)).await;
    let again = said(&mut sale, &mut socket).await;
    assert_eq!(again, Said::Command(sent.clone()));
    socket.tell(answer(&sent, 500)).await;
    assert!(sale.answer_to(&id).await.unwrap().is_accepted());
    assert_eq!((sale.counts().lookups, sale.counts().repeats), (1, 1));
}

#[tokio::test]
async fn busy_server_is_asked_again_and_a_no_is_told() {
    let server = FakeServer::start().await;
    let (mut sale, mut socket) = joined(&server, Encoding::Json).await;
    let id = sale.send(bid(1, 500)).await.unwrap();
    let sent = socket.command().await;
    socket.tell(fault("busy", &id, 1)).await;
    assert_eq!(said(&mut sale, &mut socket).await, Said::Command(sent));
    socket.tell(fault("not-permitted", &id, 0)).await;
    let News::NotDecided(no) = next(&mut sale).await.unwrap() else {
        panic!("decided")
    };
    assert_eq!(
        (no.command.unwrap().id, no.fault.code.as_str()),
        (id, "not-permitted")
    );
    assert!(!sale.is_waiting());
    socket.tell(fault("rate-limited", "", 1_000)).await;
    assert!(matches!(next(&mut sale).await.unwrap(), News::Fault(_)));
    assert_eq!(sale.counts().faults, 3);
}

#[tokio::test]
async fn waiting_for_one_answer_keeps_the_others() {
    let server = FakeServer::start().await;
    let (mut sale, mut socket) = joined(&server, Encoding::Proto).await;
    let (one, two) = (command(SALE, bid(1, 500)), command(SALE, bid(1, 600)));
    sale.send_command(one.clone()).await.unwrap();
    sale.send_command(two.clone()).await.unwrap();
    socket.tell(answer(&one, 500)).await;
    socket.tell(update(1, 10, 11, vec![lot(1, 11, 500)])).await;
    socket.tell(answer(&two, 600)).await;
    let answered = sale.answer_to(&two.id).await.unwrap();
    assert_eq!(answered.command, Some(two));
    let News::Answered(answered) = next(&mut sale).await.unwrap() else {
        panic!("the other one is lost")
    };
    assert_eq!(answered.command, Some(one));
}

#[tokio::test]
async fn lookup_is_a_reply_whatever_it_says() {
    let server = FakeServer::start().await;
    let (mut sale, mut socket) = joined(&server, Encoding::Json).await;
    let never = command(SALE, bid(1, 500));
    let reply = async {
        assert!(matches!(socket.said().await, Said::Lookup(_)));
        socket.tell(answer(&never, 500)).await;
    };
    let (found, ()) = tokio::join!(sale.look_up(&never.id), reply);
    let CommandReply::Answer(found, bytes) = found.unwrap() else {
        panic!("not found")
    };
    assert_eq!((found.price, bytes.is_empty()), (500, false));
    let reply = async {
        assert!(matches!(socket.said().await, Said::Lookup(_)));
        socket.tell(fault("not-permitted", "other", 0)).await;
    };
    let (found, ()) = tokio::join!(sale.look_up("other"), reply);
    assert!(matches!(found.unwrap(), CommandReply::Fault(_)));
}

#[tokio::test]
async fn whoever_must_not_come_back_is_told_why() {
    for code in [1000, 1008, 4000, 4001] {
        let server = FakeServer::start().await;
        let (mut sale, socket) = joined(&server, Encoding::Json).await;
        let (told, ()) = tokio::join!(next(&mut sale), socket.close(code));
        assert!(
            matches!(told, Err(ClientError::Closed(CloseCode(Some(told)))) if told == code),
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn sale_that_cannot_be_joined_is_told_or_waited_for() {
    let server = FakeServer::start().await;
    let client = Client::new(&server.url()).unwrap();
    let mut sale = client.join(SALE, Encoding::Json);
    let told = async {
        let (mut socket, _) = server.joined().await;
        socket.tell(fault("busy", "", 1)).await;
        assert!(matches!(socket.said().await, Said::Join(_)));
        socket.tell(fault("sale-unknown", "", 0)).await;
        socket
    };
    let (error, _socket) = tokio::join!(next(&mut sale), told);
    assert_eq!(error.unwrap_err().fault_code(), Some("sale-unknown"));
}

#[tokio::test]
async fn waiting_may_be_given_up_at_any_point() {
    let server = FakeServer::start().await;
    let client = Client::new(&server.url()).unwrap();
    let mut sale = client.join(SALE, Encoding::Json);
    let told = async {
        let (mut socket, _) = server.joined().await;
        socket.tell(snapshot(1, 10, vec![lot(1, 9, 100)])).await;
        socket.tell(update(1, 10, 11, vec![lot(1, 11, 200)])).await;
        socket
    };
    let impatient = async {
        while sale.picture().cursor().is_none_or(|at| at.revision < 11) {
            let _news = sale.next().now_or_never();
            tokio::task::yield_now().await;
        }
    };
    let (_socket, ()) = timeout(PATIENCE, async { tokio::join!(told, impatient) })
        .await
        .unwrap();
    assert_eq!(price(&sale), 200);
    assert_eq!(sale.counts().reconnects, 0, "one connection was enough");
}

#[tokio::test]
async fn server_that_moves_is_followed_at_once() {
    let (old, new) = (FakeServer::start().await, FakeServer::start().await);
    let (found, moving) = watch::channel(Some(old.address()));
    let mut sale = Client::to_moving(moving).join(SALE, Encoding::Proto);
    let socket = first(&mut sale, &old).await;
    found.send_replace(None);
    // It would be away for seconds, if it were to come back there.
    let (error, ()) = tokio::join!(cut(&mut sale), socket.close(1012));
    assert!(matches!(error, ClientError::Closed(CloseCode(Some(1012)))));
    drop(old);
    found.send_replace(Some(new.address()));
    let (_, cursor) = back(&mut sale, &new).await;
    assert_eq!(cursor, sale.picture().cursor());
}

#[tokio::test]
async fn connection_tells_frames_and_the_close_code() {
    for encoding in BOTH {
        let (mut connection, mut socket) = connected(encoding).await;
        assert_eq!(connection.role(), v1::Role::Watcher);
        let asked = command(SALE, bid(1, 500));
        let reply = async {
            let sent = socket.command().await;
            socket.tell(fault("not-logged-in", &sent.id, 0)).await;
        };
        let (told, ()) = tokio::join!(connection.ask(asked), reply);
        assert!(matches!(told.unwrap(), CommandReply::Fault(_)));
        let (heard, ()) = tokio::join!(connection.hear(), socket.close(4004));
        assert!(matches!(
            heard,
            Err(ClientError::Closed(CloseCode(Some(4004))))
        ));
    }
}

#[tokio::test]
async fn frame_that_the_server_does_not_take_is_not_sent() {
    let (mut connection, _socket) = connected(Encoding::Json).await;
    let reason = "x".repeat(20_000);
    let long = v1::command::Act::PauseSale(v1::PauseSale { reason });
    let refused = connection.ask(command(SALE, long)).await.unwrap_err();
    assert!(matches!(refused, ClientError::Request(_)), "{refused}");
}
