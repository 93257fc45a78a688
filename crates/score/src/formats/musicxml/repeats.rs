//! Repeat marks: bar lines, endings, and the signs and words of da capo.

use super::value::{Node, child, elements, has, name, text};
use super::walk::Step;
use crate::RepeatMarks;

/// Collects the repeat marks of a part, bar by bar.
#[derive(Default)]
pub(super) struct RepeatReader {
    bars: Vec<RepeatMarks>,
    /// The ending bracket that is open: where it began and its passes.
    open: Option<(usize, Vec<u8>)>,
    /// The last pass named by an ending bracket.
    last_pass: u8,
    /// The next bar starts with a forward repeat.
    forward: bool,
    /// Coda signs of which nothing says whether they are left or reached: their bar, and
    /// whether they stand at its start.
    coda_signs: Vec<(usize, bool)>,
}

impl RepeatReader {
    /// A new bar begins.
    pub(super) fn begin_bar(&mut self) {
        let start = std::mem::take(&mut self.forward);
        self.bars.push(RepeatMarks { start, ..RepeatMarks::default() });
    }

    /// An element of the bar that is neither note, harmony nor attributes.
    pub(super) fn step(&mut self, step: &Step<'_>) {
        match name(step.node) {
            "barline" => self.barline(step.node),
            "direction" => self.direction(step.node, step.at.is_zero()),
            "sound" => {
                if let Some(bar) = self.bars.last_mut() {
                    sound(step.node, bar);
                }
            }
            _ => {}
        }
    }

    fn barline(&mut self, node: Node<'_>) {
        let at_start = node.attribute("location") == Some("left");
        let Some(bar) = self.bars.len().checked_sub(1) else { return };
        for child in elements(node) {
            match (name(child), child.attribute("direction").or(child.attribute("type"))) {
                ("repeat", Some("forward")) if at_start => self.mark(bar, |bar| bar.start = true),
                ("repeat", Some("forward")) => self.forward = true,
                ("repeat", Some("backward")) => {
                    let times = child.attribute("times").and_then(|text| text.parse().ok());
                    let times = times.unwrap_or(2u8).max(2);
                    let ends = bar.saturating_sub(usize::from(at_start));
                    self.mark(ends, |bar| bar.end = Some(times));
                }
                ("ending", Some("start")) => {
                    self.close_ending(None);
                    let passes = self.passes(child.attribute("number").unwrap_or_default());
                    self.open = Some((bar, passes));
                }
                ("ending", Some("stop" | "discontinue")) => {
                    self.close_ending(bar.checked_sub(usize::from(at_start)));
                }
                ("segno", _) => self.mark(bar, |bar| bar.segno = true),
                ("coda", _) => self.coda_signs.push((bar, at_start)),
                _ => {}
            }
        }
    }

    /// The passes that an ending's number names (`1, 2` or `1-3`); the next one if none.
    fn passes(&mut self, number: &str) -> Vec<u8> {
        let mut passes = Vec::new();
        for item in number.split([',', ' ', ';']).filter(|item| !item.is_empty()) {
            let (first, last) = item.split_once('-').unwrap_or((item, item));
            let digits = |text: &str| text.trim_matches('.').parse::<u8>().ok();
            if let (Some(first), Some(last)) = (digits(first), digits(last)) {
                passes.extend(first.max(1)..=last.min(first.saturating_add(MOST_PASSES)));
            }
        }
        passes.sort_unstable();
        passes.dedup();
        if passes.is_empty() {
            passes.push(self.last_pass.saturating_add(1));
        }
        self.last_pass = passes.last().copied().unwrap_or_default();
        passes
    }

    /// Writes the open ending into its bars: up to `last`, or, where its end is not marked, up
    /// to the repeat that ends it, else into its first bar alone.
    fn close_ending(&mut self, last: Option<usize>) {
        let Some((first, passes)) = self.open.take() else { return };
        let open_bars = self.bars.iter_mut().enumerate().skip(first);
        let repeated = open_bars.filter(|(_, bar)| bar.end.is_some()).map(|(at, _)| at).next();
        let last = last.or(repeated).unwrap_or(first).max(first);
        for bar in self.bars.iter_mut().take(last + 1).skip(first) {
            bar.endings.clone_from(&passes);
        }
    }

    fn direction(&mut self, node: Node<'_>, at_start: bool) {
        let Some(bar) = self.bars.len().checked_sub(1) else { return };
        let mut marks = RepeatMarks::default();
        if let Some(node) = child(node, "sound") {
            sound(node, &mut marks);
        }
        let types = || elements(node).filter(|child| name(*child) == "direction-type");
        for kind in types().flat_map(elements).filter(|kind| name(*kind) == "words") {
            words(text(kind), &mut marks);
        }
        let jumps = marks.da_capo || marks.dal_segno || marks.to_coda || marks.fine;
        if types().any(|kind| has(kind, "segno")) && !jumps {
            marks.segno = true;
        }
        if types().any(|kind| has(kind, "coda")) && !jumps && !marks.coda {
            self.coda_signs.push((bar, at_start));
        }
        self.mark(bar, |bar| {
            bar.start |= marks.start;
            bar.segno |= marks.segno;
            bar.coda |= marks.coda;
            bar.to_coda |= marks.to_coda;
            bar.fine |= marks.fine;
            bar.da_capo |= marks.da_capo;
            bar.dal_segno |= marks.dal_segno;
        });
    }

    fn mark(&mut self, bar: usize, change: impl FnOnce(&mut RepeatMarks)) {
        if let Some(marks) = self.bars.get_mut(bar) {
            change(marks);
        }
    }

    /// The marks of all bars.
    pub(super) fn finish(mut self) -> Vec<RepeatMarks> {
        self.close_ending(None);
        let mut signs = std::mem::take(&mut self.coda_signs).into_iter().peekable();
        // Of two bare signs the first is where the coda is left for, the second where it is.
        let left_for = !self.bars.iter().any(|bar| bar.to_coda) && signs.len() > 1;
        if left_for && let Some((bar, at_start)) = signs.next() {
            self.mark(bar.saturating_sub(usize::from(at_start)), |bar| bar.to_coda = true);
        }
        for (bar, at_start) in signs {
            self.mark(bar, |bar| bar.coda |= at_start || !bar.to_coda);
        }
        self.bars
    }
}

/// More passes than any ending names.
const MOST_PASSES: u8 = 32;

/// Takes the marks that `<sound>` carries.
fn sound(node: Node<'_>, marks: &mut RepeatMarks) {
    let yes = |called| node.attribute(called) == Some("yes");
    marks.start |= yes("forward-repeat");
    marks.da_capo |= yes("dacapo");
    marks.dal_segno |= node.has_attribute("dalsegno");
    marks.to_coda |= node.has_attribute("tocoda");
    marks.fine |= node.attribute("fine").is_some_and(|value| value != "no");
    marks.segno |= node.has_attribute("segno");
    marks.coda |= node.has_attribute("coda");
}

/// Takes the marks that words ask for.
fn words(text: &str, marks: &mut RepeatMarks) {
    let letters: String =
        text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).take(64).collect();
    let says = |words: &[&str]| words.iter().any(|word| letters.contains(word));
    if letters == "dc" || says(&["dacapo", "dcal"]) {
        marks.da_capo = true;
    } else if letters == "ds" || says(&["dalsegno", "dsal"]) {
        marks.dal_segno = true;
    } else if letters == "fine" || letters == "xfine" {
        // "4x Fine": the end after so many times.
        marks.fine = true;
    } else if letters == "tocoda" || letters == "alcoda" {
        marks.to_coda = true;
    } else if letters == "coda" {
        marks.coda = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::musicxml::value::Decimal;
    use crate::formats::musicxml::walk::walk;

    fn read(bars: &[&str]) -> Vec<RepeatMarks> {
        let mut reader = RepeatReader::default();
        for bar in bars {
            let text = format!("<measure>{bar}</measure>");
            let document = roxmltree::Document::parse(&text).expect("valid");
            reader.begin_bar();
            for step in walk(document.root_element(), &mut Decimal::ONE.clone()).steps {
                reader.step(&step);
            }
        }
        reader.finish()
    }

    const NOTE: &str = "<note><duration>1</duration></note>";

    #[test]
    fn endings_reach_from_start_to_stop() {
        let marks = read(&[
            "<barline location='left'><repeat direction='forward'/></barline>",
            "<barline location='left'><ending number='1, 2' type='start'/></barline>",
            "<barline><ending number='1, 2' type='stop'/><repeat direction='backward' times='3'/></barline>",
            "<barline location='left'><ending number='3' type='start'/></barline>\
             <barline><ending number='3' type='discontinue'/></barline>",
            "",
        ]);
        assert!(marks[0].start);
        let endings: Vec<_> = marks.iter().map(|bar| bar.endings.as_slice()).collect();
        assert_eq!(endings, [&[] as &[u8], &[1, 2], &[1, 2], &[3], &[]]);
        assert_eq!(marks[2].end, Some(3));
    }

    #[test]
    fn an_ending_that_is_never_closed_is_one_bar_or_reaches_to_its_repeat() {
        let marks = read(&[
            "<barline location='left'><ending number='1' type='start'/></barline>",
            "<barline><repeat direction='backward'/></barline>",
            "<barline location='left'><ending number='' type='start'/></barline>",
            "",
        ]);
        let endings: Vec<_> = marks.iter().map(|bar| bar.endings.as_slice()).collect();
        assert_eq!(endings, [[1].as_slice(), &[1], &[2], &[]]);
    }

    #[test]
    fn signs_and_words_are_understood() {
        let words = |text| {
            format!("<direction><direction-type><words>{text}</words></direction-type></direction>")
        };
        let coda = "<direction><direction-type><coda/></direction-type></direction>";
        let marks = read(&[
            "<direction><direction-type><segno/></direction-type></direction>",
            &format!("{NOTE}{coda}"),
            &format!("{NOTE}{}", words("D.S. al Coda")),
            coda,
            &words("(Fine)"),
            "<sound dacapo='yes'/>",
            &words("3 repeats then D.C. al Fine"),
        ]);
        assert!(marks[6].da_capo && !marks[6].fine);
        assert!(marks[0].segno && marks[1].to_coda && marks[2].dal_segno && marks[3].coda);
        assert!(!marks[1].coda && !marks[3].to_coda && marks[4].fine && marks[5].da_capo);
    }
}
