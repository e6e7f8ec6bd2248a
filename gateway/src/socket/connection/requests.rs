//! What a client may say, and what follows at once. Whatever takes time becomes work.

use mazad_engine::ArrivalHold;
use mazad_engine::codec::wire_id;
use mazad_office::{Right, allow};
use mazad_proto::v1::{client_frame::Body as Said, server_frame::Body};
use mazad_proto::{Encoding, FaultCode, Unreadable, decode, v1};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use super::{Connection, ConnectionState, Greeting, work};
use crate::commands::authorise;
use crate::faults::Fault;
use crate::limits::{CLIENT_FRAME_BYTES_MAX, IN_FLIGHT_MAX, JOINED_MAX, SECRET_BYTES_MAX};
use crate::socket::close::CloseReason;

impl<S> Connection<S>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    pub(super) fn welcome(&mut self) -> Result<(), CloseReason> {
        let limits = self.gateway.limits();
        let welcome = v1::Welcome {
            time: self.gateway.engine().clock().now().0,
            role: self.caller.role.to_proto().into(),
            heartbeat_ms: u32::try_from(limits.heartbeat.as_millis()).unwrap_or(u32::MAX),
            frame_bytes_max: u32::try_from(CLIENT_FRAME_BYTES_MAX).unwrap_or(u32::MAX),
        };
        self.reply(Body::Welcome(welcome))
    }

    /// A message of the client. Data is stamped first: its last byte has just been read (R0).
    pub(super) fn hear(&mut self, message: &Message) -> Result<(), CloseReason> {
        self.silence.heard();
        if self.rates.frames.check().is_err() {
            self.rates.over.check().map_err(|_| CloseReason::Policy)?;
            return match message {
                Message::Text(text) => self.limited(text.as_bytes(), Encoding::Json),
                Message::Binary(bytes) => self.limited(bytes, Encoding::Proto),
                Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {
                    Ok(())
                }
            };
        }
        let (bytes, encoding) = match message {
            Message::Text(text) => (text.as_bytes(), Encoding::Json),
            Message::Binary(bytes) => (bytes.as_ref(), Encoding::Proto),
            // Ping is answered by the library; the close too, and the stream ends after it.
            Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_) => {
                return Ok(());
            }
        };
        let hold = self.gateway.engine().arrive();
        self.gateway.metrics().frame_in(self.encoding);
        if encoding != self.encoding {
            return self.cannot_read(&FaultCode::WrongEncoding.into());
        }
        match decode::<v1::ClientFrame>(bytes, encoding) {
            Err(error) => self.cannot_read(&error.into()),
            Ok(v1::ClientFrame { body: None }) => {
                let place = Unreadable::choice("ClientFrame", "", 0);
                self.cannot_read(&place.into())
            }
            Ok(v1::ClientFrame { body: Some(said) }) => self.act(said, hold),
        }
    }

    /// A frame over the rate: nothing is done, but its sender hears which command that was.
    fn limited(&mut self, bytes: &[u8], encoding: Encoding) -> Result<(), CloseReason> {
        let said = decode::<v1::ClientFrame>(bytes, encoding).ok();
        let id = match said.and_then(|frame| frame.body) {
            Some(Said::Command(command)) => command.id,
            Some(Said::Lookup(lookup)) => lookup.id,
            Some(Said::Hello(_) | Said::Join(_) | Said::Leave(_) | Said::Ping(_)) | None => {
                String::new()
            }
        };
        self.fault(&Fault::about(FaultCode::RateLimited, &id))
    }

    fn act(&mut self, said: Said, hold: ArrivalHold) -> Result<(), CloseReason> {
        let greeting = std::mem::replace(&mut self.greeting, Greeting::Over);
        if !matches!(said, Said::Hello(_)) {
            self.take_watcher_permit()?;
        }
        let answered = match said {
            Said::Hello(hello) => self.hello(&hello, greeting)?,
            Said::Join(join) => self.join(&join),
            Said::Leave(leave) => self.leave(&leave),
            Said::Command(command) => self.command(&command, hold),
            Said::Lookup(lookup) => self.lookup(&lookup),
            Said::Ping(ping) => {
                let time = self.gateway.engine().clock().now().0;
                self.reply(Body::Pong(v1::Pong {
                    echo: ping.echo,
                    time,
                }))?;
                Ok(())
            }
        };
        match answered {
            Ok(()) => Ok(()),
            Err(fault) if fault.code == FaultCode::Malformed => self.cannot_read(&fault),
            Err(fault) => self.fault(&fault),
        }
    }

    fn cannot_read(&mut self, fault: &Fault) -> Result<(), CloseReason> {
        self.rates
            .malformed
            .check()
            .map_err(|_| CloseReason::Malformed)?;
        self.fault(fault)
    }

    fn hello(
        &mut self,
        hello: &v1::Hello,
        greeting: Greeting,
    ) -> Result<Result<(), Fault>, CloseReason> {
        if greeting == Greeting::Over {
            return Ok(Err(FaultCode::HelloOutOfOrder.into()));
        }
        let ticket = Some(hello.ticket.as_str()).filter(|text| text.len() <= SECRET_BYTES_MAX);
        let Some(caller) = ticket.and_then(|text| self.gateway.office().take_ticket(text)) else {
            self.take_watcher_permit()?;
            return Ok(Err(FaultCode::TicketUnknown.into()));
        };
        // Before somebody else's place is asked for, the own one as a watcher is given back.
        (self.state, self.watcher_permit) = (ConnectionState::Known, None);
        self.needed = CancellationToken::new();
        if let Some(peer) = &self.peer {
            peer.identify(Some(caller.account));
        }
        if !self.gateway.connection_limits().admit_known(caller.role) {
            self.fault(&FaultCode::TooManyConnections.into())?;
            return Err(CloseReason::Full);
        }
        let Some(permit) = self
            .gateway
            .connection_limits()
            .admit_account(caller.account)
        else {
            self.fault(&FaultCode::TooManyConnections.into())?;
            return Err(CloseReason::Policy);
        };
        self.permit = Some(permit);
        self.caller = caller;
        // Asked for after the ticket was taken: a login that ends in between is found ended.
        self.life = self.gateway.office().life(&caller);
        self.welcome()?;
        Ok(Ok(()))
    }

    fn join(&mut self, join: &v1::Join) -> Result<(), Fault> {
        let sale = wire_id::sale_id(&join.sale).map_err(|place| place.within("join"))?;
        allow(&self.caller, Right::WatchPublic, Some(sale))?;
        self.has_room()?;
        let is_new = self.joined_to(sale).is_none();
        if is_new && self.joined.len() >= JOINED_MAX {
            return Err(FaultCode::TooManySales.into());
        }
        self.begin(work::find(&self.gateway, &self.caller, sale, join.cursor));
        Ok(())
    }

    fn leave(&mut self, leave: &v1::Leave) -> Result<(), Fault> {
        let sale = wire_id::sale_id(&leave.sale).map_err(|place| place.within("leave"))?;
        if self.joined_to(sale).is_none() {
            return Err(FaultCode::NotJoined.into());
        }
        self.joined.retain(|joined| joined.sale() != sale);
        Ok(())
    }

    fn command(&mut self, command: &v1::Command, hold: ArrivalHold) -> Result<(), Fault> {
        let about = |fault: Fault| Fault::about(fault.within("command"), &command.id);
        self.has_room().map_err(about)?;
        let authorised = authorise(&self.gateway, &self.caller, command, &hold);
        let authorised = authorised.map_err(about)?;
        self.begin(work::submit(&self.gateway, authorised, hold));
        Ok(())
    }

    fn lookup(&mut self, lookup: &v1::Lookup) -> Result<(), Fault> {
        let about = |fault: Fault| Fault::about(fault.within("lookup"), &lookup.id);
        let sale = wire_id::sale_id(&lookup.sale).map_err(|place| about(place.into()))?;
        let id = wire_id::command_id(&lookup.id).map_err(|place| about(place.into()))?;
        let allowed = allow(&self.caller, Right::ReadAnswer, Some(sale));
        allowed.map_err(|why| about(why.into()))?;
        let actor = self
            .caller
            .actor()
            .ok_or_else(|| about(FaultCode::NotPermitted.into()))?;
        self.has_room().map_err(about)?;
        self.begin(work::lookup(&self.gateway, sale, actor, id));
        Ok(())
    }

    fn has_room(&self) -> Result<(), Fault> {
        if self.in_flight < IN_FLIGHT_MAX {
            Ok(())
        } else {
            Err(FaultCode::TooManyInFlight.into())
        }
    }

    fn begin(&mut self, work: work::Work) {
        self.in_flight = self.in_flight.saturating_add(1);
        self.work.push(work);
    }
}
