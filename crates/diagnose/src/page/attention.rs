//! Where hidden harmony cells look.

use super::missing::each_examined;
use super::{Subject, percent};
use crate::charts::{Bar, Bars, DenseMap, HeatMap, HeatScale, Ink, MapAxis, Svg};
use crate::examination::{
    Attended, Attention, AttentionMap, ByKind, Examination, Interval, MapPosition, NEAR,
};
use crate::page::html::Html;

/// Attention of this weight and more is drawn in full.
const FULL: f32 = 0.5;

/// Writes the section.
pub(super) fn write(html: &mut Html, subjects: &[Subject]) {
    html.paragraph(
        "This and the sections below look at the exported model: that of the run's best \
         evaluation, which need not be the last. Attention is from cells whose chord is hidden. Shares add up to 1; chance is what attention spread \
         evenly would give. Attention shows where a head looks, not what the model uses: the \
         next section measures that.",
    );
    each_examined(html, subjects, |html, examination| {
        match &examination.attention {
            Some(attention) => {
                html.charts("charts", [shares(attention), rollout(attention)]);
            }
            None => html.missing("There was no hidden cell to look from."),
        }
        examination.maps.iter().for_each(|map| maps(html, map));
        lift(html, examination);
    });
}

/// The kinds of position with their names.
fn kinds<T: Copy>(by: &ByKind<T>) -> [(&'static str, T); 5] {
    [
        ("condition", by.condition),
        ("melody", by.melody),
        ("visible", by.visible),
        ("hidden", by.masked),
        ("itself", by.itself),
    ]
}

/// The charts of an examination with their names.
pub(super) fn figures(examination: &Examination) -> Vec<(String, Svg)> {
    let Some(attention) = &examination.attention else { return Vec::new() };
    vec![
        ("attention-shares".to_owned(), shares(attention)),
        ("attention-rollout".to_owned(), rollout(attention)),
    ]
}

/// Where every head looks.
fn shares(attention: &Attention) -> Svg {
    let chance = attention.chance;
    let columns: Vec<String> = kinds(&chance.shares)
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .chain(["beneath".to_owned(), format!("± {NEAR}")])
        .collect();
    let row = |attended: &Attended| {
        let shares = kinds(&attended.shares).map(|(_, share)| Some(share.value));
        let [aligned, near] = [attended.aligned, attended.near].map(|share| Some(share.value));
        shares.into_iter().chain([aligned, near]).collect::<Vec<_>>()
    };
    let even = kinds(&chance.shares).map(|(_, share)| Some(share));
    let mut rows = vec!["chance".to_owned()];
    let mut values =
        vec![even.into_iter().chain([Some(chance.aligned), Some(chance.near)]).collect()];
    for head in &attention.by_head {
        rows.push(format!("layer {} head {}", head.layer + 1, head.head + 1));
        values.push(row(&head.attended));
    }
    rows.push("rollout".to_owned());
    values.push(row(&attention.rollout));
    HeatMap {
        title: format!("share of attention, {}% visible", attention.visible),
        rows_are: "",
        columns_are: "to …",
        rows,
        columns,
        values,
        scale: HeatScale::Sequential(0.0, 1.0),
        decimals: Some(2),
    }
    .svg()
}

/// What reaches a cell through all layers, beside chance.
fn rollout(attention: &Attention) -> Svg {
    let Attention { rollout, chance, .. } = attention;
    let bar = |name: &str, share: Interval, chance: f64| Bar {
        name: name.to_owned(),
        value: share.value,
        interval: Some((share.low, share.high)),
        reference: Some(chance),
        ink: Ink::Category(0),
    };
    let shares = kinds(&rollout.shares).into_iter().zip(kinds(&chance.shares));
    let mut bars: Vec<Bar> =
        shares.map(|((name, share), (_, chance))| bar(name, share, chance)).collect();
    bars.push(bar("melody beneath", rollout.aligned, chance.aligned));
    bars.push(bar(&format!("melody ± {NEAR} cells"), rollout.near, chance.near));
    Bars {
        title: "rollout through all layers".to_owned(),
        bars,
        range: None,
        reference: Some("chance"),
    }
    .svg()
}

/// Share / chance of every head, in numbers.
fn lift(html: &mut Html, examination: &Examination) {
    let Some(attention) = &examination.attention else { return };
    html.details("Share / chance, and entropy, of every head", |html| {
        let columns: Vec<String> = ["head", "condition", "melody", "visible", "hidden", "itself"]
            .into_iter()
            .chain(["entropy"])
            .map(str::to_owned)
            .collect();
        let cells = |attended: &Attended| {
            let lift = kinds(&attended.lift).map(|(_, lift)| match lift {
                Some(lift) => format!("{:.2} [{:.2}, {:.2}]", lift.value, lift.low, lift.high),
                None => "–".to_owned(),
            });
            let entropy = attended.entropy;
            let entropy = format!("{:.2} [{:.2}, {:.2}]", entropy.value, entropy.low, entropy.high);
            lift.into_iter().chain([entropy]).collect::<Vec<_>>()
        };
        let heads = attention.by_head.iter().map(|head| {
            let name = format!("layer {} head {}", head.layer + 1, head.head + 1);
            [vec![name], cells(&head.attended)].concat()
        });
        let rollout = [vec!["rollout".to_owned()], cells(&attention.rollout)].concat();
        let rows: Vec<Vec<String>> = heads.chain([rollout]).collect();
        let caption = format!(
            "{} hidden cells, {} visible; spread evenly the entropy would be {:.2} nats",
            attention.cells,
            percent(f64::from(attention.visible) / 100.0),
            attention.chance.entropy
        );
        html.table(&caption, &columns, &rows);
    });
}

/// The maps of one piece: rollout, then every head.
fn maps(html: &mut Html, map: &AttentionMap) {
    let piece = &map.piece;
    let title = piece.title.as_deref().unwrap_or(&piece.file);
    html.leaf("h3", "", &format!("{title} ({}), {}% visible", piece.source, map.visible));
    html.leaf(
        "p",
        "soft",
        "Rows: harmony cells that look. Columns: melody and harmony cells they look at, labelled \
         bar.beat. Ticks at the edge: chords that are shown. Shade is the square root of the weight.",
    );
    let view = View::new(map);
    html.charts("charts", [view.chart("rollout".to_owned(), &map.rollout, 8.0)]);
    html.details("Every layer and head", |html| {
        for (layer, heads) in map.weights.iter().enumerate() {
            let charts = heads.iter().enumerate().map(|(head, weights)| {
                view.chart(format!("layer {} head {}", layer + 1, head + 1), weights, 5.0)
            });
            html.charts("charts", charts);
        }
    });
}

/// The positions of a map that are drawn: from harmony cells to melody and harmony cells.
struct View {
    melody: Vec<usize>,
    harmony: Vec<usize>,
    melody_axis: MapAxis,
    harmony_axis: MapAxis,
}

impl View {
    fn new(map: &AttentionMap) -> Self {
        let (mut melody, mut harmony) = (Vec::new(), Vec::new());
        let (mut labels, mut shown) = (Vec::new(), Vec::new());
        for (index, position) in map.positions.iter().enumerate() {
            match position {
                // Bars between the cells are left out.
                MapPosition::Condition | MapPosition::Bar { .. } => {}
                MapPosition::Melody { .. } => melody.push(index),
                MapPosition::Harmony { at, visible, .. } => {
                    if at.beat == 1.0 || harmony.is_empty() {
                        labels.push((harmony.len(), format!("{}.{}", at.bar, at.beat)));
                    }
                    if *visible {
                        shown.push(harmony.len());
                    }
                    harmony.push(index);
                }
            }
        }
        let axis = |name: &str, cells: &[usize], shown: Vec<usize>| MapAxis {
            name: name.to_owned(),
            cells: cells.len(),
            labels: labels.clone(),
            shown,
        };
        Self {
            melody_axis: axis("to melody", &melody, Vec::new()),
            harmony_axis: axis("to harmony", &harmony, shown),
            melody,
            harmony,
        }
    }

    fn chart(&self, title: String, weights: &[Vec<f32>], cell: f64) -> Svg {
        let row = |from: &usize| {
            let columns = self.melody.iter().chain(&self.harmony);
            let weight = |to: &usize| weights.get(*from)?.get(*to).copied();
            columns.map(|to| weight(to).unwrap_or(0.0)).collect()
        };
        DenseMap {
            title,
            rows: MapAxis { name: "from harmony".to_owned(), ..self.harmony_axis.clone() },
            columns: vec![self.melody_axis.clone(), self.harmony_axis.clone()],
            values: self.harmony.iter().map(row).collect(),
            full: FULL,
            cell,
        }
        .svg()
    }
}
