//! The HTTP interface, and the way to the live socket.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use hyper::Method;
use hyper::header::HeaderValue;
use mazad_proto::{Encoding, encode, v1};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use tokio::sync::{Mutex, watch};
use tokio::time::sleep;

use crate::address::Whereabouts;
use crate::http::{Asked, HttpLine, LineError};
use crate::limits::{DOUBT_PAUSE, DOUBTS_MAX, RETRY_WAIT_MAX, TRIES_MAX};
use crate::people::LoggedIn;
use crate::sales::Sales;
use crate::{
    ClientError, Connection, DeviceLink, HttpReply, Invite, InviteLink, JoinedSale, LotBook,
    NewInvite, SaleBook, SaleLine, SaleResults, ServerAddress, WhoAmI,
};

/// Somebody who asks a server: known by a token, or a watcher.
///
/// Clones share one connection, which is kept open; their requests go one after the other. A request
/// that the server wants to hear again later (`retryMs`) is sent again after that pause. A command, and
/// whatever only reads, is also sent again if the connection breaks; anything else is not, since nobody
/// knows whether it was done.
///
/// ```no_run
/// use mazad_client::{Client, Encoding};
///
/// # async fn come_in() -> Result<(), mazad_client::ClientError> {
/// let bidder = Client::enter("http://127.0.0.1:8080/enter#SECRET").await?;
/// let me = bidder.who_am_i().await?;
/// let sale = bidder.join(&me.sale.unwrap_or_default(), Encoding::Proto);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    server: Whereabouts,
    token: Option<Token>,
    line: Arc<Mutex<Option<HttpLine>>>,
    tries: u32,
}

/// A bearer token, which is shown nowhere.
#[derive(Clone)]
struct Token {
    text: String,
    header: Option<HeaderValue>,
}

impl Token {
    fn new(text: String) -> Self {
        let mut header = HeaderValue::try_from(format!("Bearer {text}")).ok();
        if let Some(header) = &mut header {
            header.set_sensitive(true);
        }
        Self { text, header }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

impl Client {
    /// Somebody unknown, at a server of this machine such as `http://127.0.0.1:8080`. Nothing is sent
    /// yet.
    ///
    /// # Errors
    /// [`ClientError::Address`]: see [`ServerAddress`].
    pub fn new(url: &str) -> Result<Self, ClientError> {
        Ok(Self::to(ServerAddress::local(url)?))
    }

    /// Somebody unknown, at a server.
    ///
    /// ```
    /// use mazad_client::{Client, ServerAddress};
    ///
    /// let hall = ServerAddress::on_trusted_network("http://192.168.1.5:8080")?;
    /// let watcher = Client::to(hall);
    /// assert_eq!(watcher.token(), None);
    /// # Ok::<(), mazad_client::ClientError>(())
    /// ```
    pub fn to(server: ServerAddress) -> Self {
        Self::of(Whereabouts::Fixed(server))
    }

    /// Somebody unknown, at a server that moves: whoever knows where it is says so, and `None` while
    /// nobody does. Each request and each return of a [`JoinedSale`] goes to where it is then.
    pub fn to_moving(server: watch::Receiver<Option<ServerAddress>>) -> Self {
        Self::of(Whereabouts::Moving(server))
    }

    fn of(server: Whereabouts) -> Self {
        Self {
            server,
            token: None,
            line: Arc::default(),
            tries: TRIES_MAX,
        }
    }

    /// Takes a link that lets somebody in, once, and is whoever was invited. The server must be one of
    /// this machine; if the link names another address, which is the one for browsers, see
    /// [`Client::log_in`].
    ///
    /// # Errors
    /// The link was used, has grown old or was withdrawn; the server cannot be reached.
    pub async fn enter(link: &str) -> Result<Self, ClientError> {
        let link = InviteLink::parse(link)?;
        Self::new(link.server())?.log_in(link.secret()).await
    }

    /// Takes the secret of a link, once, and is whoever was invited, at the same server. Earlier logins
    /// of the account end.
    ///
    /// ```no_run
    /// use mazad_client::{Client, InviteLink};
    ///
    /// # async fn come_in() -> Result<(), mazad_client::ClientError> {
    /// // For browsers the server is elsewhere; its listener for programs is here.
    /// let link = InviteLink::parse("https://mazad.example/enter#SECRET")?;
    /// let bidder = Client::new("http://127.0.0.1:39001")?.log_in(link.secret()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Client::enter`].
    pub async fn log_in(&self, secret: &str) -> Result<Self, ClientError> {
        let LoggedIn { token } = self
            .post("/api/session", &json!({ "secret": secret }))
            .await?;
        Ok(self.with_token(token))
    }

    /// Whoever holds a token, at the same server.
    #[must_use]
    pub fn with_token(&self, token: impl Into<String>) -> Self {
        Self {
            token: Some(Token::new(token.into())),
            ..self.clone()
        }
    }

    /// Somebody unknown, at the same server.
    #[must_use]
    pub fn without_token(&self) -> Self {
        Self {
            token: None,
            ..self.clone()
        }
    }

    /// The same, who sends a request so many times at most before a fault that asks to come back is told
    /// like any other; 1: once.
    #[must_use]
    pub fn trying(&self, tries: u32) -> Self {
        Self {
            tries,
            ..self.clone()
        }
    }

    /// The token, if this is somebody who is known. It is all that is needed to come back as the same
    /// person: keep it as you would keep a password.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.text.as_str())
    }

    /// Where the server is now.
    ///
    /// # Errors
    /// It moves, and nobody has known where it is for long.
    pub async fn address(&self) -> Result<ServerAddress, ClientError> {
        self.server.now().await
    }

    pub(crate) const fn server(&self) -> &Whereabouts {
        &self.server
    }

    // People.

    /// Who the server takes this client for.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub async fn who_am_i(&self) -> Result<WhoAmI, ClientError> {
        self.get_json("/api/session").await
    }

    /// Ends this token. Its sockets close with 4001.
    ///
    /// # Errors
    /// Nobody is logged in, or the server cannot be reached.
    pub async fn log_out(&self) -> Result<(), ClientError> {
        let asked = self.asked(Method::DELETE, "/api/session", None)?;
        self.call(asked, Again::Never).await?.good().map(drop)
    }

    /// Invites somebody; a bidder is also admitted to the sale.
    ///
    /// # Errors
    /// The caller may not invite, or the sale refuses the paddle.
    pub async fn invite(&self, new: &NewInvite) -> Result<Invite, ClientError> {
        self.post("/api/invites", new).await
    }

    /// A link with which the same person comes in on another device too.
    ///
    /// # Errors
    /// Nobody is logged in, or the server cannot be reached.
    pub async fn device_link(&self) -> Result<DeviceLink, ClientError> {
        self.post("/api/v1/device", &json!({})).await
    }

    /// Ends a login or withdraws an invite, by its public id.
    ///
    /// # Errors
    /// There is none with this id, or the caller may not. `outcome-unknown`: it has ended and is not
    /// written yet.
    pub async fn revoke(&self, id: &str) -> Result<(), ClientError> {
        self.post("/api/people/revoke", &json!({ "id": id })).await
    }

    /// Shuts an account out for ever.
    ///
    /// # Errors
    /// There is none with this id, or the caller may not.
    pub async fn disable(&self, id: &str) -> Result<(), ClientError> {
        self.post("/api/people/disable", &json!({ "id": id })).await
    }

    // Sales.

    /// Every sale, those that run first.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub async fn sales(&self) -> Result<Vec<SaleLine>, ClientError> {
        let Sales { sales } = self.get_json("/api/sales").await?;
        Ok(sales)
    }

    /// One sale with its catalogue.
    ///
    /// # Errors
    /// There is none with this id.
    pub async fn sale(&self, sale: &str) -> Result<SaleBook, ClientError> {
        self.get_json(&format!("/api/sales/{sale}")).await
    }

    /// All of a sale that moves, with a cursor to join it from.
    ///
    /// # Errors
    /// There is none with this id.
    pub async fn snapshot(&self, sale: &str) -> Result<v1::Snapshot, ClientError> {
        let path = format!("/api/sales/{sale}/snapshot");
        self.get(&path).await?.message()
    }

    /// One lot: what is offered and how it stands.
    ///
    /// # Errors
    /// The sale has no such lot.
    pub async fn lot(&self, sale: &str, lot: u32) -> Result<LotBook, ClientError> {
        self.get_json(&format!("/api/sales/{sale}/lots/{lot}"))
            .await
    }

    /// What became of the lots that have ended.
    ///
    /// # Errors
    /// There is no such sale.
    pub async fn results(&self, sale: &str) -> Result<SaleResults, ClientError> {
        self.get_json(&format!("/api/sales/{sale}/results")).await
    }

    /// What only this bidder may know: limit, exposure and own maxima.
    ///
    /// # Errors
    /// The caller is no bidder of this sale.
    pub async fn mine(&self, sale: &str) -> Result<v1::Mine, ClientError> {
        let path = format!("/api/sales/{sale}/mine");
        self.get(&path).await?.message()
    }

    // Commands.

    /// Sends a command until it is answered: the same bytes with the same id again whenever there is
    /// doubt. For many commands, or for the sale itself, [`Client::join`] is faster.
    ///
    /// ```no_run
    /// use mazad_client::{Client, bid, command, v1};
    ///
    /// # async fn bid_once(bidder: &Client, sale: &str) -> Result<(), mazad_client::ClientError> {
    /// let answer = bidder.command(&command(sale, bid(7, 120_000))).await?;
    /// if answer.verdict() == v1::Verdict::Refused {
    ///     println!("{} {}", answer.rule, answer.message.unwrap_or_default().en);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A fault that repeating does not help; or the server cannot be reached any more, and
    /// [`ClientError::is_in_doubt`] says whether the command may have been decided.
    pub async fn command(&self, command: &v1::Command) -> Result<v1::Answer, ClientError> {
        let path = format!("/api/sales/{}/commands", command.sale);
        let body = encode(command, Encoding::Json);
        let body = body.map_err(|error| ClientError::Request(error.to_string()))?;
        let asked = self.asked(Method::POST, &path, Some(body))?;
        self.call(asked, Again::Always).await?.message()
    }

    /// What an act of staff would lead to, or why it would be refused: nothing is decided. What the act
    /// has to name of the standing is told in the answer.
    ///
    /// ```no_run
    /// use mazad_client::{Act, Client, command, v1};
    ///
    /// # async fn look(clerk: &Client, sale: &str) -> Result<(), mazad_client::ClientError> {
    /// let void = v1::VoidBid { lot: 7, bid: 3, cause: v1::VoidCause::TypingError.into(), ..v1::VoidBid::default() };
    /// let preview = clerk.preview(&command(sale, Act::VoidBid(void.clone()))).await?;
    /// for lot in &preview.lots {
    ///     println!("lot {}: {:?} becomes {:?}", lot.lot, lot.before, lot.after);
    /// }
    /// let leads_to = preview.lots.iter().find(|lot| lot.lot == 7).and_then(|lot| lot.leads_to);
    /// clerk.command(&command(sale, Act::VoidBid(v1::VoidBid { leads_to, ..void }))).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The caller may not ask for the act, or there is no such sale.
    pub async fn preview(&self, command: &v1::Command) -> Result<v1::Preview, ClientError> {
        let body = encode(command, Encoding::Json);
        let body = body.map_err(|error| ClientError::Request(error.to_string()))?;
        let asked = self.asked(Method::POST, "/api/v1/preview", Some(body))?;
        self.call(asked, Again::Always).await?.message()
    }

    /// The answer to a command that was sent before, perhaps by another program; `None`: nobody has seen
    /// it.
    ///
    /// # Errors
    /// The caller did not send it, or there is no such sale.
    pub async fn answer(&self, sale: &str, id: &str) -> Result<Option<v1::Answer>, ClientError> {
        let path = format!("/api/sales/{sale}/answers/{id}");
        let reply = self.get(&path).await?.good()?;
        if let Ok(answer) = reply.clone().message() {
            return Ok(Some(answer));
        }
        reply.message::<v1::NotSeen>().map(|_| None)
    }

    // The socket.

    /// A ticket that says on one socket, within 30 s, who is here.
    ///
    /// # Errors
    /// Nobody is logged in.
    pub async fn ticket(&self) -> Result<String, ClientError> {
        #[derive(serde::Deserialize)]
        struct Ticket {
            ticket: String,
        }
        let Ticket { ticket } = self.post("/api/tickets", &json!({})).await?;
        Ok(ticket)
    }

    /// Opens a socket, and says who is here if this is somebody who is known.
    ///
    /// # Errors
    /// The server cannot be reached or lets nobody in, or the token is good for nothing any more.
    pub async fn connect(&self, encoding: Encoding) -> Result<Connection, ClientError> {
        let ticket = match self.token {
            Some(_) => Some(self.ticket().await?),
            None => None,
        };
        let address = self.address().await?;
        let mut connection = Connection::open(&address, encoding).await?;
        if let Some(ticket) = ticket {
            connection.hello(ticket).await?;
        }
        Ok(connection)
    }

    /// Follows a sale and sends commands to it, over as many connections as it takes. Nothing is sent
    /// before [`JoinedSale::next`] or a command is awaited.
    pub fn join(&self, sale: &str, encoding: Encoding) -> JoinedSale {
        JoinedSale::new(self, sale, encoding)
    }

    // Anything else of the interface.

    /// Whatever a path has, whatever its status.
    ///
    /// # Errors
    /// The server cannot be reached.
    pub async fn get(&self, path: &str) -> Result<HttpReply, ClientError> {
        let asked = self.asked(Method::GET, path, None)?;
        self.call(asked, Again::Always).await
    }

    /// The JSON at a path.
    ///
    /// # Errors
    /// The server says no or cannot be reached, or its answer is another.
    pub async fn get_json<T: DeserializeOwned>(&self, path: &str) -> Result<T, ClientError> {
        self.get(path).await?.json()
    }

    /// Posts JSON, and gives the JSON of the answer; nothing is `null`, or `()`.
    ///
    /// # Errors
    /// The server says no or cannot be reached, or its answer is another. It is not asked again if
    /// nobody knows whether it was done.
    pub async fn post<B, T>(&self, path: &str, body: &B) -> Result<T, ClientError>
    where
        B: Serialize + ?Sized,
        T: DeserializeOwned,
    {
        let body = serde_json::to_vec(body);
        let body = body.map_err(|error| ClientError::Request(error.to_string()))?;
        let asked = self.asked(Method::POST, path, Some(body.into()))?;
        self.call(asked, Again::IfUndecided).await?.json()
    }

    fn asked<'a>(
        &'a self,
        method: Method,
        path: &'a str,
        body: Option<Bytes>,
    ) -> Result<Asked<'a>, ClientError> {
        let bearer = match &self.token {
            None => None,
            Some(Token {
                header: Some(header),
                ..
            }) => Some(header),
            Some(_) => return Err(ClientError::Request("the token is none".to_owned())),
        };
        Ok(Asked {
            method,
            path,
            body,
            bearer,
        })
    }

    /// Asks, and again as often as it may be and helps.
    async fn call(&self, asked: Asked<'_>, again: Again) -> Result<HttpReply, ClientError> {
        let (mut tries, mut doubts) = (1, 0);
        loop {
            let pause = match self.once(&asked).await {
                Ok(reply) => match reply.fault().and_then(|fault| again.after_fault(&fault)) {
                    Some(pause) if tries < self.tries => pause,
                    Some(_) | None => return Ok(reply),
                },
                Err(error) => {
                    let is_doubt = error.is_in_doubt() || doubts > 0;
                    if !is_doubt || again != Again::Always || doubts >= DOUBTS_MAX {
                        return Err(error);
                    }
                    doubts += 1;
                    DOUBT_PAUSE.saturating_mul(1 << doubts) / 2
                }
            };
            tries += 1;
            sleep(pause).await;
        }
    }

    /// Asks once; once more if the kept connection had been closed before anything was sent.
    async fn once(&self, asked: &Asked<'_>) -> Result<HttpReply, ClientError> {
        let address = self.server.now().await?;
        let mut kept = self.line.lock().await;
        // Taken out while it is used: whoever stops waiting for an answer leaves none in the way.
        let line = kept.take().filter(|line| line.leads_to(&address));
        if let Some(mut line) = line {
            match line.ask(asked).await {
                Err(LineError::Unsent(_)) => {}
                Err(error) => return Err(error.into()),
                Ok(reply) => {
                    *kept = Some(line);
                    return Ok(reply);
                }
            }
        }
        let mut fresh = HttpLine::open(&address).await?;
        let reply = fresh.ask(asked).await?;
        *kept = Some(fresh);
        Ok(reply)
    }
}

/// When a request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// It has the same effect however often it is sent.
    Always,
    /// Only if the server says that nothing was decided.
    IfUndecided,
    /// Somebody else must look first.
    Never,
}

impl Again {
    fn after_fault(self, fault: &crate::Fault) -> Option<std::time::Duration> {
        let may = match self {
            Self::Always => true,
            Self::IfUndecided => !fault.is_outcome_unknown(),
            Self::Never => false,
        };
        let retry = fault.retry.filter(|_| may)?;
        Some(retry.min(RETRY_WAIT_MAX))
    }
}
