use std::fmt;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day that `2027-03-31` and the like name; `None` when there is no such day, or it is written otherwise.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        let number = |range: std::ops::Range<usize>| text.get(range)?.parse().ok();
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        (is_plain && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day)).then_some(Self { year, month: month as u8, day: day as u8 })
    }

    /// The day so many days after 1970-01-01; the last day that can be told for those beyond.
    pub fn from_days(days: u64) -> Self {
        let mut left = days;
        for year in 1970..=9999 {
            for month in 1..=12 {
                let length = u64::from(days_in(year, month));
                if left < length {
                    return Self { year, month: month as u8, day: left as u8 + 1 };
                }
                left -= length;
            }
        }
        Self { year: 9999, month: 12, day: 31 }
    }
}

fn days_in(year: u16, month: u16) -> u16 {
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// `2027-03-31`
impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_there_are_can_be_named() {
        for day in ["2027-03-31", "2028-02-29", "2000-02-29"] {
            assert_eq!(Date::parse(day).map(|date| date.to_string()).as_deref(), Some(day));
        }
        for none in ["2027-02-29", "2100-02-29", "2027-13-01", "2027-00-10", "2027-04-31", "2027-1-1", "31.3.2027", "2027-03-3x", "+027-03-31", ""] {
            assert_eq!(Date::parse(none), None, "{none}");
        }
        assert!(Date::parse("2027-09-30") < Date::parse("2027-10-01"));
    }

    #[test]
    fn days_are_counted_from_1970() {
        for (days, date) in [(0, "1970-01-01"), (59, "1970-03-01"), (11_016, "2000-02-29"), (20_820, "2027-01-02"), (u64::MAX, "9999-12-31")] {
            assert_eq!(Date::from_days(days).to_string(), date);
        }
    }
}
