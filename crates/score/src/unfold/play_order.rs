//! In which order bars are played.

use crate::{Bar, RepeatMarks};

/// The indices of the bars in the order in which they are played; `None` if that takes more
/// than `most` bars.
pub(super) fn play_order(bars: &[Bar], most: usize) -> Option<Vec<usize>> {
    let brackets = brackets(bars);
    let jumps = |bar: &Bar| bar.repeats.da_capo || bar.repeats.dal_segno;
    let without_jumps = !bars.iter().any(jumps);
    let mut player = Player { bars, brackets: &brackets, without_jumps, ..Player::default() };
    let mut order = Vec::new();
    // Skipped brackets count as well: hostile files may have little else.
    for _ in 0..most.saturating_mul(2) {
        let Some(bar) = bars.get(player.at) else { return Some(order) };
        if let Some(beyond) = player.skipped_bracket() {
            player.leave(beyond);
            continue;
        }
        if bar.repeats.start && player.section != player.at {
            player.begin(player.at);
        }
        order.push(player.at);
        match player.next(&bar.repeats) {
            Some(next) => player.at = next,
            None => return Some(order),
        }
        if order.len() >= most {
            break;
        }
    }
    (player.at >= bars.len()).then_some(order)
}

/// The ending bracket under which a bar stands.
#[derive(Clone, Copy)]
struct Bracket {
    /// The first bar after it.
    beyond: usize,
    /// How often the passage with this bracket and its neighbours is played.
    passes: u8,
}

/// The bracket of each bar.
fn brackets(bars: &[Bar]) -> Vec<Option<Bracket>> {
    let mut found = Vec::with_capacity(bars.len());
    for group in
        bars.chunk_by(|bar, next| bar.repeats.endings.is_empty() == next.repeats.endings.is_empty())
    {
        let endings: Vec<_> =
            group.chunk_by(|bar, next| bar.repeats.endings == next.repeats.endings).collect();
        let named = group.iter().flat_map(|bar| bar.repeats.endings.iter().copied()).max();
        let Some(last) = named else {
            found.extend(group.iter().map(|_| None));
            continue;
        };
        // A bracket that stands alone and is repeated has the music after it for its sequel.
        let sequel = endings.len() == 1
            && group.last().is_some_and(|bar| bar.repeats.end.is_some())
            && group.first().is_some_and(|bar| bar.repeats.endings.contains(&1));
        let passes = last.saturating_add(u8::from(sequel));
        for ending in endings {
            let beyond = found.len() + ending.len();
            found.extend(ending.iter().map(|_| Some(Bracket { beyond, passes })));
        }
    }
    found
}

/// Where the playing stands.
#[derive(Default)]
struct Player<'a> {
    bars: &'a [Bar],
    brackets: &'a [Option<Bracket>],
    /// The bar that is played.
    at: usize,
    /// Where the passage that is being repeated begins.
    section: usize,
    /// How often that passage has been repeated.
    repeated: u8,
    /// A da capo or dal segno was followed: repeats are over.
    jumped: bool,
    /// The coda was gone to.
    in_coda: bool,
    /// No bar asks for da capo or dal segno: what leads to a coda is the repetition.
    without_jumps: bool,
}

impl Player<'_> {
    fn bracket(&self, at: usize) -> Option<Bracket> {
        self.brackets.get(at).copied().flatten()
    }

    /// A passage that may be repeated begins at `bar`.
    fn begin(&mut self, bar: usize) {
        self.section = bar;
        self.repeated = 0;
    }

    /// Goes on at `bar`, beyond a bracket; where no other bracket follows, a passage is over.
    fn leave(&mut self, bar: usize) {
        self.at = bar;
        if self.bracket(bar).is_none() {
            self.begin(bar);
        }
    }

    /// If the bar stands under a bracket of another pass: the bar where playing goes on.
    fn skipped_bracket(&self) -> Option<usize> {
        let bracket = self.bracket(self.at)?;
        // Repeats are over after a jump: the last ending is the one that leads on.
        let pass = if self.jumped { bracket.passes } else { self.repeated.saturating_add(1) };
        let endings = &self.bars.get(self.at)?.repeats.endings;
        (!endings.contains(&pass)).then_some(bracket.beyond)
    }

    /// The bar after this one; `None` at the end.
    fn next(&mut self, marks: &RepeatMarks) -> Option<usize> {
        let following = self.at + 1;
        let bracket = self.bracket(self.at);
        let leaves = self.jumped || (self.without_jumps && self.repeated > 0);
        if marks.to_coda
            && leaves
            && !self.in_coda
            && let Some(coda) = self.coda()
        {
            self.in_coda = true;
            self.begin(coda);
            return Some(coda);
        }
        if let Some(times) = marks.end
            && !self.jumped
        {
            let passes = bracket.map_or(times, |bracket| bracket.passes);
            if self.repeated.saturating_add(1) < passes {
                self.repeated += 1;
                return Some(self.section);
            }
        }
        let passage_ends = marks.end.is_some() || bracket.is_some();
        if passage_ends && self.bracket(following).is_none() {
            self.begin(following);
        }
        if self.jumped {
            if marks.fine {
                return None;
            }
            if marks.to_coda
                && !self.in_coda
                && let Some(coda) = self.coda()
            {
                self.in_coda = true;
                return Some(coda);
            }
        } else if marks.da_capo || marks.dal_segno {
            self.jumped = true;
            let segno = self.bars.iter().position(|bar| bar.repeats.segno);
            return Some(if marks.dal_segno { segno.unwrap_or(0) } else { 0 });
        }
        Some(following)
    }

    /// Where the coda begins: after the bar being played, else anywhere else.
    fn coda(&self) -> Option<usize> {
        let signs = || self.bars.iter().enumerate().filter(|(_, bar)| bar.repeats.coda);
        let after = signs().map(|(at, _)| at).find(|at| *at > self.at);
        after.or_else(|| signs().map(|(at, _)| at).find(|at| *at != self.at))
    }
}
