//! The values of the `M:`, `L:` and `Q:` fields.

use super::factor::Factor;
use crate::{Duration, Meter};

/// Reads `M:`: `6/8`, `C`, `C|`, `2+3/8`, `(2+2+3)/16`, `none`. `Ok(None)` is free metre.
///
/// # Errors
/// A message that says what is wrong with the value.
pub(super) fn meter(value: &str) -> Result<Option<Meter>, String> {
    let value = value.trim();
    match value.split_whitespace().next() {
        None => return Ok(None),
        Some(word) if word.eq_ignore_ascii_case("none") => return Ok(None),
        Some("C") => return Ok(Some(Meter::COMMON)),
        Some("C|") => return Ok(Meter::new(2, 2).ok()),
        Some(_) => {}
    }
    let unreadable = || format!("\"M:{value}\" is no metre");
    let (above, below) = value.split_once('/').ok_or_else(unreadable)?;
    let mut beats = 0u32;
    for part in above.trim_matches(['(', ')', ' ']).split('+') {
        let part: u32 = part.trim().parse().map_err(|_| unreadable())?;
        beats = beats.checked_add(part).ok_or_else(unreadable)?;
    }
    let below = below.trim_start_matches([')', ' ']);
    let digits = below.find(|c: char| !c.is_ascii_digit()).unwrap_or(below.len());
    let (denominator, rest) = below.split_at(digits);
    let denominator: u32 = denominator.parse().map_err(|_| unreadable())?;
    let meter = Meter::new(beats, denominator).map_err(|error| error.to_string())?;
    if !rest.trim().is_empty() {
        return Err(format!("only the first of the metres \"M:{value}\" can be meant"));
    }
    Ok(Some(meter))
}

/// The first of several metres in one field (`M:4/4 6/8`).
pub(super) fn first_meter(value: &str) -> Option<Meter> {
    meter(value.split_whitespace().next()?).ok().flatten()
}

/// The unit note length where no `L:` is given: a sixteenth below 3/4, else an eighth.
pub(super) fn default_unit(meter: Option<Meter>) -> Duration {
    let small = meter
        .is_some_and(|meter| 4 * u32::from(meter.numerator()) < 3 * u32::from(meter.denominator()));
    Duration::whole_notes(1, if small { 16 } else { 8 }).unwrap_or(Duration::quarters(1))
}

/// Reads `L:`: `1/8`, `1/4`, `1`.
pub(super) fn unit(value: &str) -> Option<Duration> {
    fraction(value.trim())?.of(Duration::quarters(4))
}

/// Reads `Q:` as quarter notes a minute: `1/4=120`, `"Allegro" 3/8=96`, `1/4 1/8=60`, `120`
/// (of the unit length). `None` if it only says it in words.
pub(super) fn tempo(value: &str, unit: Duration) -> Option<f64> {
    let without_words: String = value.split('"').step_by(2).collect::<Vec<_>>().join(" ");
    let (beats, rate) = match without_words.split_once('=') {
        Some((beats, rate)) => (beats.trim(), rate),
        None => ("", without_words.as_str()),
    };
    let rate: f64 = rate.split_whitespace().next()?.parse().ok()?;
    let beat = beats.split_whitespace().map(|beat| fraction(beat)?.of(Duration::quarters(4)));
    let beat: Option<Vec<Duration>> = beat.collect();
    // `C=120` is an old way to name the unit length.
    let beat = beat.filter(|beat| !beat.is_empty()).unwrap_or_else(|| vec![unit]);
    let quarters: f64 = beat.into_iter().map(Duration::as_f64).sum();
    let tempo = quarters * rate;
    (tempo.is_finite() && (1.0..=4000.0).contains(&tempo)).then_some(tempo)
}

fn fraction(text: &str) -> Option<Factor> {
    let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
    Factor::new(numerator.trim().parse().ok()?, denominator.trim().parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metres_are_read_in_every_spelling() {
        for (value, expected) in [
            ("6/8", Some((6, 8))),
            ("C", Some((4, 4))),
            ("C|", Some((2, 2))),
            ("2+3/8", Some((5, 8))),
            ("(2+2+3)/16", Some((7, 16))),
            ("none", None),
            ("", None),
        ] {
            let expected = expected.map(|(n, d)| Meter::new(n, d).expect("valid"));
            assert_eq!(meter(value), Ok(expected), "{value}");
        }
        assert!(meter("4/3").is_err());
        assert!(meter("fast").is_err());
        assert!(meter("4/4 6/8").is_err());
        assert_eq!(first_meter("4/4 6/8"), Some(Meter::COMMON));
    }

    #[test]
    fn the_unit_length_follows_the_metre() {
        let unit = |n, d| default_unit(Meter::new(n, d).ok()).fraction();
        assert_eq!(unit(2, 4), (1, 4));
        assert_eq!(unit(3, 4), (1, 2));
        assert_eq!(unit(6, 8), (1, 2));
        assert_eq!(default_unit(None).fraction(), (1, 2));
    }

    #[test]
    fn tempo_is_counted_in_quarters() {
        let eighth = Duration::new(1, 2).expect("in range");
        for (value, expected) in [
            ("1/4=120", Some(120.0)),
            ("3/8=80", Some(120.0)),
            ("\"Allegro\" 1/2=60", Some(120.0)),
            ("1/4 1/4=60", Some(120.0)),
            ("120", Some(60.0)),
            ("C=240", Some(120.0)),
            ("\"Presto\"", None),
            ("1/4=inf", None),
        ] {
            assert_eq!(tempo(value, eighth), expected, "{value}");
        }
    }
}
