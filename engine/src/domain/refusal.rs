//! Every way to say no, with a stable code, the rule behind it and the figures used (R0).

/// A refusal: a normal answer, and a fact in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Which rule said no.
    pub code: Code,
    /// The figures it used, by name.
    pub figures: Vec<(Figure, i64)>,
}

impl Refusal {
    /// A refusal without figures.
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            figures: Vec::new(),
        }
    }

    /// The same with one more figure. Figures stand in the order of [`Figure`].
    #[must_use]
    pub fn with(mut self, figure: Figure, value: i64) -> Self {
        let after = self.figures.partition_point(|(name, _)| *name <= figure);
        self.figures.insert(after, (figure, value));
        self
    }

    /// The value of a figure, if the refusal used it.
    pub fn figure(&self, figure: Figure) -> Option<i64> {
        self.figures
            .iter()
            .find(|(name, _)| *name == figure)
            .map(|(_, value)| *value)
    }
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $word:literal $(, $rule:literal)? ; $doc:literal)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $(#[doc = $doc] $variant,)* }

        impl $name {
            /// All of them, in the order of precedence.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stable word: a contract with whoever reads answers and the log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Reads the stable word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.as_str() == word)
            }

            words!(@rule $($variant $($rule)?;)*);
        }
    };
    (@rule $($variant:ident $rule:literal;)+) => {
        /// The rule behind it, as in `docs/RULES.md`.
        pub const fn rule(self) -> &'static str {
            match self { $(Self::$variant => $rule,)+ }
        }
    };
    (@rule $($variant:ident;)+) => {};
}

words! {
    /// Which rule said no. The order is the order in which they are tried.
    Code {
        SaleUnknown = "sale-unknown", "R0"; "No sale has been created here."
        SaleExists = "sale-exists", "R0"; "This sale has been created already."
        NotAllowed = "not-allowed", "R0"; "This actor may not ask for this act."
        SaleNotPublished = "sale-not-published", "R0"; "The sale is a draft."
        SalePublished = "sale-published", "R0"; "The sale is a draft no more."
        SaleNotOpen = "sale-not-open", "R0"; "The sale has not been opened."
        SaleOpen = "sale-open", "R0"; "The sale has been opened already."
        SaleEnded = "sale-ended", "R0"; "The sale has ended."
        SalePaused = "sale-paused", "R3.7"; "The sale is paused."
        SaleNotPaused = "sale-not-paused", "R3.7"; "The sale is not paused."
        LotsRemain = "lots-remain", "R0"; "Lots are still open."
        LotUnknown = "lot-unknown", "R0"; "The catalogue has no such lot."
        LotExists = "lot-exists", "R0"; "The catalogue has this lot already."
        LotNotOpen = "lot-not-open", "R0"; "The lot has not been opened."
        LotOpen = "lot-open", "R0"; "The lot is open."
        LotClosed = "lot-closed", "R0"; "The lot has ended."
        LotRunsByClock = "lot-runs-by-clock", "R3"; "The lot opens and closes by itself."
        FloorBidWaits = "floor-bid-waits", "R12a"; "A floor bid waits for a second clerk."
        NothingWaits = "nothing-waits", "R12a"; "No floor bid waits."
        BidUnknown = "bid-unknown", "R12b"; "The lot has no such bid, or it is void already."
        SecondOfficerNeeded = "second-officer-needed", "R12"; "Another officer must confirm."
        BidHasCome = "bid-has-come", "R0"; "Something newer stands than what was answered."
        NotAdmitted = "not-admitted", "R13"; "No paddle of this sale belongs to this bidder."
        PaddleUnknown = "paddle-unknown", "R12a"; "The sale has no such paddle."
        PaddleTaken = "paddle-taken", "R13"; "The paddle or the account is admitted already."
        PaddleBarred = "paddle-barred", "R13"; "This paddle may not bid any more."
        NotInHall = "not-in-hall", "R12a"; "A web paddle whose owner was not marked present."
        TooLate = "too-late", "R0"; "It arrived at or after the end."
        NothingToReaffirm = "nothing-to-reaffirm", "R12b"; "The lead is not offered to this bidder."
        AmountOutOfRange = "amount-out-of-range", "R0"; "Zero, or above the largest bid."
        AboveCeiling = "above-ceiling", "R1"; "More than may be bid for this lot at all."
        OwnLead = "own-lead", "R2"; "The leader does not bid against himself."
        BelowAsk = "below-ask", "R1"; "Less than the least amount that is taken now."
        MaximumNotRaised = "maximum-not-raised", "R2"; "Not above the own maximum."
        MaximumBelowPrice = "maximum-below-price", "R2"; "A maximum never falls below the price."
        Overflow = "overflow", "R0"; "The bidder's leads and purchases would leave the range."
        OverLimit = "over-limit", "R13"; "It would pass the bidder's limit."
        NeedsConfirmation = "needs-confirmation", "R1"; "An improbable jump: confirm it."
        ConfirmationUnknown = "confirmation-unknown", "R1"; "Nothing like this waits for confirmation."
        AskBelowStep = "ask-below-step", "R1"; "The clerk's ask is below one step, or this lot's asks follow from its table."
        NoBids = "no-bids", "R4"; "No bid stands on this lot."
        WarnFirst = "warn-first", "R12a"; "Warnings are missing, or too young."
        ReserveNotMet = "reserve-not-met", "R4"; "The price has not reached the base."
        WarnedEnough = "warned-enough", "R3"; "Two warnings have been given."
        TooLateForTypingError = "too-late-for-typing-error", "R12b"; "Too long ago, or others have bid since."
        ReopenTooLate = "reopen-too-late", "R12a"; "Another lot has opened since, or nothing to reopen."
        OrderIncomplete = "order-incomplete", "R0"; "The order must name every upcoming lot once."
        TermsInvalid = "terms-invalid", "R0"; "These terms contradict themselves."
        GroupDiffers = "group-differs", "R3.6"; "Linked lots have one planned end and one hard stop."
        NothingToAmend = "nothing-to-amend", "R14"; "These are the terms that stand."
        BaseNeeded = "base-needed", "R4"; "The base has been opened: another attempt needs a new one."
        CeilingNotRaised = "ceiling-not-raised", "R1"; "Not above the present ceiling."
        LimitNeeded = "limit-needed", "R13"; "A web paddle of this sale needs a limit."
        LimitBelowExposure = "limit-below-exposure", "R13"; "A limit never falls below the exposure."
        ReasonMissing = "reason-missing", "R12"; "A public reason is needed, not too long."
        TooMany = "too-many", "R0"; "A bound of this sale is reached."
    }
}

words! {
    /// The name of a figure in a refusal. Amounts are minor units, times microseconds UTC.
    Figure {
        Amount = "amount"; "The amount that was named."
        Ask = "ask"; "The least amount that is taken."
        Price = "price"; "The price of the lot."
        Maximum = "maximum"; "The bidder's own maximum."
        Limit = "limit"; "The bidder's limit."
        Exposure = "exposure"; "What the bidder's leads and purchases come to, this lot apart."
        Missing = "missing"; "The top-up that would be needed."
        JudgedAt = "judged-at"; "The time by which it was judged."
        EndsAt = "ends-at"; "The effective end of the lot."
        OpensAt = "opens-at"; "When the lot opens by itself."
        Until = "until"; "How long it may still be done."
        Bound = "bound"; "The bound that is reached."
        Bid = "bid"; "The number of a bid: the last of the lot, or the one that waits."
        Paddle = "paddle"; "The paddle that leads, or for which a bid waits."
        Ceiling = "ceiling"; "What may be bid for the lot at all."
        Lot = "lot"; "The number of the lot."
    }
}

impl Figure {
    /// Whether it tells what only the bidder who asked may know: it is sealed in the log.
    pub const fn is_own(self) -> bool {
        match self {
            Self::Amount | Self::Maximum | Self::Limit | Self::Exposure | Self::Missing => true,
            Self::Ask
            | Self::Price
            | Self::JudgedAt
            | Self::EndsAt
            | Self::OpensAt
            | Self::Until
            | Self::Bound
            | Self::Bid
            | Self::Paddle
            | Self::Ceiling
            | Self::Lot => false,
        }
    }
}
