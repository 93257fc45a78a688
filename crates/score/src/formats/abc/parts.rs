//! The order of parts that `P:` asks for, where repeat signs can say the same.

use crate::Bar;

/// Parts in the order they are played: `AABB`, `A2B2`, `A.A.B`. `None` where it is nested or
/// names something else than letters.
fn order(text: &str) -> Option<Vec<char>> {
    let mut order: Vec<char> = Vec::new();
    for character in text.chars().filter(|c| !c.is_whitespace() && *c != '.') {
        match (character, order.last().copied()) {
            ('A'..='Z', _) => order.push(character),
            ('1'..='9', Some(part)) => {
                let times = character.to_digit(10).unwrap_or(1);
                order.extend((1..times).map(|_| part));
            }
            _ => return None,
        }
        if order.len() > 100 {
            return None;
        }
    }
    Some(order)
}

/// Writes the play order into repeat marks where each part is only repeated in its place;
/// `starts` holds the parts of the music with the bar that each begins.
///
/// # Errors
/// A message if the order cannot be written so; the bars are then left as they are.
pub(super) fn apply(text: &str, starts: &[(char, usize)], bars: &mut [Bar]) -> Result<(), String> {
    let refusal = || format!("the play order P:{text} is not played out");
    let order = order(text).ok_or_else(refusal)?;
    let mut runs: Vec<(char, u8)> = Vec::new();
    for part in order {
        match runs.last_mut() {
            Some((last, times)) if *last == part => *times = times.saturating_add(1),
            _ => runs.push((part, 1)),
        }
    }
    let in_place = runs.iter().map(|run| run.0).eq(starts.iter().map(|start| start.0));
    if runs.iter().all(|run| run.1 == 1) && (in_place || starts.is_empty()) {
        return Ok(());
    }
    if !in_place {
        return Err(refusal());
    }
    if bars.iter().any(|bar| bar.repeats.start || bar.repeats.end.is_some()) {
        return Err(refusal());
    }
    let ends = starts.iter().skip(1).map(|start| start.1).chain([bars.len()]);
    for (((_, times), (_, first)), end) in runs.iter().zip(starts).zip(ends) {
        let Some(part) = bars.get_mut(*first..end).filter(|_| *times > 1) else { continue };
        if let Some(bar) = part.first_mut() {
            bar.repeats.start = true;
        }
        if let Some(bar) = part.last_mut() {
            bar.repeats.end = Some(*times);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_spelled_out() {
        let parts = |text| order(text).map(|parts| parts.into_iter().collect::<String>());
        assert_eq!(parts("AABB").as_deref(), Some("AABB"));
        assert_eq!(parts("A2.B3").as_deref(), Some("AABBB"));
        assert_eq!(parts("(AB)2"), None);
    }
}
