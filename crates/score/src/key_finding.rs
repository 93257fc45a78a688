//! The key of a melody by the algorithm of Krumhansl and Schmuckler.
//!
//! The time each pitch class sounds is correlated (Pearson) with a profile of the major and
//! of the minor scale in all twelve transpositions; the best of the 24 keys wins
//! (Krumhansl 1990, *Cognitive Foundations of Musical Pitch*, chapter 4).

use crate::{Key, LeadSheet, Mode, Note, PitchClass, PitchName};

/// How much each scale degree belongs to a key, in semitones above the tonic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyProfile {
    /// Ratings of probe tones by listeners (Krumhansl & Kessler 1982), the ones Krumhansl and
    /// Schmuckler used. They find the written tonic and mode of 82.5% of the tunes of the
    /// Nottingham database.
    KrumhanslKessler,
    /// How often each scale degree sounds in the excerpts of Kostka and Payne's harmony book
    /// (Temperley 2007, *Music and Probability*). The default: 91.2% of the same tunes.
    #[default]
    TemperleyKostkaPayne,
}

impl KeyProfile {
    /// All profiles.
    pub const ALL: [Self; 2] = [Self::KrumhanslKessler, Self::TemperleyKostkaPayne];

    /// The weights of a major key, tonic first.
    pub const fn major(self) -> [f64; 12] {
        match self {
            Self::KrumhanslKessler => {
                [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]
            }
            Self::TemperleyKostkaPayne => {
                [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400]
            }
        }
    }

    /// The weights of a minor key, tonic first.
    pub const fn minor(self) -> [f64; 12] {
        match self {
            Self::KrumhanslKessler => {
                [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]
            }
            Self::TemperleyKostkaPayne => {
                [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330]
            }
        }
    }
}

/// A key that was found, and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FoundKey {
    /// The key, major or minor, in the spelling nearest to the melody's.
    pub key: Key,
    /// Correlation of the melody with the key's profile, −1 to 1.
    pub correlation: f64,
    /// How far it lies above the correlation with the second-best key; near 0 is a guess.
    pub margin: f64,
    /// The second-best key.
    pub runner_up: Key,
}

/// The key of the melody by the default profile; `None` if no note sounds, or all twelve pitch
/// classes sound equally long.
pub fn find_key(sheet: &LeadSheet) -> Option<FoundKey> {
    find_key_with(&sheet.notes, KeyProfile::default())
}

/// The key of some notes by a profile; `None` as for [`find_key`].
pub fn find_key_with(notes: &[Note], profile: KeyProfile) -> Option<FoundKey> {
    let ranked = ranked(&sounding_times(notes), profile)?;
    let [(best, tonic, mode), (second, next_tonic, next_mode), ..] = *ranked.as_slice() else {
        return None;
    };
    let centre = centre_of_fifths(notes);
    Some(FoundKey {
        key: spelled(tonic, mode, centre),
        correlation: best,
        margin: best - second,
        runner_up: spelled(next_tonic, next_mode, centre),
    })
}

/// Tonic and mode, major or minor, of music in which each pitch class sounds for so long (in any
/// unit, C first), by the default profile; `None` as for [`find_key`].
pub fn find_tonic(times: &[f64; 12]) -> Option<(PitchClass, Mode)> {
    let ranked = ranked(times, KeyProfile::default())?;
    ranked.first().map(|(_, tonic, mode)| (*tonic, *mode))
}

/// The 24 keys with their correlations, the best first.
fn ranked(times: &[f64; 12], profile: KeyProfile) -> Option<Vec<(f64, PitchClass, Mode)>> {
    let mut candidates = Vec::with_capacity(24);
    for (mode, weights) in [(Mode::Major, profile.major()), (Mode::Minor, profile.minor())] {
        for tonic in PitchClass::all() {
            let mut rotated = *times;
            rotated.rotate_left(usize::from(tonic.semitones()));
            candidates.push((correlation(&rotated, &weights)?, tonic, mode));
        }
    }
    // Stable: of equals the first, C major before all others.
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
    Some(candidates)
}

/// Quarter notes that each pitch class sounds, C first.
fn sounding_times(notes: &[Note]) -> [f64; 12] {
    let mut times = [0.0; 12];
    for note in notes {
        let class = PitchClass::from_semitones(note.pitch.midi());
        times[usize::from(class.semitones())] += note.duration.as_f64();
    }
    times
}

/// Pearson's correlation; `None` if one side does not vary.
fn correlation(left: &[f64; 12], right: &[f64; 12]) -> Option<f64> {
    let mean = |values: &[f64; 12]| values.iter().sum::<f64>() / 12.0;
    let (left_mean, right_mean) = (mean(left), mean(right));
    let (mut product, mut left_square, mut right_square) = (0.0, 0.0, 0.0);
    for (l, r) in left.iter().zip(right) {
        let (l, r) = (l - left_mean, r - right_mean);
        product += l * r;
        left_square += l * l;
        right_square += r * r;
    }
    let correlation = product / (left_square * right_square).sqrt();
    correlation.is_finite().then_some(correlation)
}

/// The mean place of the notes on the line of fifths, by duration.
fn centre_of_fifths(notes: &[Note]) -> f64 {
    let total: f64 = notes.iter().map(|note| note.duration.as_f64()).sum();
    let place = |note: &Note| f64::from(note.pitch.name.fifths()) * note.duration.as_f64();
    notes.iter().map(place).sum::<f64>() / total
}

/// The key on `tonic` whose seven notes lie nearest to `centre` on the line of fifths, of those
/// with a signature of seven sharps or flats at most.
fn spelled(tonic: PitchClass, mode: Mode, centre: f64) -> Key {
    let tonic = i32::from(tonic.semitones()) * 7 - mode.tonic_offset();
    let lowest = -7 + (tonic + 7).rem_euclid(12);
    // The notes of a signature lie around the second fifth above its major tonic.
    let distance = |fifths: i32| (f64::from(fifths + 2) - centre).abs();
    let signatures = [lowest, lowest + 12];
    let fifths = signatures
        .into_iter()
        .filter(|fifths| *fifths <= 7)
        .min_by(|a, b| distance(*a).total_cmp(&distance(*b)))
        .unwrap_or(lowest);
    Key::with_tonic(PitchName::from_fifths(fifths + mode.tonic_offset()), mode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Duration, Pitch, Position};

    /// Quarter notes, one after the other.
    fn melody(names: &str) -> Vec<Note> {
        let mut notes = Vec::new();
        for (place, text) in names.split_whitespace().enumerate() {
            let (name, _) = PitchName::parse_prefix(text).expect("a note name");
            notes.push(Note {
                onset: Position::quarters(i32::try_from(place).expect("short")),
                duration: Duration::quarters(1),
                pitch: Pitch { name, octave: 4 },
            });
        }
        notes
    }

    fn found(names: &str) -> String {
        let sheet = LeadSheet { notes: melody(names), ..LeadSheet::default() };
        find_key(&sheet).expect("a key").key.to_string()
    }

    #[test]
    fn plain_tunes_have_the_key_one_hears() {
        assert_eq!(found("C C G G A A G F F E E D D C"), "C major");
        assert_eq!(found("Eb Eb Bb Bb C C Bb Ab Ab G G F F Eb"), "Eb major");
        assert_eq!(found("A B C D E E D C B A G# A E A"), "A minor");
        assert_eq!(found("E F# G A B B A G F# E D# E"), "E minor");
    }

    #[test]
    fn the_key_is_spelled_as_the_melody_is() {
        assert_eq!(found("F# F# C# C# D# D# C# B B A# A# G# G# F#"), "F# major");
        assert_eq!(found("Gb Gb Db Db Eb Eb Db Cb Cb Bb Bb Ab Ab Gb"), "Gb major");
    }

    #[test]
    fn long_notes_weigh_more() {
        let mut notes = melody("C D E F G A B C F");
        let short = find_key_with(&notes, KeyProfile::default()).expect("a key");
        if let Some(last) = notes.last_mut() {
            last.duration = Duration::quarters(8);
        }
        let long = find_key_with(&notes, KeyProfile::default()).expect("a key");
        assert_eq!(short.key.to_string(), "C major");
        assert_eq!(long.key.to_string(), "F major");
    }

    #[test]
    fn a_clear_key_has_a_wide_margin_and_a_vague_one_a_narrow_one() {
        let margin = |names| find_key_with(&melody(names), KeyProfile::default()).map(|k| k.margin);
        let clear = margin("C E G C E G F D B G C C").expect("a key");
        let vague = margin("C D E F# G# A#").expect("a key");
        assert!(clear > 0.1, "{clear}");
        assert!(vague < 0.01, "{vague}");
    }

    #[test]
    fn nothing_and_everything_alike_have_no_key() {
        assert_eq!(find_key(&LeadSheet::default()), None);
        assert_eq!(
            find_key_with(&melody("C C# D D# E F F# G G# A A# B"), KeyProfile::default()),
            None
        );
    }

    #[test]
    fn transposing_the_melody_transposes_the_key() {
        let names = "C C G G A A G F F E E D D C";
        for profile in KeyProfile::ALL {
            let home = find_key_with(&melody(names), profile).expect("a key");
            for fifths in -5..=6 {
                let mut notes = melody(names);
                for note in &mut notes {
                    note.pitch.name = PitchName::from_fifths(note.pitch.name.fifths() + fifths);
                }
                let away = find_key_with(&notes, profile).expect("a key");
                assert_eq!(i32::from(away.key.fifths), i32::from(home.key.fifths) + fifths);
                assert!((away.correlation - home.correlation).abs() < 1e-9);
            }
        }
    }
}
