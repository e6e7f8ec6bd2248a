# The texts of the pages. The same keys are in ar.ftl, and a test checks it.

## General
app = Mazad
money = { $currency } { $amount }
currency = { $currency }
cancel = Cancel
close = Close
days = { $count ->
    [one] { $shown } day
    *[other] { $shown } days
}
minutes = { $count ->
    [one] { $shown } minute
    *[other] { $shown } minutes
}
seconds = { $count ->
    [one] { $shown } second
    *[other] { $shown } seconds
}
lots = { $count ->
    [one] { $shown } lot
    *[other] { $shown } lots
}
bids = { $count ->
    [one] { $shown } bid
    *[other] { $shown } bids
}
date-and-time = { $weekday } { $day } { $month } { $year }, { $time } { $zone }
zone-time = { $city ->
    [UTC] UTC
    *[other] { $city } time
}
zone-and-ahead = { $zone } ({ $ahead })
own-time = Your time: { $when }
own-hour = Your time: { $time } { $zone }
zone-of-times = Times: { $zone }
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
lot = Lot
lot-n = Lot { $lot }
amount = Amount
price = Price
state = State
amount-in = Amount ({ $currency })
paddle = Paddle
reason = Reason
reason-public = Everyone sees the reason, and it stays in the record.
reason-break = Short break
reason-technical = Technical trouble in the hall
reason-order = Order in the hall
reason-seller = At the seller's request
reason-terms = An error in the terms
reason-court = By order of a court
reason-by-mistake = Closed by mistake
reason-not-heard = A bid in the hall was not heard
reason-bidding-goes-on = Bidding goes on above it
reason-bidder-slip = The bidder's slip, told at once
reason-clerk-slip = Entered wrongly by the clerk
reason-ineligible = The bidder is not eligible
reason-deposit = The deposit was not paid
reason-conduct = Conduct in the hall
switch-language = العربية
switch-theme = Light or dark
switch-digits = 123 or ١٢٣
skip = Skip to the content
no-script = This page needs JavaScript. The page of the sale can be read without it:
room-waits = Loading…
room-failed = The page could not be opened. Load it again; if that does not help, tell the sale's desk.
room-retries = The page could not be loaded yet; it keeps trying by itself.
waiting-picture = Waiting for the state of the sale…
foot-about = Mazad: one ordered record for each sale.

## The state of sale and lot
sale-draft = Draft
sale-announced = The sale has not begun
sale-open = The sale is running
sale-paused = The sale is paused
sale-paused-outage = Technical interruption: the sale resumes by announcement
sale-paused-clock = The clock is being checked: the sale rests, and every lot keeps its time
sale-ended = The sale has ended
lot-upcoming = Not open yet
lot-open = Open for bids
lot-closed = Closed
lot-warned-once = Going once
lot-warned-twice = Going twice
# As the law names them: none of them is a contract.
outcome-knocked-down = Knocked down
outcome-no-bid = No bid was submitted
outcome-below-base = Below the base price
outcome-passed = Passed by the clerk
outcome-lapsed = Bids lapsed
outcome-withdrawn = Withdrawn
outcome-for-decision = For decision
decision-leader-barred = The leader was barred before the close; the committee decides.
decision-winner-struck-out = The bid that it was knocked down to was voided after the close; the committee decides.
decision-price-differs = A bid that moved the price was voided after the close; the committee decides.
decision-reckoned = Without the void bids: paddle { $paddle } at { $price }.
price-now = Price now
price-opening = Opening price
price-final = Knocked down at
price-highest = Highest bid
price-next = Next bid
leads = Leading paddle
bought-by = Knocked down to paddle
bid-most = Highest bid: paddle
no-bid-yet = No bids yet
no-bid-made = No bid was submitted
no-bid-stands = No bid stands
per-unit = per { $unit }
whole-bid = This bid times { $quantity }: { $amount }
whole-price = Price times { $quantity }: { $amount }
time-left = Time left
time-ended = Ended
time-opens = Opens in
time-opening = Opens
time-in-turn = when its turn comes
time-until-hammer = until the hammer
time-stopped = paused
time-paused = Paused with
time-closing = closing…
time-ends-at = Ends at
extended = { $count ->
    [one] extended once
    [2] extended twice
    *[other] extended { $shown } times
}

## The line
line-connecting = Connecting…
line-stale = The line is unsteady: what you see may be old
line-cut = The line is cut and is being taken up again by itself
line-halted = This sale has stopped on the server; trying again
line-stopped = The line is closed. Load the page again.
line-refused = The server refused this connection. Load the page again in a while.
line-session = Your session has ended. Open your invitation, or ask for a new one.

## The bidder
now-region = The lot now
bid-region = Bidding
about-lot = About the lot
lot-page = The lot's public page
lots-of-sale = Lots of the sale
lot-runs = Lot { $lot } is open now
watching-only = You are watching. To bid, open the invitation that the sale's desk gave you.
you-are = Paddle { $paddle }
own-leading = You are leading
own-outbid = You are outbid
own-unled = Nobody leads now
own-won = Knocked down to you
own-lost = You did not win
mine-present = You are marked present in the hall: a clerk may bid for you. If you are not in the hall, tell the sale's desk at once.
mine-left = You are no longer marked present in the hall.
own-unsure = Not sure now: waiting for the line
own-none = You have not bid on this lot
button-bid = Bid
button-pending = Sending { $amount }…
button-leading = You are leading now
button-line = Waiting for the line…
button-upcoming = The lot is not open yet
button-closed = The lot is closed
own-amount = A maximum, or another amount
own-kind = Kind of bid
own-kind-maximum = Maximum
own-kind-flat = This amount in full
own-maximum-now = Your maximum is { $amount }.
own-maximum-hint = The system bids for you, by the least step needed, up to this amount. Nobody else sees it.
own-flat-hint = This amount becomes the price at once.
own-send = Send { $amount }
own-send-empty = Send
amount-empty = Enter an amount.
amount-unclear = This amount can be read in more than one way. Write it like 125000 or 125,000.
amount-fraction = More decimals than the currency has.
amount-large = The amount is too large.
amount-low = The least amount taken now is { $ask }.
amount-least = Least amount taken
confirm-title = Is this amount right?
confirm-why = It is far above what is asked now. Your bid has not been entered yet.
confirm-yes = Yes, bid { $amount }
bid-leading = Your bid of { $amount } was accepted. You lead at { $price }.
bid-outbid = Your bid of { $amount } was accepted, but an earlier maximum equals or exceeds it. The next bid is { $ask }.
bid-maximum-moved = Your maximum is now { $amount }. The price stays as it is.
bid-lost = Your bid of { $amount } did not arrive and was not entered. If you still want it, send it again.
act-done = Done.
act-lost = The request did not arrive and nothing was done. If it is still wanted, ask for it again.
floor-leading = The bid of paddle { $paddle } at { $amount } was accepted.
floor-outbid = The bid of paddle { $paddle } at { $amount } was accepted, but an earlier maximum leads. The next bid is { $ask }.
floor-held = The bid of paddle { $paddle } at { $amount } is not accepted yet: it waits for a second clerk.
floor-lost = The bid of paddle { $paddle } at { $amount } did not arrive and was not entered. If it still stands, enter it again.
confirmed-leading = The floor bid was confirmed: paddle { $paddle } leads at { $price }.
confirmed-outbid = The floor bid was confirmed and accepted, but an earlier maximum leads. The next bid is { $ask }.
void-by-two = Entered. The bid is voided once two officers have asked for it.
reaffirm-leading = You have reaffirmed your bid and lead at { $price }.
reaffirm = Reaffirm my bid
reaffirm-offer = The bid that had beaten yours was voided. You can reaffirm { $amount } within { $rest }.
limit-rest = Left of your limit
limit-used = Used of your limit
limit-of = Your limit is { $limit }; { $used } is in use.
say-price = Price { $price }
say-lot = Lot { $lot }: { $what }
refusal-below-ask = The bid is too low. The least amount taken now is { $ask }.
refusal-own-lead = You are leading already; nobody bids against themselves.
refusal-over-limit = The bid would pass your limit by { $missing }. Ask the deposits desk.
refusal-too-late = The bid arrived after the lot's time was over, so it was not taken.
refusal-maximum-not-raised = The new maximum is not above the one you have, { $maximum }.
refusal-reserve-not-met = The price { $price } has not reached the reserve.
floor-refusal-own-lead = This paddle is leading already; nobody bids against themselves.
floor-refusal-over-limit = The bid would pass the limit of this paddle.
refusal-sale-unknown = This sale has not been created.
refusal-sale-exists = This sale has been created already.
refusal-not-allowed = You may not ask for this.
refusal-sale-not-open = The sale has not begun yet.
refusal-sale-open = The sale has been opened already.
refusal-sale-ended = The sale has ended.
refusal-sale-paused = The sale is paused; try again when it goes on.
refusal-sale-not-paused = The sale is not paused.
refusal-lots-remain = Lots are still open; close them first.
refusal-lot-unknown = The catalogue has no such lot.
refusal-lot-exists = The catalogue has this lot already.
refusal-lot-not-open = The lot has not been opened yet.
refusal-lot-open = The lot is open.
refusal-lot-closed = The lot has ended.
refusal-lot-runs-by-clock = This lot opens and closes by the clock.
refusal-floor-bid-waits = A floor bid waits for a second clerk.
refusal-nothing-waits = No floor bid waits for confirmation.
refusal-bid-unknown = The lot has no such bid, or it is void already.
refusal-second-officer-needed = Somebody else must confirm this: two people have to agree.
refusal-not-admitted = You have no paddle in this sale; ask the sale's desk.
refusal-paddle-unknown = The sale has no such paddle.
refusal-paddle-taken = The paddle or its account is admitted already.
refusal-paddle-barred = This paddle may not bid any more.
refusal-nothing-to-reaffirm = No bid is offered to you to reaffirm now.
refusal-amount-out-of-range = The amount is zero or above the largest that is taken.
refusal-maximum-below-price = A maximum cannot be below the price of { $price }.
refusal-overflow = The amount is larger than can be reckoned.
refusal-needs-confirmation = { $amount } is far above the { $ask } asked for; confirm it if you mean it.
refusal-confirmation-unknown = No such bid waits for confirmation; bid again.
refusal-ask-below-step = The next bid must be at least { $ask }; you named { $amount }.
refusal-no-bids = No bid stands on this lot.
refusal-warned-enough = The lot has gone once and twice; hammer it or pass it.
refusal-too-late-for-typing-error = It is too late to report a typing error, or others have bid since.
refusal-reopen-too-late = The lot cannot be reopened: another lot has opened since, or there is nothing to reopen.
refusal-order-incomplete = The order must name every upcoming lot once.
refusal-terms-invalid = These terms are invalid or contradict themselves.
refusal-reason-missing = A public reason is needed, and not too long a one.
refusal-too-many = A bound of this sale is reached.
refusal-sale-not-published = The sale is a draft and has not been published.
refusal-sale-published = The sale is published: its lots are not taken out any more. They can be amended, each until it opens.
refusal-bid-has-come = Something has come that you had not seen: paddle { $paddle }, price { $price }, bid { $bid }. Read how the lot stands, then ask again.
refusal-not-in-hall = This paddle bids on the web, and its owner is not marked present in the hall.
refusal-above-ceiling = { $amount } is above the ceiling of this lot, { $ceiling }.
refusal-ceiling-not-raised = The new ceiling is not above the present one, { $ceiling }.
refusal-limit-needed = A web paddle of this sale needs a limit.
refusal-limit-below-exposure = A limit cannot be below what the bidder leads with and has bought.
refusal-warn-first = Warnings needed since the last bid before the hammer: { $bound }, the last one a few seconds old.
refusal-group-differs = Linked lots have one end and one hard stop; lot { $lot } has others.
refusal-nothing-to-amend = These are the terms that stand: there is nothing to amend.
refusal-base-needed = The base has been opened: offering the lot again needs a new one.
floor-refusal-above-ceiling = { $amount } is above the ceiling of this lot, { $ceiling }. A clerk raises the ceiling, with a reason.
floor-refusal-bid-has-come = Another floor bid waits by now: paddle { $paddle }, { $amount }. Nothing was confirmed; read it, then confirm that one.
refusal-other = The request was refused ({ $code }).
fault-malformed = The message cannot be read.
fault-not-canonical = The message is not written in its one accepted spelling.
fault-wrong-encoding = The message is not in the encoding agreed for this connection.
fault-too-large = The message is larger than allowed.
fault-subprotocol-unknown = Ask for the subprotocol mazad.v1.json or mazad.v1.proto.
fault-upgrade-required = This address takes WebSocket connections of version 13 only.
fault-origin-foreign = Requests from the pages of another site are not taken.
fault-hello-out-of-order = Hello comes first and once; open a new connection.
fault-ticket-unknown = The ticket is unknown, used or too old; ask for a new one.
fault-invite-unknown = This invitation is unknown, was used already or has run out. Ask the sale's desk for a new one.
fault-not-logged-in = Log in first, with your invitation.
fault-not-permitted = Your role does not permit this.
fault-sale-unknown = There is no such sale.
fault-lot-unknown = The sale has no such lot.
fault-not-found = There is nothing at this address.
fault-method-not-allowed = This address does not take this method.
fault-not-joined = This connection does not follow this sale.
fault-too-many-sales = This connection follows as many sales as it may; leave one first.
fault-too-many-in-flight = Too many commands wait for their answers; wait for one, then try again.
fault-rate-limited = Too many messages in a short time; wait a moment and try again.
fault-too-many-connections = Too many connections from here are open; try again in a moment, or close some.
fault-busy = The server is busy; send the same command again in a moment.
fault-command-id-reused = This command id belongs to another command.
fault-outcome-unknown = What became of the command is not known yet; send it again with the same id.
fault-sale-halted = The server has stopped writing this sale; try again shortly.
fault-store-full = The server's disk is full and nothing was decided; try again shortly.
fault-store-away = The record of the sale does not answer for the moment and nothing was decided; try again shortly.
fault-not-owner = Another server runs this sale now and nothing was decided here; try again shortly.
fault-stopping = The server is restarting; come back in a few seconds.
fault-timeout = The request took longer than allowed.
fault-internal = Something failed in the server; try again shortly.
place-expected-at = Expected at { $path }: { $expected }.
place-expected = Expected: { $expected }.
expected-json = JSON; from byte { $detail } on it is none
expected-protobuf = protobuf; from byte { $detail } on it is none
expected-message = a message of the schema in its one spelling
expected-object = an object with its fields
expected-known-fields = no field but those of the schema
expected-key = the field's name, spelled like this
expected-once = one value, given once
expected-order = fields by rising numbers
expected-left-out = nothing; leave it out
expected-one-field = one of these fields, and no other of them: { $detail }
expected-one-word = one of these words: { $detail }
expected-list = a list
expected-text = text
expected-text-at-most = text of at most { $detail } bytes, without control characters
expected-currency = a currency's code by ISO 4217
expected-bytes = bytes as base64
expected-boolean = true or false
expected-money = a whole number of minor units, as text of digits alone
expected-number-text = a whole number, as text of digits alone
expected-number = a whole number
expected-number-from-one = a whole number from 1 on
expected-at-most = a whole number up to { $detail }
expected-uuid = a uuid in lower-case text with hyphens
expected-bands = bands that begin at 0 and rise, each with a step
expected-secret = the part of the invitation's link after #
expected-as-in-address = the same as in the request's address
expected-bytes-at-most = at most { $detail } bytes
fault-other = The request was not carried out ({ $code }). Try again.

## Terms of a lot
fact-opening = Opening price
fact-step = Step now
fact-per = Price for each
fact-quantity = Quantity
fact-reference = Seller's number
fact-place = Place
fact-point = On the map
fact-method = Closing
fact-estimate = Estimate
method-timed = By the clock
method-clerked = By the clerk's hammer
soft-close-rule = A bid that changes the leader in the last { $window } extends the time: the lot then ends no earlier than { $extension } after it.
soft-close-price-rule = A bid that changes the leader or the price in the last { $window } extends the time: the lot then ends no earlier than { $extension } after it.
rule-extensions-max = Late bids extend the time of the lot at most { $count ->
    [one] once
    [2] twice
    *[other] { $shown } times
}.
rule-hard-stop = The hard stop is { $when }: no late bid moves the end past it.
rule-group = A late bid on any other lot of its group extends this lot too.
kind-land-lease = Land lease
kind-land = Land
kind-kiosk = Kiosk
kind-quarry = Quarry
kind-scrap = Scrap
kind-vehicle = Vehicle
kind-site = Site
kind-building = Building
kind-other = Lot
unit-year = year
unit-month = month
unit-tonne = tonne
unit-feddan = feddan
unit-metre = square metre
unit-piece = piece
quantity-year = { $count ->
    [one] { $shown } year
    *[other] { $shown } years
}
quantity-month = { $count ->
    [one] { $shown } month
    *[other] { $shown } months
}
quantity-tonne = { $count ->
    [one] { $shown } tonne
    *[other] { $shown } tonnes
}
quantity-feddan = { $count ->
    [one] { $shown } feddan
    *[other] { $shown } feddans
}
quantity-metre = { $count ->
    [one] { $shown } square metre
    *[other] { $shown } square metres
}
quantity-piece = { $count ->
    [one] { $shown } piece
    *[other] { $shown } pieces
}
quantity-other = { $shown } { $unit }

## Terms that were amended
amended-title = Amended
amended-at = Amended on { $when }
amended-change = { $term }: from { $before } to { $after }
amended-reason = Reason: { $reason }
amended-see = See what was amended, from what to what
amended-in-draft = Before publication, without a reason.
term-none = none
term-yes = yes
term-no = no
term-by-hand = by hand
term-label = Printed number
term-title-ar = Title in Arabic
term-title-en = Title in English
term-description-ar = Description in Arabic
term-description-en = Description in English
term-kind = Kind
term-estimate-low = Estimate from
term-estimate-high = Estimate to
term-ceiling = Ceiling
term-reserve = Secret base price
term-base = committed to as { $digest }…
term-base-secret = one that is kept secret
term-base-other = another one, kept secret
term-increments = Steps
term-increments-of = { $mode }: { $bands }
term-mode-additive = above the price
term-mode-grid = on multiples of the step
term-mode-clerk = as the clerk asks
term-first-bid = First bid
term-first-opening = the opening
term-first-above = the opening and one step
term-jump-times = To be confirmed above so many times the ask
term-jump-steps = To be confirmed above so many steps
term-opens-at = Opens
term-after-previous = { $span } after the lot before it has ended
term-closes-at = Closes
term-runs-for = { $span } after it opens
term-soft-close = Extension by late bids
term-soft-close-of = a bid in the last { $window } leaves { $extension }
term-extend-on = What extends
term-on-leader = a change of the leader
term-on-price = a change of the leader or the price
term-extensions-max = Extensions at most
term-hard-stop = Hard stop
term-group = Group
term-place-ar = Place in Arabic
term-place-en = Place in English
term-currency = Currency
term-time-zone = Time zone
term-ends-itself = Ends by itself
term-reopen-window = Waits before it ends by itself
term-reserve-lift = The price may be lifted to the base
term-failed-attempt-opens-base = A failed attempt opens its base
term-maximum-may-fall = A leader may lower a maximum
term-limit-needed = Bidders on the web need a limit
term-hammer-warnings = Warnings before a hammer
term-warning-age = Age of each warning
term-floor-second-steps = Floor bids need a second clerk above so many steps
term-floor-confirm-window = Time of the second clerk
term-void-effect = Bids below a void one
term-void-strict = stay lapsed
term-void-booklet = revive
term-void-needs-second = A void needs two officers
term-typing-error-window = Time to report a typing error
term-reaffirm-window = Time to reaffirm
term-correction-minimum = Least time left after a correction
term-resume-minimum = Least time left after a pause
term-confirmation-window = Time to confirm a jump
term-timeliness-window = How far an arrival stamp may be off

## The clerk
acts = Acts
acts-more = Other acts
act-open = Open the lot
act-warn = Warn
act-hammer = Hammer
act-pass = Pass
act-floor = Floor bid
act-floor-again = Floor, at the ask
act-ask = Set the ask
act-confirm-floor = Confirm floor bid
act-void = Void a bid
act-withdraw = Withdraw
act-reoffer = Offer again
act-reopen = Reopen
act-order = Move in the order
order-place = Its place
order-before = Before lot { $lot }:
order-last = Last of all
act-pause = Pause the sale
act-resume = Resume the sale
act-next = Next lot
act-previous = Previous lot
act-open-sale = Open the sale
act-end-sale = End the sale
act-invite = Invite a bidder
act-admit = Admit a hall paddle
admit-hint = The paddle bids in the hall only, through a clerk. To bid from a phone, invite the bidder.
act-publish = Publish the sale
act-ceiling = Raise the ceiling
act-amend = Amend the terms
amend-admin = An administrator amends terms, as one adds lots.
amend-hint = Everything that is changed here is told on the page of the lot: what, from what to what, and why. It can be changed until the lot opens.
amend-reserve = New secret base price; empty: as it stands
amend-no-reserve = The lot has no secret base price any more
amend-reserve-unclear = Either a new base price or none: not both.
amend-moment = A day and an hour are needed.
reason-list-slip = A slip in the list of lots
act-limit = Change a limit
act-presence = Presence in the hall
act-jump = Yes, this amount
act-bar = Bar a paddle
act-help = Keys
floor-send = Enter
floor-jump = The bid of paddle { $paddle } at { $amount } is far above the { $ask } asked for and is not entered yet. Is the amount right?
just-changed = What is shown has just changed and nothing was done. Read it, then press again.
question-moved = Something has come on this lot since the question. Go back, read how it stands, and ask again.
preview-waits = Reckoning what it leads to…
preview-base = Whether it is knocked down hangs on a base price that stays secret.
standing-now = Now
standing-after = After
offered = Offered
offered-to = to paddle { $paddle }:
count-lots = Lots
count-upcoming = Not open yet
count-open = Open
publish-admin = An administrator publishes the sale.
draft-band = This sale is a draft: only its staff see it.
ceiling-hint = No bid above { $ceiling } is taken on this lot. Enter a higher ceiling.
limit-in = Limit ({ $currency })
limit-hint = It holds from the paddle's next bid on, and is never below what is in use.
presence-yes = Present in the hall
presence-no = Has left the hall
presence-hint = The bidder's own page says so at once. From then on a clerk may bid for the paddle.
floor-moved = You will send { $amount }, but the ask is now { $ask }.
number-unclear = Enter the number in figures.
by-clock = This lot opens and closes by the clock
not-now = Not possible now
no-last-paddle = No floor paddle has been entered yet
attempt = Attempt { $count }
last-bids = Last bids
col-bid = Bid
col-origin = Origin
col-time = Time
origin-floor = Hall
origin-web = Web
answers = Answers
answers-none = No answers yet.
bids-failed = The bids could not be read; trying again.
pending = waiting…
sale-count = { $sold } of { $all } knocked down
clerk-only = This page is for the clerk. Open your invitation.
void-bid = Number of the bid
void-cause = Cause
void-typing = Typing error
void-eligibility = Lost eligibility
void-proven = Proven error
void-court = Court order
held-waits = The floor bid of paddle { $paddle } at { $amount } waits for a second clerk:
offer-waits = Paddle { $paddle } may reaffirm { $amount }:
ask-hint = The price is { $price }. The next bid is at least one step above it.
reoffer-hint = The opening price of the new attempt.
keys-title = Keys
keys-hint = A key follows its Latin letter; on an Arabic layout it follows its place. Esc leaves a field.
invite-for = Invitation for paddle { $paddle }
invite-link = Link
invite-qr = QR code of the invitation
invite-once = The link works once. Give it to the bidder in person.
invite-limit = Limit (optional)
invite-label = Label for the desk (no names)
invite-hint = Makes a link and a code that the bidder opens on a phone. For a paddle that has one already it takes the place of the earlier one: lost or used, that does not matter.
invite-end-logins = Log out at once whoever is in under this paddle
invite-make = Make the invitation
invite-incomplete = Enter the paddle, and the limit in figures if there is one.

## Entering
enter-title = Enter by invitation
enter-working = Opening your invitation…
enter-no-secret = There is no invitation in this link. Open it whole, as you got it, or scan the code again.
enter-hint = Press the button to come in. The invitation works once, on this device.
enter-press = Enter
enter-as-paddle = Enter as paddle { $paddle }
enter-as = { $role ->
    [clerk] Enter as clerk
    [auctioneer] Enter as auctioneer
    [analyst] Enter as analyst
    [admin] Enter as administrator
   *[other] Enter
}
enter-link = Link of the invitation
enter-no-script = JavaScript is switched off. Paste the link of your invitation here, then press the button. To bid you need JavaScript.
enter-refused = This invitation was used already or has run out. Ask the sale's desk for a new one.
enter-offline = No connection to the server.
enter-again = { $why } Your invitation is still in the address: load the page again in a moment.

## The analyst
revision = Revision
state-after = The state after the event
filter-kind = Event
filter-all = All
count-bids = Bids that stand
count-extensions = Extensions
step-back = Previous event
step-on = Next event
step-slider = Place in the history
step-of = { $at } of { $count }
step-hint = Arrow keys step from event to event, Home and End go to the ends. The address keeps what you see.
ladder-name = The price from { $from } to { $to }
history-loading = Reading the history…
history-failed = The history could not be read whole, so none of it is shown. Load the page again.
history-empty = No events like these.
rows-earlier = Earlier
rows-later = Later
rows-of = { $from } – { $to } of { $count }
event-lot-added = Lot added
event-lot-amended = Terms amended
event-lot-scheduled = Opening scheduled
event-lot-opened = Lot opened
event-lot-warned = Warning
event-ceiling-raised = Ceiling raised
event-ask-set = Ask set
event-lot-extended = Time extended
event-lot-closed = Lot closed
event-lot-withdrawn = Lot withdrawn
event-lot-reoffered = Offered again
event-lot-reopened = Reopened
event-reserve-lifted = Price lifted to the reserve
event-bid-accepted = Bid accepted
event-floor-held = Floor bid waits
event-floor-lapsed = Floor bid lapsed
event-bid-voided = Bid voided
event-reaffirm-offered = Lead offered again
event-lead-reaffirmed = Lead reaffirmed
event-reaffirm-ended = Offer ended
event-sale-paused = Sale paused
event-sale-resumed = Sale resumed

## Public pages
home-title = Public sales of the governorate
home-intro = State property and investment opportunities, sold and leased by live public auction. Prices can be followed as they happen, without an account.
home-empty = No sale is announced now.
search-lots = Search the lots of all sales
search-go = Search
search-found = Lots found
search-nothing = No lot has all of these words.
search-away = The search is not at hand now. Try again in a moment.
sale-opens-at = Begins { $when }
sale-opens-by-hand = Begins when the chair opens it
sale-summary = { $lots }, { $sold } knocked down
sale-lots = Lots
sale-pages = Pages of the catalogue
page-of-pages = Page { $page } of { $pages }
page-before = Previous page
page-after = Next page
sale-results = Results
sale-rules = How bidding works here
door-bid = Bid
door-hall = Hall screen
door-clerk = Clerk
door-analyst = History and analysis
crumb-home = Sales
crumbs = Where you are
base-opened = The secret base price, opened
base-salt = Salt
base-commitment = Commitment, published with the catalogue
base-check = SHA-256 over “mazad reserve v1”, a zero byte, the uuid of the sale, the lot (4 bytes), the amount in minor units (8 bytes) and the salt gives the commitment: the base was not changed.
lot-terms = Terms of the lot
lot-rules = How to bid on this lot
lot-description = Description
lot-previous = Previous lot
lot-following = Next lot
result-lot = Lot
result-outcome = Result
result-price = Price
result-buyer = Paddle
total-outright = Knocked down at a price for the whole lot: { $lots }
total-measured = Knocked down by the { $unit }, price times quantity: { $lots }
total-each = Knocked down by the { $unit }, prices for one { $unit }: { $lots }
result-none = No lot has been closed yet.
rule-opening = Bidding starts at { $opening }.
rule-opening-above = The first bid is at least one step above { $opening }.
rule-steps = The step depends on the standing price:
rule-band = from { $from }: { $step }
rule-grid = The next bid asked for is the smallest multiple of the step above the price.
rule-clerk-ask = The clerk may set the next bid.
rule-maximum = You may send a secret maximum; the system then bids for you by the least step needed. Of equal maxima the earlier leads.
rule-clerked = The clerk opens the lot, warns once and twice, and knocks it down to the highest bid.
rule-timed = The lot opens and closes by time. The server's clock decides, not the one of your device.
rule-jump = A bid far above what is asked has to be confirmed first.
rule-reserve = This lot has a secret reserve, which is opened with the result.
rule-reserve-lift = If the price does not reach the reserve but the leader's maximum does, the price is lifted to the reserve and the lot is knocked down at it.
rule-void-strict = When a bid is voided, lower bids do not return; the bidder before it is asked to reaffirm.
rule-void-booklet = When a bid is voided, earlier bids stand again, as the booklet says.
rule-record = Every bid, accepted or refused, is entered in the record of the sale.
page-not-found = There is no page at this address
page-not-found-why = The link may have changed, or lost a letter.
page-failed = This cannot be shown now
room-bid = Bidding
room-clerk = Clerk
room-hall = Hall screen
room-analyst = History and analysis

## The page of the house
room-admin = Administration
admin-only = This page is for administrators and clerks. Open your invitation on this device first.
admin-old = The server does not answer: what is shown may be old.
admin-sales = Sales
admin-invite = Invite
admin-people = People
admin-import = Import a catalogue
admin-backup = Backup
admin-no-sales = There is no sale yet. Import a catalogue: it becomes a draft, which staff alone see.
door-admin = Administration
door-public = Public page
publish-question = From then on everybody sees it with all its lots, and its terms stand.
role-bidder = Bidder
role-clerk = Clerk
role-auctioneer = Auctioneer
role-analyst = Analyst
role-admin = Administrator
paddle-n = Paddle { $paddle }
hours = { $count ->
    [one] { $shown } hour
    *[other] { $shown } hours
}
invite-whom = Whom do you invite?
invite-sale = Sale
invite-no-sale = There is no sale to invite bidders to. Import a catalogue first.
invite-paddles = Paddles, a line for each
invite-paddles-example = 7 Row A
invite-paddles-hint = A number or a range, as 1-30; behind it, if you like, what the desk calls it (no names: it stays in the record). At most { $most } at once. For a paddle that has a link already, the new one takes its place.
invite-paddles-unclear = Write a number or a range as 1-30 in each line, at most { $most } paddles in all.
invite-staff-hint = The link opens the role for one person, for a day. Give it in person.
invite-progress = { $done } of { $all } made…
invite-stopped = Paddle { $paddle } was not invited; { $done } before it were. { $why }
invite-made = The invitations are made.
sheet-title = { $count ->
    [one] The invitation that was made
    *[other] The { $shown } invitations that were made
}
sheet-once = The links are shown here only, and are gone when this page is left. Print the sheet, cut it, and give each to its own person.
sheet-print = Print the sheet
sheet-forget = Done, take them away
sheet-until = Good until { $when }
sheet-how = Scan the code with the phone’s camera, or type the link. It works once.
people-find = Find by paddle, role or label
people-none = Nobody is found.
people-more = Show more people
people-you = This is you
people-disabled = Shut out
people-away = No link is open, and nobody is logged in.
people-invited = Invited; the link is good until { $when }
people-withdraw = Withdraw
people-logged-in = Logged in until { $when }
people-end-login = End login
people-new-link = New link
people-new-link-hint = The earlier link ends, and whoever is logged in there is out at once. The new link is shown once, below.
people-shut-out = Shut out
people-shut-out-hint = All logins and links of this account end at once, and it never comes in again. Its bids stand: to take away a paddle’s right to bid, bar it at the clerk’s desk.
import-hint = A row for each lot, as CSV or XLSX, at most 4 MiB. Nothing is imported before you have seen how each cell was understood.
import-sale = Into which sale?
import-new-sale = A new sale (draft)
import-file = Spreadsheet
import-title-ar = Title in Arabic
import-title-en = Title in English
import-currency = Currency
import-zone = Time zone
import-opens-at = Opens by itself at (empty: by hand)
import-more = More about the table
import-steps = Steps where a row says none
import-sheet = Sheet of the workbook
import-hidden = Hidden rows and columns
import-hidden-stop = Are a mistake
import-hidden-take = Are imported
import-hidden-leave = Are left out
import-look = Look what is understood
import-waits = The file is read…
import-no-file = Choose a file that is not empty.
import-too-large = The file is over 4 MiB. Leave pictures out, or import it on the server with mazad import.
import-read = The table was read.
import-preview = This is how it was understood
import-creates = A draft would be made:
import-into = Into
import-adds = { $count ->
    [one] { $shown } lot would be added.
    *[other] { $shown } lots would be added.
}
import-there = { $shown } are there already.
import-clears = { $shown } lots of the draft would be taken out first.
import-steps-are = Steps where a row says none: { $steps }
import-above = Above the table, passed over:
import-hidden-sheets = Hidden sheets, left out:
import-title = Title
import-times = When
import-rest = Further
import-ceiling = Ceiling
import-quantity = Quantity
import-place = Place
import-base = Base
import-base-given = given, kept secret
import-base-none = none
import-row = Row { $row }
import-after-previous = { $seconds } s after the lot before
import-runs = runs { $seconds } s
import-all-lots = Show all { $shown } lots
import-yes = Import exactly this
import-nothing = Everything is there already
import-done = The catalogue is imported:
import-draft = It is a draft, which staff alone see. Publish it above.
import-wrong = { $count ->
    [one] { $shown } cell is wrong; nothing would be imported.
    *[other] { $shown } cells are wrong; nothing would be imported.
}
import-expected = Expected:
import-found = Found:
import-also = The same in:
import-more-wrong = And { $shown } more.
backup-unread = Not read yet.
backup-in-memory = This house is in memory only: it has no folder that could be backed up.
backup-never = No backup has ever been made of this house.
backup-first = Make one on the server’s machine, onto another disk; the key goes apart:
backup-again = The next one, on the server’s machine, writes only what is new:
backup-age = The last backup is { $age } old.
backup-at = Made
backup-to = Where
backup-events = Events in it
backup-hint = This is what the last backup left to be read. Whether it is still there, look at its disk; bring it back now and then into a folder that you throw away.
admin-no-script = This page needs JavaScript. The same can be done on the server: mazad admin, mazad import, mazad backup.

## Another device
device-title = My other device
device-hint = Bid or work on another device too: scan the code there, or open the link. It works once, within ten minutes, and only for you: whoever has it is in under your name.
device-make = Make a link for it
device-again = Make another link
device-qr = QR code for the other device
device-left = Good for { $left } more
device-over = The link has run out.
device-bounds = At most four devices at once: one more logs the oldest out. The other device stays in as long as this one could.
device-nobody = Nobody is logged in on this device. Open your invitation here first.
device-back = Back
line-devices = You came in on a further device, and this one was logged out: at most four at once.
sale-next-end = Next lot ends
sale-left = Time left: { $left }
sale-opens-in = Opens in { $left }
