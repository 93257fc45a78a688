//! The style sheet of the page.

/// Its text, which stands within the page.
pub(crate) const STYLE: &str = include_str!("style.css");

/// Between these stand the rules of charts.
const CHARTS: (&str, &str) = ("/* Charts. */", "/* Legends. */");

/// The rules of charts alone, for a chart in a file of its own: with every colour written out, since
/// programs that draw SVG outside of browsers know no variables, and once more for dark ground.
pub(crate) fn figure_style() -> String {
    let (_, rest) = STYLE.split_once(CHARTS.0).unwrap_or_default();
    let (charts, _) = rest.split_once(CHARTS.1).unwrap_or_default();
    let rules = format!("{}.page {{ fill: var(--ground); }}\n", charts.trim_start());
    let mut schemes = STYLE.split(":root {").skip(1).map(|block| {
        let variables = block.split('}').next().unwrap_or_default();
        let named = variables.split(';').filter_map(|part| part.trim().split_once(": "));
        named.fold(rules.clone(), |rules, (name, colour)| {
            rules.replace(&format!("var({name})"), colour)
        })
    });
    let (light, dark) = (schemes.next().unwrap_or_default(), schemes.next().unwrap_or_default());
    let coloured = |rule: &str| rule.contains('#');
    let dark: String = dark
        .split_inclusive('}')
        .filter(|rule| coloured(rule))
        .map(|rule| format!("  {}\n", rule.trim()))
        .collect();
    format!("{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::charts::{INKS, STRONGEST};

    /// Red, green and blue of linear light, 0 to 1.
    type Colour = [f64; 3];

    /// Contrast of text (WCAG 2.2, 1.4.3) and of lines and marks (1.4.11).
    const TEXT: f64 = 4.5;
    const MARK: f64 = 3.0;
    /// Distance in OKLab between colours that are told apart.
    const APART: f64 = 0.12;
    /// The same for neighbouring steps of a scale, which are in order.
    const STEP: f64 = 0.045;

    /// The variables of the light and of the dark scheme.
    fn schemes() -> [BTreeMap<String, Colour>; 2] {
        let read = |block: &str| -> BTreeMap<String, Colour> {
            let variable = |part: &str| {
                let (name, value) = part.trim().strip_prefix("--")?.split_once(": #")?;
                let number = u32::from_str_radix(value, 16).expect("a colour");
                let channel = |shift: u32| linear(f64::from(number >> shift & 255) / 255.0);
                Some((name.to_owned(), [channel(16), channel(8), channel(0)]))
            };
            block.split(';').filter_map(variable).collect()
        };
        let mut blocks = STYLE.split(":root {").skip(1).map(|rest| {
            let block = rest.split('}').next().expect("an end");
            // A colour scheme stands before the variables.
            read(&block.replace("{", ";"))
        });
        [blocks.next().expect("light"), blocks.next().expect("dark")]
    }

    fn linear(value: f64) -> f64 {
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    }

    fn contrast(a: Colour, b: Colour) -> f64 {
        let light = |[r, g, b]: Colour| 0.2126 * r + 0.7152 * g + 0.0722 * b;
        let (a, b) = (light(a), light(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// `top` over `ground`, mixed as browsers do: in gamma-encoded values.
    fn over(top: Colour, ground: Colour, share: f64) -> Colour {
        let encoded = |value: f64| {
            if value <= 0.0031308 { 12.92 * value } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 }
        };
        let mix = |index: usize| {
            linear(share * encoded(top[index]) + (1.0 - share) * encoded(ground[index]))
        };
        [mix(0), mix(1), mix(2)]
    }

    /// As everyone sees it, and as people do without one kind of cone (Machado 2009, severity 1).
    fn sights(colour: Colour) -> [Colour; 4] {
        const MATRICES: [[[f64; 3]; 3]; 4] = [
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            [
                [0.152286, 1.052583, -0.204868],
                [0.114503, 0.786281, 0.099216],
                [-0.003882, -0.048116, 1.051998],
            ],
            [
                [0.367322, 0.860646, -0.227968],
                [0.280085, 0.672501, 0.047413],
                [-0.011820, 0.042940, 0.968881],
            ],
            [
                [1.255528, -0.076749, -0.178779],
                [-0.078411, 0.930809, 0.147602],
                [0.004733, 0.691367, 0.303900],
            ],
        ];
        MATRICES.map(|matrix| {
            matrix
                .map(|row| row.iter().zip(colour).map(|(a, b)| a * b).sum::<f64>().clamp(0.0, 1.0))
        })
    }

    /// OKLab (Ottosson 2020).
    fn oklab([r, g, b]: Colour) -> [f64; 3] {
        let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
        let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
        let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
        [
            0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s,
            1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s,
            0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s,
        ]
    }

    /// The least distance between two colours over all sights.
    fn distance(a: Colour, b: Colour) -> f64 {
        let pairs = sights(a).into_iter().zip(sights(b));
        let distances = pairs.map(|(a, b)| {
            oklab(a).iter().zip(oklab(b)).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
        });
        distances.fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn texts_and_marks_stand_out_from_their_ground_in_both_schemes() {
        for scheme in schemes() {
            let of = |name: &str| *scheme.get(name).unwrap_or_else(|| panic!("--{name}"));
            for text in ["ink", "soft", "serious", "moderate", "slight", "above", "below"] {
                for ground in ["ground", "sunk"] {
                    let contrast = contrast(of(text), of(ground));
                    assert!(contrast >= TEXT, "--{text} on --{ground}: {contrast:.2}");
                }
            }
            assert!(contrast(of("c0"), of("ground")) >= TEXT, "links");
            for index in 0..INKS {
                for mark in [format!("c{index}"), format!("s{index}")] {
                    let contrast = contrast(of(&mark), of("ground"));
                    assert!(contrast >= MARK, "--{mark}: {contrast:.2}");
                }
            }
        }
    }

    #[test]
    fn numbers_can_be_read_on_every_shade() {
        for scheme in schemes() {
            for colour in ["above", "below"] {
                let shade = over(scheme[colour], scheme["ground"], STRONGEST);
                let contrast = contrast(scheme["ink"], shade);
                assert!(contrast >= TEXT, "--{colour}: {contrast:.2}");
            }
            // Right and wrong chords.
            for (colour, share) in [("above", 0.25), ("below", 0.4)] {
                let shade = over(scheme[colour], scheme["ground"], share);
                assert!(contrast(scheme["ink"], shade) >= TEXT, "--{colour} at {share}");
            }
        }
    }

    #[test]
    fn lines_are_told_apart_by_colour_blind_readers() {
        for scheme in schemes() {
            for a in 0..INKS {
                for b in a + 1..INKS {
                    let distance = distance(scheme[&format!("c{a}")], scheme[&format!("c{b}")]);
                    assert!(distance >= APART, "--c{a} and --c{b}: {distance:.3}");
                }
                if a > 0 {
                    let distance =
                        distance(scheme[&format!("s{}", a - 1)], scheme[&format!("s{a}")]);
                    assert!(distance >= STEP, "--s{a} and the one before: {distance:.3}");
                }
            }
        }
    }

    #[test]
    fn figures_have_every_colour_of_both_schemes_written_out() {
        let style = figure_style();
        assert!(!style.contains("var(") && !style.contains("nav"), "{style}");
        for line in
            [".axis { stroke: #57564f", "  .axis { stroke: #bcbbb2", ".page { fill: #fcfcfb"]
        {
            assert!(style.contains(line), "{line}: {style}");
        }
        assert_eq!(style.matches('{').count(), style.matches('}').count());
    }

    #[test]
    fn the_style_loads_nothing() {
        for word in ["url(", "@import", "http:", "https:", "//"] {
            assert!(!STYLE.contains(word), "{word}");
        }
    }
}
