//! Who somebody is, and the invites that let people in.

use std::fmt;

use mazad_proto::v1;
use serde::{Deserialize, Serialize};

use crate::numbers;

/// Who the server takes a client for.
///
/// ```no_run
/// use mazad_client::{Client, v1};
///
/// # async fn who() -> Result<(), mazad_client::ClientError> {
/// let client = Client::enter("http://127.0.0.1:8080/enter#SECRET").await?;
/// let me = client.who_am_i().await?;
/// if me.role() == v1::Role::Bidder {
///     println!("paddle {:?} in the sale {:?}", me.paddle, me.sale);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct WhoAmI {
    /// `ROLE_BIDDER` and so on; see [`WhoAmI::role`].
    pub role: String,
    /// The pseudonym of whoever is logged in.
    #[serde(default)]
    pub account: Option<String>,
    /// For a bidder: the one sale.
    #[serde(default)]
    pub sale: Option<String>,
    /// For a bidder: the paddle.
    #[serde(default)]
    pub paddle: Option<u32>,
}

impl WhoAmI {
    /// The role; a watcher for everybody who is not logged in.
    pub fn role(&self) -> v1::Role {
        v1::Role::from_str_name(&self.role).unwrap_or_default()
    }
}

/// The answer to a login: who it is, and a token for all that follows.
#[derive(Deserialize)]
pub(crate) struct LoggedIn {
    pub(crate) token: String,
}

/// Whom to invite. What does not apply is left out.
///
/// ```
/// use mazad_client::NewInvite;
///
/// let bidder = NewInvite { limit: Some(5_000_000), ..NewInvite::bidder("SALE", 7) };
/// assert_eq!((bidder.role.as_str(), bidder.paddle), ("bidder", Some(7)));
/// let clerk = NewInvite::staff("clerk");
/// assert_eq!(clerk.sale, None);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewInvite {
    /// `bidder`, `clerk`, `auctioneer`, `analyst` or `admin`.
    pub role: String,
    /// For a bidder: the sale.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sale: Option<String>,
    /// For a bidder: the paddle. Invited before: the same bidder gets another link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paddle: Option<u32>,
    /// For a bidder: how far all bids together may go, in minor units; `None`: no limit, where the
    /// sale asks for none.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "numbers::write_some"
    )]
    pub limit: Option<i64>,
    /// For staff who are known: the account that gets another link.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What the office calls it, never a person's name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// How many minutes the link is good; `None`: three days for bidders, one for staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_minutes: Option<u32>,
    /// Those who are logged in to the account are logged out at once, in place of when the link is
    /// taken.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub end_logins: bool,
}

impl NewInvite {
    /// A bidder of a sale, without a limit.
    pub fn bidder(sale: &str, paddle: u32) -> Self {
        Self {
            role: "bidder".to_owned(),
            sale: Some(sale.to_owned()),
            paddle: Some(paddle),
            label: format!("paddle {paddle}"),
            ..Self::default()
        }
    }

    /// A member of staff.
    pub fn staff(role: &str) -> Self {
        Self {
            role: role.to_owned(),
            label: role.to_owned(),
            ..Self::default()
        }
    }
}

/// An invite that was made. The link is told once and kept nowhere; it is not shown by `Debug` either.
///
/// ```no_run
/// use mazad_client::{Client, NewInvite};
///
/// # async fn invite(admin: &Client, sale: &str) -> Result<(), mazad_client::ClientError> {
/// let invite = admin.invite(&NewInvite::bidder(sale, 7)).await?;
/// println!("send this to the bidder: {}", invite.link);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invite {
    /// Works once.
    pub link: String,
    /// The same as a picture to photograph.
    pub qr_svg: String,
    /// The pseudonym of the invited.
    pub account: String,
    /// Public id of the invite, with which an admin can withdraw it.
    pub invite: String,
    /// Until when it can be taken, microseconds since 1970 UTC.
    #[serde(deserialize_with = "numbers::read")]
    pub expires_at: u64,
}

/// A link with which the same person comes in on another device too. It is told once and kept nowhere; it
/// is not shown by `Debug` either.
///
/// ```no_run
/// use mazad_client::Client;
///
/// # async fn come_in_twice(laptop: &Client) -> Result<(), mazad_client::ClientError> {
/// let phone = Client::enter(&laptop.device_link().await?.link).await?;
/// assert_eq!(phone.who_am_i().await?, laptop.who_am_i().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeviceLink {
    /// Works once, within ten minutes.
    pub link: String,
    /// The same as a picture to photograph.
    pub qr_svg: String,
    /// Until when it can be taken, microseconds since 1970 UTC.
    #[serde(deserialize_with = "numbers::read")]
    pub expires_at: u64,
}

impl fmt::Debug for DeviceLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceLink(until {})", self.expires_at)
    }
}

impl fmt::Debug for Invite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Invite({})", self.invite)
    }
}
