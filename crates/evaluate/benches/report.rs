//! How long a thousand pieces of 32 bars take, reading aside.

use criterion::{Criterion, criterion_group, criterion_main};
use evaluate::export::Format;
use evaluate::{
    BarSpan, ChordSpan, Convention, Harmonization, MelodyNote, Pair, Report, Settings,
    TrainingProgressions,
};
use score::{Chord, Duration, Meter, PitchName, Position, Quality, Symbol};

const BARS: i32 = 32;

/// A melody in eighths and two chords a bar, other ones for each seed.
fn song(seed: i32) -> Harmonization {
    let eighth = |index: i32| Position::new(i64::from(index), 2).expect("in range");
    let qualities = [Quality::Major, Quality::Minor, Quality::Dominant, Quality::MinorSeventh];
    Harmonization {
        melody: (0..8 * BARS)
            .map(|index| MelodyNote {
                onset: eighth(index),
                end: eighth(index + 1),
                pitch: 60 + (index * index * (seed + 3)).rem_euclid(17),
            })
            .collect(),
        chords: (0..2 * BARS)
            .map(|index| {
                let choice = (index * (index + seed) * 7 + seed).rem_euclid(48);
                let root = PitchName::from_fifths(choice % 12 - 5);
                let quality = qualities[(choice / 12).unsigned_abs() as usize];
                ChordSpan {
                    onset: eighth(4 * index),
                    end: eighth(4 * index + 4),
                    symbol: Symbol::Chord(Chord::new(root, quality)),
                }
            })
            .collect(),
        bars: (0..BARS)
            .map(|index| BarSpan {
                start: eighth(8 * index),
                end: eighth(8 * index + 8),
                meter: Meter::COMMON,
                missing: Duration::ZERO,
            })
            .collect(),
        tempo: None,
    }
}

fn thousand_pieces(criterion: &mut Criterion) {
    let pairs: Vec<Pair> = (0..1_000)
        .map(|number| Pair {
            name: format!("{number}.xml"),
            generated: song(number).into(),
            reference: song(number + 1).into(),
            constraints: Vec::new(),
        })
        .collect();
    let songs: Vec<Harmonization> = (0..2_000).map(song).collect();
    let training = TrainingProgressions::new(&songs);
    for convention in Convention::ALL {
        let settings = Settings { convention, ..Settings::default() };
        criterion.bench_function(&format!("1000 pieces, {}", convention.name()), |bencher| {
            bencher.iter(|| Report::new(&pairs, settings, Some(&training)));
        });
    }
    let report = Report::new(&pairs, Settings::default(), Some(&training)).expect("short pieces");
    criterion.bench_function("1000 pieces as JSON", |bencher| {
        bencher.iter(|| Format::Json.write(&report));
    });
    criterion.bench_function("index of 2000 training pieces", |bencher| {
        bencher.iter(|| TrainingProgressions::new(&songs));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = thousand_pieces
}
criterion_main!(benches);
