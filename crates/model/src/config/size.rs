//! Sizes with a name, and a configuration as it is written.

use serde::{Deserialize, Serialize};

use super::{EncoderConfig, Head, MelodyFeatures, Norm, Positions, StageConditioning};

/// A size with a name: layers × heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Size {
    /// Width 64: trains in a minute, to see whether everything runs.
    #[serde(rename = "2x2")]
    TwoByTwo,
    /// Width 128: a laptop trains it in well under an hour.
    #[serde(rename = "4x4")]
    FourByFour,
    /// Width 512, as published.
    #[serde(rename = "8x8")]
    EightByEight,
}

impl Size {
    /// The default configuration in this size.
    pub fn config(self) -> EncoderConfig {
        let (width, count) = match self {
            Self::TwoByTwo => (64, 2),
            Self::FourByFour => (128, 4),
            Self::EightByEight => (512, 8),
        };
        EncoderConfig {
            width,
            heads: count,
            layers: count,
            feed_forward: 4 * width,
            ..EncoderConfig::default()
        }
    }
}

/// A configuration as it is written: a named size, if any, and what differs from it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    size: Option<Size>,
    width: Option<usize>,
    heads: Option<usize>,
    layers: Option<usize>,
    feed_forward: Option<usize>,
    dropout: Option<f32>,
    stochastic_depth: Option<f32>,
    norm: Option<Norm>,
    positions: Option<Positions>,
    metric: Option<bool>,
    time_signature: Option<bool>,
    bars: Option<bool>,
    melody: Option<MelodyFeatures>,
    guidance: Option<bool>,
    stage: Option<StageConditioning>,
    head: Option<Head>,
}

impl From<Written> for EncoderConfig {
    fn from(written: Written) -> Self {
        let base = written.size.map_or_else(Self::default, Size::config);
        Self {
            width: written.width.unwrap_or(base.width),
            heads: written.heads.unwrap_or(base.heads),
            layers: written.layers.unwrap_or(base.layers),
            feed_forward: written.feed_forward.unwrap_or(base.feed_forward),
            dropout: written.dropout.unwrap_or(base.dropout),
            stochastic_depth: written.stochastic_depth.unwrap_or(base.stochastic_depth),
            norm: written.norm.unwrap_or(base.norm),
            positions: written.positions.unwrap_or(base.positions),
            metric: written.metric.unwrap_or(base.metric),
            time_signature: written.time_signature.unwrap_or(base.time_signature),
            bars: written.bars.unwrap_or(base.bars),
            melody: written.melody.unwrap_or(base.melody),
            guidance: written.guidance.unwrap_or(base.guidance),
            stage: written.stage.unwrap_or(base.stage),
            head: written.head.unwrap_or(base.head),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<EncoderConfig, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn every_size_can_be_built_and_the_published_one_is_the_published_one() {
        for name in ["2x2", "4x4", "8x8"] {
            let config = read(&format!(r#"{{"size": "{name}"}}"#)).expect("a size");
            assert_eq!(config.check(), Ok(()));
        }
        let published = Size::EightByEight.config();
        let sizes = (published.width, published.feed_forward, published.heads, published.layers);
        assert_eq!(sizes, (512, 2048, 8, 8));
    }

    #[test]
    fn single_settings_override_the_size_and_everything_is_written_out() {
        let config = read(r#"{"layers": 3, "size": "4x4", "dropout": 0.2}"#).expect("a size");
        assert_eq!((config.width, config.heads, config.layers), (128, 4, 3));
        let written = serde_json::to_string(&config).expect("writes");
        assert!(written.contains(r#""feed_forward":512"#) && !written.contains("size"));
        assert_eq!(read(&written).expect("reads"), config);
    }

    #[test]
    fn unknown_sizes_and_settings_are_refused() {
        let message = |json| read(json).expect_err("refused").to_string();
        assert!(message(r#"{"size": "3x3"}"#).contains("4x4"));
        assert!(message(r#"{"widht": 3}"#).contains("widht"));
        assert!(message(r#"{"stage": {"embedding": {"stage": 3}}}"#).contains("stage"));
    }

    /// What was exported before there were more settings.
    #[test]
    fn an_older_configuration_means_what_it_meant() {
        let older = r#"{"width": 128, "heads": 4, "layers": 4, "feed_forward": 512,
            "dropout": 0.15, "norm": "before", "positions": {"type": "relative", "reach": 64},
            "metric": true, "melody": "onsets", "stage": "none"}"#;
        let meant = EncoderConfig {
            dropout: 0.15,
            stochastic_depth: 0.0,
            norm: Norm::Before,
            positions: Positions::Relative { reach: 64 },
            metric: true,
            time_signature: true,
            bars: false,
            melody: MelodyFeatures::Onsets,
            guidance: false,
            stage: StageConditioning::None,
            head: Head::Flat,
            ..Size::FourByFour.config()
        };
        assert_eq!(read(older).expect("reads"), meant);
    }
}
