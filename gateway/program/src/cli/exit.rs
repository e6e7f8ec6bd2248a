//! Every way the program ends: one number for each different reaction of whoever called it.

use std::fmt;
use std::io::{self, ErrorKind};
use std::process::ExitCode;

use mazad_texts::shown;

/// How a command ended. The numbers are a contract with scripts (`docs/COMMANDS.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Ok = 0,
    /// Failed for a reason that has no number of its own.
    General = 1,
    /// The command line was not understood (clap's number).
    Usage = 2,
    /// `verify` found something that is not as it must be.
    VerifyFailed = 3,
    /// `import` found mistakes in the table: nothing was imported.
    ImportHasErrors = 4,
    /// `doctor` would not put a log on this machine.
    Unfit = 5,
    /// `demo --until-end` ended with something that is not good.
    DemoFailed = 6,
    /// `demo --until-end` was stopped before its sale had ended.
    Stopped = 7,
    /// `restore` has restored what there is, and somebody has seen more.
    RestoredShort = 8,
    /// The log is damaged: bytes that were durable have changed or are missing.
    Damaged = 65,
    /// The folder holds no store, or the store holds no such sale.
    NotFound = 66,
    /// A copy of a folder whose end is missing, as one made with `cp` while the house ran.
    CutCopy = 67,
    /// Another process writes this store.
    Locked = 69,
    /// A bug of this program.
    Internal = 70,
    /// The file system of the folder cannot be written.
    ReadOnly = 73,
    /// The operating system failed a call on the log. Of a write or sync: nothing may be built on it,
    /// and the process never tries it again. Nothing says that the log is damaged.
    DiskFailed = 74,
    /// Another version of this program wrote the log.
    OtherVersion = 76,
    /// The folder was written on another machine.
    OtherHost = 77,
    /// The folder's key is missing: what is sealed in the log cannot be opened.
    KeyMissing = 78,
    /// A build from before the first release wrote the log: it does not say what was asked.
    BeforeRelease = 79,
}

/// What to do, in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Advice {
    pub(crate) ar: &'static str,
    pub(crate) en: &'static str,
}

impl Exit {
    /// The number for a call on the log that the operating system failed.
    pub(crate) fn of_io(error: &io::Error) -> Self {
        match error.kind() {
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            // Whoever started the program has no right to the folder: no matter of the disk.
            ErrorKind::PermissionDenied => Self::General,
            _ => Self::DiskFailed,
        }
    }

    pub(crate) const fn code(self) -> u8 {
        self as u8
    }

    /// What whoever meets this number should know; nothing where the error says it all.
    #[expect(clippy::too_many_lines, reason = "a table: one row for each number")]
    pub(crate) const fn advice(self) -> Option<Advice> {
        let (ar, en) = match self {
            Self::Ok
            | Self::General
            | Self::Usage
            | Self::VerifyFailed
            | Self::ImportHasErrors
            | Self::DemoFailed
            | Self::NotFound => return None,
            Self::Unfit => (
                "هذا المجلد لا يصلح لحفظ السجل: ضعه على قرص محلي في هذا الجهاز.",
                "This folder is not fit for a log: keep it on a local disk of this machine.",
            ),
            Self::Stopped => (
                "أُوقف العرض قبل انتهاء المزاد: شغّله من جديد على المجلد نفسه ليُكمل.",
                "The demo was stopped before its sale had ended: start it again on the same folder.",
            ),
            Self::Damaged => (
                "السجل تالف ولن يُخمَّن ما ضاع منه: اترك المجلد كما هو. إن كانت لديك نسخة من المجلد كله \
                 يجدها mazad verify سليمة فهي تُكمل، وينقصها ما كُتب بعدها؛ والقرار لمن يملك المزاد.",
                "The log is damaged, and what is lost is not guessed: leave the folder as it is. If you \
                 have a copy of the whole folder that `mazad verify` finds good, that one goes on, \
                 without what was written after it; whoever owns the sale decides.",
            ),
            Self::RestoredShort => (
                "استُعيد كل ما في النسخة، وينقصها ما ذُكر أعلاه وقد رآه الناس: القرار لمن يملك المزاد قبل \
                 أن يُكمل.",
                "All that the copy has is restored. It lacks what is told above, which people have seen: \
                 whoever owns the sale decides before it goes on.",
            ),
            Self::CutCopy => (
                "هذه نسخة ينقصها آخرها، كما تكون نسخة cp من مجلد يعمل. انسخ المجلد العامل بالأمر mazad \
                 backup؛ وإن لم يبق غير هذه النسخة فالأمر mazad restore يأخذ منها كل ما هو سليم ويقول ما \
                 ينقص.",
                "The end of this copy is missing, as of a folder that was copied with cp while it ran. Copy \
                 a running one with `mazad backup`; if this copy is all there is, `mazad restore` takes \
                 all of it that is whole and tells what is lacking.",
            ),
            Self::Locked => (
                "برنامج آخر يكتب في هذا المجلد: استخدمه أو أوقفه أولا.",
                "Another process writes this folder: use that one, or stop it first.",
            ),
            Self::Internal => (
                "خطأ في البرنامج نفسه. ما قيل إنه محفوظ فهو محفوظ؛ شغّله من جديد وأبلغ عن الخطأ.",
                "A bug of this program. What was told as durable is; start again, and report it.",
            ),
            Self::ReadOnly => (
                "نظام الملفات الذي فيه المجلد للقراءة فقط، ولم يُكتب فيه شيء: أعد تركيبه قابلا للكتابة، \
                 وإن صار للقراءة فقط من تلقاء نفسه فافحص القرص أولا.",
                "The file system of the folder is read-only, and nothing was written: mount it for \
                 writing. If it became read-only by itself, look at the disk first.",
            ),
            Self::DiskFailed => (
                "رفض نظام التشغيل قراءة السجل أو كتابته، ولا يعني ذلك أن السجل تالف: افحص القرص والمساحة \
                 الباقية ثم شغّل البرنامج من جديد.",
                "The operating system failed a read or write of the log, which is no sign that the log \
                 is damaged: look at the disk and its free space, then start again.",
            ),
            Self::OtherVersion => (
                "كتب هذا السجل إصدار آخر من البرنامج: استخدم ذلك الإصدار أو إصدارا أحدث.",
                "Another version of this program wrote the log: use that one, or a newer one.",
            ),
            Self::OtherHost => (
                "كُتب هذا المجلد على جهاز آخر. إن كان ذلك الجهاز لن يكتب فيه ثانية فاستخدم: \
                 mazad serve --adopt \"السبب\"",
                "This folder was written on another machine. If that one will never write it again: \
                 mazad serve --adopt REASON",
            ),
            Self::KeyMissing => (
                "ملف المفتاح engine.key غير موجود، وبدونه لا تُفتح الحدود القصوى المختومة: أعده إن كنت قد احتفظت بنسخة منه.",
                "The file engine.key is missing, and without it sealed maxima stay closed: put it \
                 back, if you kept a copy of it.",
            ),
            Self::BeforeRelease => (
                "كتبت هذا السجل نسخة سابقة للإصدار الأول ولا تحويل منها: ابدأ بمجلد جديد.",
                "This log was written by a build from before the first release. There is no \
                 migration: start a new folder.",
            ),
        };
        Some(Advice { ar, en })
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command could not go on, and the number that says so.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// What happened, outermost first.
    pub(crate) error: anyhow::Error,
    /// More about it, if there is.
    pub(crate) detail: Option<Box<Detail>>,
}

/// More about a failure, in both languages and for programs.
#[derive(Debug)]
pub(crate) struct Detail {
    pub(crate) ar: String,
    pub(crate) en: String,
    pub(crate) json: serde_json::Value,
}

impl Failure {
    /// A failure with a number of its own.
    pub(crate) fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit,
            error: error.into(),
            detail: None,
        }
    }

    /// A failure told in words.
    pub(crate) fn told(exit: Exit, words: impl fmt::Display) -> Self {
        Self::new(exit, anyhow::anyhow!("{words}"))
    }

    /// Whether whoever read our output has gone: not worth a word (`replay | head`).
    pub(crate) fn is_broken_pipe(&self) -> bool {
        self.is_io(ErrorKind::BrokenPipe)
    }

    /// Whether the operating system said this.
    pub(crate) fn is_io(&self, kind: ErrorKind) -> bool {
        self.error.chain().any(|cause| {
            let said = cause.downcast_ref::<io::Error>().map(io::Error::kind);
            let in_json = cause.downcast_ref::<serde_json::Error>();
            said.or_else(|| in_json?.io_error_kind()) == Some(kind)
        })
    }

    /// The same with words before it that say what to do.
    pub(crate) fn because(self, words: &'static str) -> Self {
        Self {
            error: self.error.context(words),
            ..self
        }
    }
}

/// The error and its causes in one line. Many of ours name their cause themselves: said once.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = String::new();
        for cause in self.error.chain() {
            let next = cause.to_string();
            if said.ends_with(&next) {
                continue;
            }
            if !said.is_empty() {
                said.push_str(": ");
            }
            said.push_str(&next);
        }
        f.write_str(&shown(&said))
    }
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::new(Exit::General, error)
    }
}

/// What a command gives back.
pub(crate) type ExitResult = Result<Exit, Failure>;
