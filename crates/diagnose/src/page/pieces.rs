//! The worst pieces, and some typical ones, beside what was written.

use super::missing::each_examined;
use super::{Subject, percent};
use crate::charts::{Lane, LaneChord, PianoRoll, Verdict};
use crate::examination::{CellView, Choice, PieceView};
use crate::page::html::Html;

/// Cells of one system at most; it ends at a bar line.
const SYSTEM: usize = 16;
/// Systems of a piece that are shown; the rest of it is behind a click.
const SYSTEMS: usize = 6;

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    html.paragraph(
        "The melody, the chords that were written, and what the model writes in one guess with \
         nothing visible. Plain blue is right, a blue frame a right root, orange is wrong.",
    );
    each_examined(html, subjects, |html, examination| {
        examination.views.iter().for_each(|view| piece(html, view));
    });
}

fn piece(html: &mut Html, view: &PieceView) {
    let name = &view.piece;
    let title = name.title.as_deref().unwrap_or(&name.file);
    html.leaf("h3", "", title);
    let choice = match view.choice {
        Choice::Worst => "among the worst",
        Choice::Typical => "typical",
    };
    let tune = name.tune.map(|tune| format!(", tune {tune}")).unwrap_or_default();
    html.leaf(
        "p",
        "soft",
        &format!(
            "{choice}: right in {} of the cells, loss {:.2} · {}, {}{tune}",
            percent(view.accuracy),
            view.loss,
            name.source,
            name.file
        ),
    );
    let keys = view.cells.iter().flat_map(|cell| cell.melody.iter().map(|tone| tone.midi));
    let keys = keys.fold(None, |ends: Option<(u8, u8)>, key| match ends {
        None => Some((key, key)),
        Some((low, high)) => Some((low.min(key), high.max(key))),
    });
    let rolls: Vec<_> = systems(&view.cells)
        .into_iter()
        .map(|cells| roll(cells, keys.unwrap_or((60, 72))).svg())
        .collect();
    let (first, rest) = rolls.split_at(rolls.len().min(SYSTEMS));
    html.charts("charts roll", first.iter().cloned());
    if !rest.is_empty() {
        html.details("The rest of it", |html| html.charts("charts roll", rest.iter().cloned()));
    }
}

/// Cells in rows of whole bars; a bar that is longer than a row is cut.
fn systems(cells: &[CellView]) -> Vec<&[CellView]> {
    let mut systems = Vec::new();
    let mut rest = cells;
    while !rest.is_empty() {
        let most = rest.len().min(SYSTEM);
        let gap = (1..most).find(|at| rest[*at].after_gap);
        let end = gap.unwrap_or_else(|| {
            let bar = (1..=most).rev().find(|at| rest.get(*at).is_none_or(|cell| cell.starts_bar));
            bar.unwrap_or(most)
        });
        let (system, after) = rest.split_at(end);
        systems.push(system);
        rest = after;
    }
    systems
}

fn roll(cells: &[CellView], keys: (u8, u8)) -> PianoRoll {
    let bars: Vec<(usize, String)> = cells
        .iter()
        .enumerate()
        .filter(|(_, cell)| cell.starts_bar)
        .map(|(index, cell)| (index, cell.at.bar.to_string()))
        .collect();
    let first = cells.first();
    let metre = first.map(|cell| cell.metre.as_str()).unwrap_or_default();
    let title = match first.map(|cell| cell.at.bar) {
        Some(0) => format!("pickup, {metre}"),
        Some(bar) => format!("bar {bar}, {metre}"),
        None => String::new(),
    };
    PianoRoll {
        title,
        cells: cells.len(),
        bars,
        notes: cells
            .iter()
            .map(|cell| cell.melody.iter().map(|tone| (tone.midi, tone.struck)).collect())
            .collect(),
        keys,
        lanes: vec![
            lane("written", cells, |cell| (&cell.truth, Verdict::Given)),
            lane("answer", cells, |cell| (&cell.predicted, verdict(cell))),
        ],
    }
}

fn verdict(cell: &CellView) -> Verdict {
    match (cell.right, cell.right_root) {
        (true, _) => Verdict::Right,
        (false, true) => Verdict::RightRoot,
        (false, false) => Verdict::Wrong,
    }
}

/// Equal neighbours are one chord.
fn lane(name: &str, cells: &[CellView], of: fn(&CellView) -> (&String, Verdict)) -> Lane {
    let mut chords = Vec::new();
    let mut start = 0;
    for run in cells.chunk_by(|a, b| of(a) == of(b)) {
        if let Some((symbol, verdict)) = run.first().map(of) {
            chords.push(LaneChord { start, cells: run.len(), symbol: symbol.clone(), verdict });
        }
        start += run.len();
    }
    Lane { name: name.to_owned(), chords }
}
