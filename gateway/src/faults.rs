//! What can go wrong outside the rules of a sale: a frame that cannot be read, a right that is
//! missing, a queue that is full. Nothing was decided. One table has every code with its HTTP
//! status, whether to try again, and a sentence in each language.

use axum::http::StatusCode;
use mazad_engine::SubmitError;
use mazad_engine::store::Refusal;
use mazad_proto::v1;

use crate::auth::{Denied, OfficeError};

macro_rules! faults {
    ($($variant:ident = $word:literal, $status:ident, $retry_ms:literal; $ar:literal; $en:literal)*) => {
        /// What went wrong. The words are stable; `docs/PROTOCOL.md` has the shape around them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultCode { $(#[doc = $en] $variant,)* }

        impl FaultCode {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The status of an HTTP answer with this fault.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)* }
            }

            /// After how long the same request may do better; 0: repeating it does not help.
            pub const fn retry_ms(self) -> u32 {
                match self { $(Self::$variant => $retry_ms,)* }
            }

            /// Arabic, then English.
            const fn sentence(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($ar, $en),)* }
            }
        }
    };
}

faults! {
    Malformed = "malformed", BAD_REQUEST, 0;
        "تعذرت قراءة الرسالة.";
        "The message cannot be read."
    NotCanonical = "not-canonical", BAD_REQUEST, 0;
        "كُتبت الرسالة بغير صيغتها الوحيدة المقبولة.";
        "The message is not written in its one accepted spelling."
    WrongEncoding = "wrong-encoding", UNSUPPORTED_MEDIA_TYPE, 0;
        "ترميز الرسالة غير الترميز المتفق عليه للاتصال.";
        "The message is not in the encoding agreed for this connection."
    TooLarge = "too-large", PAYLOAD_TOO_LARGE, 0;
        "الرسالة أكبر من المسموح.";
        "The message is larger than allowed."
    SubprotocolUnknown = "subprotocol-unknown", BAD_REQUEST, 0;
        "اطلب البروتوكول الفرعي mazad.v1.json أو mazad.v1.proto.";
        "Ask for the subprotocol mazad.v1.json or mazad.v1.proto."
    UpgradeRequired = "upgrade-required", UPGRADE_REQUIRED, 0;
        "هذا العنوان لاتصال WebSocket بالإصدار 13 فقط.";
        "This address takes WebSocket connections of version 13 only."
    OriginForeign = "origin-foreign", FORBIDDEN, 0;
        "لا يُقبل الطلب من صفحة موقع آخر.";
        "Requests from the pages of another site are not taken."
    HelloOutOfOrder = "hello-out-of-order", CONFLICT, 0;
        "التعريف يُرسل مرة واحدة وقبل أي رسالة أخرى؛ افتح اتصالًا جديدًا.";
        "Hello comes first and once; open a new connection."
    TicketUnknown = "ticket-unknown", UNAUTHORIZED, 0;
        "التذكرة غير معروفة أو استُخدمت أو انتهت؛ اطلب تذكرة جديدة.";
        "The ticket is unknown, used or too old; ask for a new one."
    InviteUnknown = "invite-unknown", UNAUTHORIZED, 0;
        "رابط الدعوة غير معروف أو استُخدم أو انتهى؛ اطلب رابطًا جديدًا.";
        "The invite is unknown, used or too old; ask for a new one."
    NotLoggedIn = "not-logged-in", UNAUTHORIZED, 0;
        "سجّل الدخول أولًا برابط الدعوة.";
        "Log in first, with your invite."
    NotPermitted = "not-permitted", FORBIDDEN, 0;
        "لا تسمح صلاحيتك بهذا الإجراء.";
        "Your role does not permit this."
    SaleUnknown = "sale-unknown", NOT_FOUND, 0;
        "لا توجد جلسة بهذا الرقم.";
        "There is no such sale."
    LotUnknown = "lot-unknown", NOT_FOUND, 0;
        "لا يوجد لوط بهذا الرقم في الجلسة.";
        "The sale has no such lot."
    NotFound = "not-found", NOT_FOUND, 0;
        "لا يوجد شيء في هذا العنوان.";
        "There is nothing at this address."
    MethodNotAllowed = "method-not-allowed", METHOD_NOT_ALLOWED, 0;
        "لا يُقبل هذا الفعل في هذا العنوان.";
        "This address does not take this method."
    NotJoined = "not-joined", CONFLICT, 0;
        "هذا الاتصال لا يتابع هذه الجلسة.";
        "This connection does not follow this sale."
    TooManySales = "too-many-sales", TOO_MANY_REQUESTS, 0;
        "هذا الاتصال يتابع أقصى عدد من الجلسات؛ اترك إحداها أولًا.";
        "This connection follows as many sales as it may; leave one first."
    TooManyInFlight = "too-many-in-flight", TOO_MANY_REQUESTS, 200;
        "أوامر كثيرة لم يُرد عليها بعد؛ انتظر ردًا ثم أعد المحاولة.";
        "Too many commands wait for their answers; wait for one, then try again."
    RateLimited = "rate-limited", TOO_MANY_REQUESTS, 1_000;
        "رسائل كثيرة في وقت قصير؛ تمهّل ثم أعد المحاولة.";
        "Too many messages in a short time; wait a moment and try again."
    TooManyConnections = "too-many-connections", TOO_MANY_REQUESTS, 5_000;
        "اتصالات مفتوحة كثيرة؛ أغلق بعضها ثم أعد المحاولة.";
        "Too many connections are open; close some and try again."
    Busy = "busy", SERVICE_UNAVAILABLE, 500;
        "الخادم مشغول؛ أعد إرسال الأمر نفسه بعد لحظة.";
        "The server is busy; send the same command again in a moment."
    CommandIdReused = "command-id-reused", CONFLICT, 0;
        "استُخدم رقم الأمر هذا لأمر آخر.";
        "This command id belongs to another command."
    OutcomeUnknown = "outcome-unknown", SERVICE_UNAVAILABLE, 1_000;
        "لا يُعرف بعد ما جرى للأمر؛ أعد إرساله بالرقم نفسه.";
        "What became of the command is not known yet; send it again with the same id."
    SaleHalted = "sale-halted", SERVICE_UNAVAILABLE, 5_000;
        "توقف الخادم عن تسجيل هذه الجلسة؛ أعد المحاولة بعد قليل.";
        "The server has stopped writing this sale; try again shortly."
    StoreFull = "store-full", SERVICE_UNAVAILABLE, 5_000;
        "امتلأ قرص الخادم؛ لم يُقرَّر شيء. أعد المحاولة بعد قليل.";
        "The server's disk is full and nothing was decided; try again shortly."
    Stopping = "stopping", SERVICE_UNAVAILABLE, 3_000;
        "الخادم يُعاد تشغيله؛ عُد بعد ثوانٍ.";
        "The server is restarting; come back in a few seconds."
    Timeout = "timeout", REQUEST_TIMEOUT, 1_000;
        "استغرق الطلب وقتًا أطول من المسموح.";
        "The request took longer than allowed."
    Internal = "internal", INTERNAL_SERVER_ERROR, 1_000;
        "حدث خطأ في الخادم؛ أعد المحاولة بعد قليل.";
        "Something failed in the server; try again shortly."
}

/// A fault with the id of the command it is about, if one is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What went wrong.
    pub code: FaultCode,
    /// Id of the command, as its sender wrote it.
    pub id: String,
}

impl From<FaultCode> for Fault {
    fn from(code: FaultCode) -> Self {
        Self {
            code,
            id: String::new(),
        }
    }
}

impl FaultCode {
    /// The fault about one command.
    pub fn about(self, id: &str) -> Fault {
        Fault {
            code: self,
            id: id.to_owned(),
        }
    }
}

impl From<SubmitError> for FaultCode {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::UnknownSale => Self::SaleUnknown,
            SubmitError::QueueFull => Self::Busy,
            SubmitError::Reused => Self::CommandIdReused,
            SubmitError::Unknown => Self::OutcomeUnknown,
            SubmitError::StoreFull => Self::StoreFull,
            SubmitError::Halted => Self::SaleHalted,
        }
    }
}

impl From<OfficeError> for FaultCode {
    fn from(error: OfficeError) -> Self {
        match error {
            OfficeError::Denied(why) => why.into(),
            OfficeError::InviteInvalid => Self::InviteUnknown,
            OfficeError::Malformed(_) => Self::Malformed,
            OfficeError::NotFound => Self::NotFound,
            OfficeError::Disabled => Self::NotPermitted,
            OfficeError::Full(_) | OfficeError::Busy => Self::Busy,
            OfficeError::Unsure => Self::OutcomeUnknown,
            OfficeError::Refused(Refusal::DiskFull) => Self::StoreFull,
            OfficeError::Refused(Refusal::Closed) => Self::Stopping,
            OfficeError::Refused(Refusal::Size)
            | OfficeError::Read(_)
            | OfficeError::Damaged { .. } => {
                tracing::error!(%error, "the office failed");
                Self::Internal
            }
        }
    }
}

impl From<Denied> for FaultCode {
    fn from(why: Denied) -> Self {
        match why {
            Denied::LoginNeeded => Self::NotLoggedIn,
            Denied::RightMissing | Denied::OtherSale => Self::NotPermitted,
        }
    }
}

impl From<&mazad_proto::FrameError> for FaultCode {
    fn from(error: &mazad_proto::FrameError) -> Self {
        match error {
            mazad_proto::FrameError::Malformed(_) => Self::Malformed,
            mazad_proto::FrameError::NotCanonical => Self::NotCanonical,
        }
    }
}

impl Fault {
    /// The fault as it is sent.
    pub fn to_wire(&self) -> v1::Fault {
        let (ar, en) = self.code.sentence();
        v1::Fault {
            code: self.code.as_str().to_owned(),
            message: Some(v1::Bilingual {
                ar: ar.to_owned(),
                en: en.to_owned(),
            }),
            id: self.id.clone(),
            retry_ms: self.code.retry_ms(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_fault_has_its_own_word_and_a_sentence_in_both_languages() {
        let words: BTreeSet<_> = FaultCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(words.len(), FaultCode::ALL.len());
        for code in FaultCode::ALL {
            let (ar, en) = code.sentence();
            assert!(
                ar.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c)),
                "{code:?}"
            );
            assert!(en.is_ascii(), "{code:?}");
            assert!(ar.ends_with('.') && en.ends_with('.'), "{code:?}");
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }
}
