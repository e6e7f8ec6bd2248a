//! What a lot that is sold by measure comes to: its price for each unit times its quantity. The one place
//! that reckons it here; on the pages it is `wholePrice` in `gateway/web/js/terms.js`.

use super::Money;

/// The whole price of a lot: price for each unit times quantity, in thousandths of the unit. The one
/// rounding is to the nearest minor unit, a half upwards.
///
/// `None`: the lot is not sold by measure, so that its price is the whole already or its quantity is not
/// told; or the whole leaves the range of an amount.
pub fn whole_price(price: Money, unit: &str, quantity_milli: i64) -> Option<Money> {
    measured(price, measure(unit, quantity_milli)?)
}

/// How much is sold, in thousandths of the unit, if a lot is sold by measure.
pub(super) fn measure(unit: &str, quantity_milli: i64) -> Option<i64> {
    (!unit.is_empty() && quantity_milli > 0).then_some(quantity_milli)
}

/// A price for each unit times so many thousandths of it; `None` past the range.
pub(super) fn measured(price: Money, measure: i64) -> Option<Money> {
    let product = i128::from(price.minor()).checked_mul(i128::from(measure))?;
    let rounded = product.checked_add(500)?.checked_div(1_000)?;
    Money::new(i64::try_from(rounded).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(price: i64, unit: &str, quantity_milli: i64) -> Option<i64> {
        let price = Money::new(price).unwrap();
        whole_price(price, unit, quantity_milli).map(Money::minor)
    }

    #[test]
    fn a_price_for_each_unit_is_taken_times_the_quantity() {
        assert_eq!(whole(2_150_000, "tonne", 18_500), Some(39_775_000));
        assert_eq!(whole(2_400_000, "year", 3_000), Some(7_200_000));
        assert_eq!(whole(0, "tonne", 18_500), Some(0));
    }

    #[test]
    fn a_half_of_a_minor_unit_is_rounded_upwards_and_less_is_dropped() {
        assert_eq!(whole(1, "tonne", 500), Some(1));
        assert_eq!(whole(1, "tonne", 499), Some(0));
        assert_eq!(whole(3, "tonne", 1_500), Some(5));
        assert_eq!(whole(333, "tonne", 1), Some(0));
    }

    #[test]
    fn what_is_not_sold_by_measure_has_no_whole_but_its_price() {
        assert_eq!(whole(5, "", 3_000), None);
        assert_eq!(whole(5, "tonne", 0), None);
        assert_eq!(whole(5, "tonne", -1), None);
    }

    #[test]
    fn what_leaves_the_range_is_not_told() {
        assert_eq!(whole(i64::MAX, "tonne", 1_000), Some(i64::MAX));
        assert_eq!(whole(i64::MAX, "tonne", 1_001), None);
        assert_eq!(whole(i64::MAX, "tonne", i64::MAX), None);
    }
}
