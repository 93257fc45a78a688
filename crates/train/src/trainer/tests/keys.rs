//! Keys in which pieces are trained on and measured.

use grid::Keys;

use super::*;
use crate::TrainingSong;
use crate::Transposition;

/// The corpus names C major for songs in all keys, so what is written there is not where a song
/// is: here each song gets the key it is in.
fn in_all_keys() -> (tempfile::TempDir, Corpus) {
    let (folder, _) = corpus();
    let path = folder.path().join("corpus/manifest.jsonl");
    let text = std::fs::read_to_string(&path).expect("reads");
    let corrected: String = text
        .lines()
        .map(|line| {
            let mut line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let file = line["file"].as_str().expect("a name").trim_end_matches(".abc");
            line["key"]["tonic"] = (file.parse::<u64>().expect("a number") % 12).into();
            format!("{line}\n")
        })
        .collect();
    std::fs::write(&path, corrected).expect("writes");
    let corpus = Corpus::open(&folder.path().join("corpus")).expect("opens");
    (folder, corpus)
}

#[test]
fn in_c_major_what_is_trained_on_and_what_is_measured_are_both_moved() {
    let (_folder, corpus) = in_all_keys();
    let mut config = config();
    config.data.transposition = Transposition::CMajor;
    for split in [Split::Train, Split::Validation] {
        let songs = SongSet::new(&corpus, split, &config.data);
        for song in &songs.songs {
            // Untransposed, every song of this corpus begins on C.
            assert_eq!(song.cells[4].harmony(), cells(0, 8)[4].harmony(), "{}", song.file);
            assert_eq!(song.key, Some(PieceKey { tonic: 0, minor: false }));
        }
        let moved = SongSet::new(&corpus, split, &self::config().data).songs;
        assert!(moved.iter().any(|song| song.cells[4].harmony() != cells(0, 8)[4].harmony()));
    }
    // Items are windows of the songs as they are.
    let songs = SongSet::new(&corpus, Split::Train, &config.data);
    for item in first_epoch(&config, &corpus) {
        let cells = item.item.cells;
        let from = |song: &TrainingSong<'_>| song.cells.windows(cells.len()).any(|w| w == cells);
        assert!(songs.songs.iter().any(from));
    }
}

#[test]
fn the_exported_model_says_in_which_keys_it_reads() {
    let (folder, corpus) = in_all_keys();
    for (transposition, keys) in
        [(Transposition::CMajor, Keys::CMajor), (Transposition::AllKeys, Keys::Own)]
    {
        let mut config = config();
        config.optimization.steps = 1;
        config.data.transposition = transposition;
        let out = folder.path().join(format!("{keys:?}"));
        run(&config, &corpus, &out, false).expect("trains");
        let device = model::device("cpu").expect("a processor");
        let (_, reading) = model::load(&out.join("model"), &device).expect("loads");
        assert_eq!(reading.keys, keys);
    }
}
