//! A bidding program: follows one lot, prints its prices, and bids what is asked up to a limit.
//!
//! `cargo run -p mazad-client --example bidder -- LINK LOT LIMIT`, with the bidder's link that
//! `mazad demo` prints, and the limit in minor units (100 piastres to the pound).
#![expect(clippy::print_stdout, reason = "telling is what this program is for")]

use mazad_client::{Client, Encoding, News, OwnStanding, flat_bid};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [link, lot, limit] = words.as_slice() else {
        return Err("LINK LOT LIMIT".into());
    };
    let (number, limit): (u32, i64) = (lot.parse()?, limit.parse()?);

    let bidder = Client::enter(link).await?;
    let me = bidder.who_am_i().await?;
    let sale = me.sale.ok_or("this is no link of a bidder")?;
    println!("paddle {}", me.paddle.unwrap_or_default());

    let mut sale = bidder.join(&sale, Encoding::Proto);
    let mut shown = None;
    loop {
        match sale.next().await? {
            News::Answered(answered) if !answered.is_accepted() => {
                let answer = answered.answer;
                println!("refused: {}", answer.message.unwrap_or_default().en);
                // Somebody was faster: there is a new ask. Anything else will not change by asking.
                if answer.code != "below-ask" {
                    return Ok(());
                }
            }
            News::Cut(error) => println!("{error}; coming back"),
            _ => {}
        }
        let waits = sale.is_waiting();
        let Some(lot) = sale.picture().lot(number) else {
            continue;
        };
        let now = (lot.price(), lot.standing());
        if shown != Some(now) {
            let price = lot.price().unwrap_or_default();
            println!("lot {number} at {price}: {:?}", lot.standing());
            shown = Some(now);
        }
        if lot.has_ended() {
            return Ok(());
        }
        let wants = !matches!(lot.standing(), OwnStanding::Leading);
        let ask = lot.ask().filter(|ask| lot.is_open() && *ask <= limit);
        if let Some(ask) = ask.filter(|_| wants && !waits) {
            sale.send(flat_bid(number, ask)).await?;
        }
    }
}
