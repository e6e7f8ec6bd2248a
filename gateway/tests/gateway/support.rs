//! A server with a sale in it, and clients that say exactly what a test wants said.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use mazad_client::{LotPicture, SalePicture, UpdateOutcome};
use mazad_engine::clock::{Clock, SystemClock};
use mazad_engine::codec::Vault;
use mazad_engine::codec::command::of_act;
use mazad_engine::codec::terms::sale_terms_to_proto;
use mazad_engine::domain::{
    AccountId, Act, Actor, Answer, BidKind, BidNo, BidderAct, Bilingual, CommandId, LotAct, LotNo,
    LotTerms, Paddle, Running, SaleAct, SaleId, SaleTerms, Seen, StaffId,
};
use mazad_engine::store::{EventStore, MemoryStore};
use mazad_engine::testing;
use mazad_gateway::{Backend, BoundServer, Limits, Server, ServerOptions};
use mazad_office::{Caller, Logins, NewInvite, Role};
use mazad_pages::PAGES;
use mazad_proto::v1::{client_frame::Body as Said, server_frame::Body};
use mazad_proto::{Encoding, decode, encode, v1};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{
    Error as WsError, Message, Utf8Bytes, client::IntoClientRequest, http::HeaderValue,
};
use tokio_tungstenite::{WebSocketStream, client_async};
use uuid::Uuid;

use crate::raw_http::{Answered, request_at};

/// Long enough for a machine under load; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server over a store in memory.
pub(crate) async fn serve(options: ServerOptions) -> Server {
    serve_store(Arc::new(MemoryStore::new()), options).await
}

/// A server over a store.
pub(crate) async fn serve_store(store: Arc<dyn EventStore>, options: ServerOptions) -> Server {
    serve_at(Arc::new(SystemClock::new()), store, options).await
}

/// A server over a store, by a clock of the test's own.
async fn serve_at(
    clock: Arc<dyn Clock>,
    store: Arc<dyn EventStore>,
    options: ServerOptions,
) -> Server {
    let bound = BoundServer::bind(options).unwrap();
    let vault = Arc::new(Vault::from_key([7; 32]));
    let backend = Backend::open(store, vault, clock).await;
    let backend = Backend {
        pages: Some(PAGES),
        ..backend.unwrap()
    };
    bound.serve(backend).unwrap()
}

/// A server with an open sale of some lots, run by hand.
pub(crate) struct ServedSale {
    pub(crate) server: Server,
    pub(crate) sale: SaleId,
}

impl ServedSale {
    pub(crate) async fn open(lots: u32) -> Self {
        Self::with_limits(Limits::default(), lots).await
    }

    pub(crate) async fn with_limits(limits: Limits, lots: u32) -> Self {
        // Clients of a finished test do not listen any more: nobody waits for their goodbye.
        let closing = Duration::from_millis(200);
        let limits = Limits { closing, ..limits };
        let options = ServerOptions {
            limits,
            ..ServerOptions::default()
        };
        Self::with(options, lots).await
    }

    pub(crate) async fn with(options: ServerOptions, lots: u32) -> Self {
        Self::over(Arc::new(MemoryStore::new()), options, lots).await
    }

    /// The same over a store of the test's own.
    pub(crate) async fn over(
        store: Arc<dyn EventStore>,
        options: ServerOptions,
        lots: u32,
    ) -> Self {
        Self::at(Arc::new(SystemClock::new()), store, options, lots).await
    }

    /// The same by a clock of the test's own.
    pub(crate) async fn at(
        clock: Arc<dyn Clock>,
        store: Arc<dyn EventStore>,
        options: ServerOptions,
        lots: u32,
    ) -> Self {
        let server = serve_at(clock, store, options).await;
        let sale = SaleId(Uuid::new_v4());
        let stage = Self { server, sale };
        stage
            .act(Act::from(SaleAct::Create {
                terms: sale_terms(),
            }))
            .await;
        for lot in 1..=lots {
            let add = testing::add_lot(LotNo(lot), lot_terms());
            stage.act(add.into()).await;
        }
        stage.act(SaleAct::Publish.into()).await;
        stage.act(Act::from(SaleAct::Open)).await;
        for lot in 1..=lots {
            stage.act(LotAct::Open.of(LotNo(lot))).await;
        }
        stage
    }

    /// A clerk asks for something, past the gateway.
    pub(crate) async fn act(&self, act: Act) -> Answer {
        self.act_as(Actor::Staff(StaffId(Uuid::from_u128(1))), act)
            .await
    }

    pub(crate) async fn act_as(&self, actor: Actor, act: Act) -> Answer {
        let engine = self.server.engine();
        let hold = engine.arrive();
        let id = CommandId(Uuid::new_v4());
        let command = of_act((self.sale, id), actor, hold.stamp(), act, engine.vault());
        engine.submit(self.sale, command, hold).await.unwrap()
    }

    /// How a lot stands, for an act that has to name it.
    pub(crate) async fn seen(&self, lot: u32) -> Seen {
        let blind = Seen {
            bid: BidNo(0),
            lead: None,
        };
        let reason = "look".to_owned();
        let act = LotAct::Withdraw {
            reason,
            seen: blind,
        };
        let engine = self.server.engine();
        let (id, at) = (CommandId(Uuid::new_v4()), engine.clock().now());
        let actor = Actor::Staff(StaffId(Uuid::from_u128(1)));
        let command = of_act(
            (self.sale, id),
            actor,
            at,
            act.of(LotNo(lot)),
            engine.vault(),
        );
        let previewed = engine.preview(self.sale, command).await.unwrap();
        let seen = previewed.unwrap()[0].seen.unwrap();
        let lead = (seen.leader > 0).then(|| (Paddle(seen.leader), testing::money(seen.price)));
        Seen {
            bid: BidNo(seen.bid),
            lead,
        }
    }

    /// Knocks a lot down as it stands, past the gateway.
    pub(crate) async fn hammer(&self, lot: u32) -> Answer {
        let seen = self.seen(lot).await;
        self.act(LotAct::Hammer { seen }.of(LotNo(lot))).await
    }

    /// A bid past the gateway.
    pub(crate) async fn bid(&self, bidder: &Caller, lot: u32, amount: i64) -> Answer {
        let act = BidderAct::PlaceBid {
            amount: testing::money(amount),
            kind: BidKind::Maximum,
            confirms: None,
        }
        .of(LotNo(lot));
        self.act_as(Actor::Bidder(AccountId(bidder.account)), act)
            .await
    }

    /// Invites, logs in and, if a bidder, admits: the bearer token and who it is.
    pub(crate) async fn person(&self, role: Role, paddle: u32) -> (String, Caller) {
        let is_bidder = role == Role::Bidder;
        let invite = NewInvite {
            role,
            sale: is_bidder.then_some(self.sale),
            paddle: is_bidder.then_some(Paddle(paddle)),
            account: None,
            label: String::new(),
            valid_for: None,
            logins: Logins::Keep,
        };
        let office = self.server.office();
        let invited = office.invite(None, invite).await.unwrap();
        let session = office.redeem(invited.secret.as_str()).await.unwrap();
        if is_bidder {
            let account = Some(AccountId(invited.account));
            self.act(Act::from(SaleAct::AdmitPaddle {
                paddle: Paddle(paddle),
                account,
                limit: None,
            }))
            .await;
        }
        (session.token.as_str().to_owned(), session.caller)
    }

    /// A socket that has said who it is.
    pub(crate) async fn socket_of(&self, caller: &Caller, encoding: Encoding) -> Client {
        let mut client = Client::connect(&self.server, encoding).await;
        let ticket = self.server.office().ticket(caller).as_str().to_owned();
        client.say(Said::Hello(v1::Hello { ticket })).await;
        let welcome = client.welcome().await;
        assert_eq!(welcome.role(), caller.role.to_proto());
        client
    }

    pub(crate) fn join(&self, cursor: Option<v1::Cursor>) -> Said {
        Said::Join(v1::Join {
            sale: self.sale.to_string(),
            cursor,
        })
    }

    pub(crate) fn command(&self, act: v1::command::Act) -> v1::Command {
        let id = Uuid::new_v4().to_string();
        v1::Command {
            id,
            sale: self.sale.to_string(),
            act: Some(act),
        }
    }

    pub(crate) fn place(&self, lot: u32, amount: i64) -> v1::Command {
        self.command(v1::command::Act::PlaceBid(v1::PlaceBid {
            lot,
            amount,
            kind: v1::BidKind::Maximum.into(),
            confirms: String::new(),
        }))
    }
}

/// Lets a paddle of the hall in.
pub(crate) fn hall_paddle(paddle: u32) -> SaleAct {
    SaleAct::AdmitPaddle {
        paddle: Paddle(paddle),
        account: None,
        limit: None,
    }
}

pub(crate) fn sale_terms() -> SaleTerms {
    SaleTerms {
        title: Bilingual {
            ar: "بيع".to_owned(),
            en: "Sale".to_owned(),
        },
        ..testing::sale_terms()
    }
}

pub(crate) fn lot_terms() -> LotTerms {
    LotTerms {
        title: Bilingual {
            ar: "أرض".to_owned(),
            en: "Land".to_owned(),
        },
        kind: "site".to_owned(),
        ..testing::lot_terms(Running::Clerked)
    }
}

pub(crate) fn wire_sale_terms() -> v1::SaleTerms {
    sale_terms_to_proto(&sale_terms())
}

/// A client of the socket.
pub(crate) struct Client {
    pub(crate) ws: WebSocketStream<TcpStream>,
    pub(crate) encoding: Encoding,
    /// What it knows of each sale that it follows.
    pub(crate) pictures: BTreeMap<String, SalePicture>,
    /// The sale of which it heard last.
    sale: String,
}

impl Client {
    /// Connects and takes the first welcome.
    pub(crate) async fn connect(server: &Server, encoding: Encoding) -> Self {
        Self::connect_with(server, encoding, &[]).await
    }

    /// The same through a proxy that says for whom.
    pub(crate) async fn connect_for(server: &Server, whom: &str) -> Self {
        Self::connect_with(server, Encoding::Json, &[("x-forwarded-for", whom)]).await
    }

    async fn connect_with(
        server: &Server,
        encoding: Encoding,
        more: &[(&'static str, &str)],
    ) -> Self {
        let mut headers = vec![("sec-websocket-protocol", encoding.subprotocol())];
        headers.extend_from_slice(more);
        let ws = dial(server, &headers).await.unwrap();
        let mut client = Self {
            ws,
            encoding,
            pictures: BTreeMap::new(),
            sale: String::new(),
        };
        assert_eq!(client.welcome().await.role(), v1::Role::Watcher);
        client
    }

    pub(crate) async fn say(&mut self, body: Said) {
        let frame = v1::ClientFrame { body: Some(body) };
        let bytes = encode(&frame, self.encoding).unwrap();
        let message = match self.encoding {
            Encoding::Json => Message::Text(Utf8Bytes::try_from(bytes).unwrap()),
            Encoding::Proto => Message::Binary(bytes),
        };
        self.ws.send(message).await.unwrap();
    }

    pub(crate) async fn say_raw(&mut self, message: Message) {
        self.ws.send(message).await.unwrap();
    }

    /// The next frame; the reason of the close if there is none.
    pub(crate) async fn next(&mut self) -> Result<Body, Closed> {
        self.next_bytes().await.map(|(_, body)| body)
    }

    /// The next frame with its bytes.
    pub(crate) async fn next_bytes(&mut self) -> Result<(Vec<u8>, Body), Closed> {
        loop {
            let message = timeout(PATIENCE, self.ws.next())
                .await
                .expect("a frame in time");
            let bytes = match (message, self.encoding) {
                (Some(Ok(Message::Text(text))), Encoding::Json) => text.as_bytes().to_vec(),
                (Some(Ok(Message::Binary(bytes))), Encoding::Proto) => bytes.to_vec(),
                (Some(Ok(Message::Ping(_) | Message::Pong(_))), _) => continue,
                (Some(Ok(Message::Close(Some(frame)))), _) => {
                    return Err(Closed(frame.code.into()));
                }
                (Some(Ok(Message::Close(None))) | None, _) => return Err(Closed(1005)),
                (Some(Err(_)), _) => return Err(Closed(1006)),
                (Some(Ok(other)), _) => panic!("unexpected {other:?}"),
            };
            // Strictly, as the server reads ours: its frames have one spelling too.
            let frame: v1::ServerFrame = decode(&bytes, self.encoding).unwrap();
            return Ok((bytes, frame.body.unwrap()));
        }
    }

    pub(crate) async fn welcome(&mut self) -> v1::Welcome {
        match self.next().await.unwrap() {
            Body::Welcome(welcome) => welcome,
            other => panic!("not a welcome: {other:?}"),
        }
    }

    /// The next answer; updates before it are applied, private views are passed over.
    pub(crate) async fn answer(&mut self) -> v1::Answer {
        loop {
            match self.next().await.unwrap() {
                Body::Answer(answer) => return answer,
                Body::Mine(_) => {}
                other => self.apply(other),
            }
        }
    }

    pub(crate) async fn fault(&mut self) -> v1::Fault {
        loop {
            match self.next().await.unwrap() {
                Body::Fault(fault) => return fault,
                Body::Mine(_) => {}
                other => self.apply(other),
            }
        }
    }

    pub(crate) async fn mine(&mut self) -> v1::Mine {
        loop {
            match self.next().await.unwrap() {
                Body::Mine(mine) => return mine,
                other => self.apply(other),
            }
        }
    }

    pub(crate) async fn snapshot(&mut self) -> v1::Snapshot {
        match self.next().await.unwrap() {
            Body::Snapshot(snapshot) => {
                self.apply(Body::Snapshot(snapshot.clone()));
                snapshot
            }
            other => panic!("not a snapshot: {other:?}"),
        }
    }

    pub(crate) async fn update(&mut self) -> v1::Update {
        loop {
            match self.next().await.unwrap() {
                Body::Update(update) => {
                    self.apply(Body::Update(update.clone()));
                    return update;
                }
                Body::Mine(_) | Body::Answer(_) => {}
                other => panic!("not an update: {other:?}"),
            }
        }
    }

    /// Reads until the picture stands at a revision or past it.
    pub(crate) async fn reach(&mut self, revision: u64) -> Vec<v1::Update> {
        let mut updates = Vec::new();
        while self.cursor().revision < revision {
            updates.push(self.update().await);
        }
        updates
    }

    /// The rules of the protocol, and on top: no gap, and nothing older than what is known.
    pub(crate) fn apply(&mut self, body: Body) {
        match body {
            Body::Snapshot(snapshot) => self.picture(&snapshot.sale).snapshot(snapshot).unwrap(),
            Body::Update(update) => {
                let (from, to) = (update.from, update.to);
                let picture = self.picture(&update.sale);
                let taken = picture.update(update).unwrap();
                assert_ne!(taken, UpdateOutcome::Gap, "a gap before {from}");
                let at = picture.cursor().unwrap().revision;
                assert_eq!(at, to, "older than what is known");
            }
            Body::Answer(_) | Body::Mine(_) | Body::Pong(_) => {}
            other => panic!("unexpected {other:?}"),
        }
    }

    fn picture(&mut self, sale: &str) -> &mut SalePicture {
        self.sale = sale.to_owned();
        let new = || SalePicture::new(sale);
        self.pictures.entry(sale.to_owned()).or_insert_with(new)
    }

    /// A lot as it knows it.
    pub(crate) fn lot(&self, stage: &ServedSale, lot: u32) -> LotPicture<'_> {
        let picture = self.pictures.get(&stage.sale.to_string());
        picture.and_then(|picture| picture.lot(lot)).unwrap()
    }

    /// Where it stands in the sale of which it heard last.
    pub(crate) fn cursor(&self) -> v1::Cursor {
        let picture = self.pictures.get(&self.sale);
        picture.and_then(SalePicture::cursor).unwrap_or_default()
    }

    /// Comes with what another one knows.
    pub(crate) fn know(&mut self, other: &Self) {
        self.pictures.clone_from(&other.pictures);
        self.sale.clone_from(&other.sale);
    }

    /// Reads to the end: the code of the close.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Err(Closed(code)) = self.next_bytes().await {
                return code;
            }
        }
    }
}

/// The socket closed, with this code.
#[derive(Debug)]
pub(crate) struct Closed(pub(crate) u16);

/// A handshake with these headers on top of the usual ones.
pub(crate) async fn dial(
    server: &Server,
    headers: &[(&'static str, &str)],
) -> Result<WebSocketStream<TcpStream>, WsError> {
    let address = server.address();
    let mut request = format!("ws://{address}/socket")
        .into_client_request()
        .unwrap();
    for (name, value) in headers {
        request
            .headers_mut()
            .insert(*name, HeaderValue::from_str(value).unwrap());
    }
    let stream = TcpStream::connect(address).await.unwrap();
    client_async(request, stream).await.map(|(ws, _)| ws)
}

/// One request to a server.
pub(crate) async fn request(
    server: &Server,
    method: &str,
    path: &str,
    more: &str,
    body: &str,
) -> Answered {
    request_at(server.address(), method, path, more, body).await
}

pub(crate) async fn get(server: &Server, path: &str, token: Option<&str>) -> Answered {
    let bearer = token.map_or_else(String::new, |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    request(server, "GET", path, &bearer, "").await
}

pub(crate) async fn post(server: &Server, path: &str, token: Option<&str>, body: &str) -> Answered {
    let bearer = token.map_or_else(String::new, |token| {
        format!("authorization: Bearer {token}\r\n")
    });
    let more = format!("content-type: application/json\r\n{bearer}");
    request(server, "POST", path, &more, body).await
}
