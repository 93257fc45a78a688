//! The pieces that are looked at, and their windows.

use curriculum::Layout;
use grid::corpus::{Corpus, PieceKey, Song};
use grid::{Cell, Split};
use serde::{Deserialize, Serialize};
use train::{SongSet, TrainingSong, layout, window_seed, windows};

use super::Options;

/// Which piece of the corpus.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PieceName {
    /// The set it comes from.
    pub source: String,
    /// The file within the set.
    pub file: String,
    /// The number of the tune in a tunebook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tune: Option<u32>,
    /// The title, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// One piece.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub name: PieceName,
    pub key: Option<PieceKey>,
    pub family: u64,
}

/// A window of a piece as the model reads it.
#[derive(Clone, Debug)]
pub(super) struct Excerpt {
    /// Index of its piece.
    pub piece: usize,
    /// Index of its first cell in the piece.
    pub start: usize,
    pub cells: Vec<Cell>,
    /// Where the chord changes: the cell before it, in this window or the one before, holds
    /// another. The first cell of a piece is no change.
    pub changes: Vec<bool>,
    pub layout: Layout,
    /// Seed of its frozen masks.
    pub seed: u64,
}

/// Pieces with their windows, which stand in the order of the pieces.
#[derive(Clone, Debug, Default)]
pub(super) struct PieceSet {
    pub pieces: Vec<Piece>,
    pub excerpts: Vec<Excerpt>,
}

impl Excerpt {
    /// Its first `most` cells, cut at a bar start where there is one.
    pub fn beginning(&self, most: usize) -> Option<Self> {
        let range = windows(&self.cells, most.max(1), most.max(1)).into_iter().next()?;
        Some(Self {
            piece: self.piece,
            start: self.start,
            changes: self.changes[range.clone()].to_vec(),
            layout: layout(&self.cells[range.clone()])?,
            seed: self.seed,
            cells: self.cells[range].to_vec(),
        })
    }
}

impl PieceSet {
    /// `options.pieces` pieces of a side, every n-th, so that each source has its share.
    pub fn choose(corpus: &Corpus, split: Split, options: &Options) -> Self {
        let songs = SongSet::new(corpus, split, &options.data).songs;
        let sources = &options.data.sources;
        let wanted = |song: &&Song| sources.is_empty() || sources.contains(&song.entry.source);
        let entries: Vec<&Song> = corpus.side(split).filter(wanted).collect();
        let mut set = Self::default();
        for index in spread(songs.len(), options.pieces) {
            let TrainingSong { cells, key, family, .. } = &songs[index];
            let entry = &entries[index].entry;
            let name = PieceName {
                source: entry.source.clone(),
                file: entry.file.clone(),
                tune: entry.tune,
                title: entry.title.clone(),
            };
            set.add(Piece { name, key: *key, family: *family }, cells, options);
        }
        set
    }

    /// Adds a piece with its windows, if any of them can be masked.
    pub fn add(&mut self, piece: Piece, cells: &[Cell], options: &Options) {
        let window = options.data.window.max(1);
        let all = windows(cells, window, window);
        let index = self.pieces.len();
        let excerpts = spread(all.len(), options.windows).into_iter().filter_map(|at| {
            let range = all[at].clone();
            let before = |at: usize| at.checked_sub(1).map(|before| cells[before].harmony());
            let changes = range
                .clone()
                .map(|at| before(at).is_some_and(|before| before != cells[at].harmony()));
            Some(Excerpt {
                piece: index,
                start: range.start,
                changes: changes.collect(),
                layout: layout(&cells[range.clone()])?,
                seed: window_seed(options.mask_seed, piece.family, range.start),
                cells: cells[range].to_vec(),
            })
        });
        let before = self.excerpts.len();
        self.excerpts.extend(excerpts);
        if self.excerpts.len() > before {
            self.pieces.push(piece);
        }
    }
}

/// `most` of `count` indices, evenly spread from the first on.
fn spread(count: usize, most: usize) -> Vec<usize> {
    let take = most.min(count);
    (0..take).map(|index| index * count / take).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use grid::{CellMeter, Token};

    use super::*;

    /// `count` cells of 4/4: a chord of its own for each bar of this piece, its root beneath.
    pub fn cells(piece: u16, count: u16) -> Vec<Cell> {
        (0..count)
            .map(|index| {
                let meter = CellMeter {
                    bar: index / 4,
                    place: index % 4,
                    cells_in_bar: 4,
                    cells_per_pulse: 1,
                    numerator: 4,
                    denominator: 4,
                    first_bar: index < 4,
                    last_bar: index + 4 >= count,
                };
                let root = (piece * 5 + index / 4 * 7) % 12;
                let token = Token(Token::FIRST_CHORD.0 + 29 * root + (index / 8) % 2);
                let mut cell = Cell::new(token, meter);
                cell.add_note(60 + i32::from(root), 1.0, index % 4 == 0);
                cell
            })
            .collect()
    }

    /// A set of pieces with these many cells each.
    pub fn set(lengths: &[u16], options: &Options) -> PieceSet {
        let mut set = PieceSet::default();
        for (index, length) in (0u16..).zip(lengths) {
            let name = PieceName { file: format!("{index}.abc"), ..PieceName::default() };
            let piece = Piece { name, key: None, family: u64::from(index) };
            set.add(piece, &cells(index, *length), options);
        }
        set
    }

    #[test]
    fn few_are_spread_over_many() {
        assert_eq!(spread(10, 4), [0, 2, 5, 7]);
        assert_eq!(spread(3, 60), [0, 1, 2]);
        assert_eq!(spread(0, 4), Vec::<usize>::new());
    }

    #[test]
    fn windows_know_where_the_chord_changes_across_their_edges() {
        let options = Options { windows: 9, ..Options::default() };
        let set = set(&[130], &options);
        let lengths: Vec<usize> = set.excerpts.iter().map(|excerpt| excerpt.cells.len()).collect();
        assert_eq!(lengths, [64, 64, 2]);
        assert!(!set.excerpts[0].changes[0], "nothing comes before the first cell");
        assert!(set.excerpts[1].changes[0], "another bar, another chord");
        assert!(!set.excerpts[1].changes[1]);
        assert_ne!(set.excerpts[0].seed, set.excerpts[1].seed);
    }

    #[test]
    fn a_beginning_is_cut_at_a_bar() {
        let set = set(&[40], &Options::default());
        let beginning = set.excerpts[0].beginning(18).expect("cells");
        assert_eq!((beginning.cells.len(), beginning.layout.len()), (16, 16));
        assert_eq!(set.excerpts[0].beginning(99).expect("cells").cells.len(), 40);
    }

    #[test]
    fn no_more_windows_than_asked_for() {
        let options = Options { windows: 2, ..Options::default() };
        assert_eq!(set(&[300, 20], &options).excerpts.len(), 3);
    }
}
