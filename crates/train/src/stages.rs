//! What model and training must agree on: stages, the length of windows, hidden melodies.

use curriculum::{Curriculum, Layout, Meter, Stages, evaluation};
use model::StageConditioning;

use crate::RunConfig;

impl RunConfig {
    /// Tells a model that is conditioned on the curriculum's stages how much each of them shows,
    /// unless the configuration says so itself: a prediction then finds the stage that is the
    /// nearest to what it sees.
    pub(crate) fn resolve_stages(&mut self) {
        let StageConditioning::Embedding { stages, visible, .. } = &mut self.model.stage else {
            return;
        };
        if visible.is_empty() && stages_of(&self.curriculum) == Some(*stages) {
            *visible = visible_shares(&self.curriculum, self.data.window);
        }
    }

    /// Names the first setting of the model that training contradicts, and the way out.
    pub(crate) fn check_model_with_training(&self) -> Result<(), String> {
        let (model, data) = (&self.model, &self.data);
        if let Some(longest) = model.longest_item().filter(|longest| data.window > *longest) {
            return Err(format!(
                "data.window is {}, but model.positions has room for {longest} cells; choose a \
                 window of at most {longest}, or more cells",
                data.window
            ));
        }
        if let StageConditioning::Embedding { stages, .. } = model.stage
            && let Some(expected) = stages_of(&self.curriculum).filter(|count| *count != stages)
        {
            return Err(format!(
                "model.stage.embedding.stages is {stages}, but the curriculum has {expected}; \
                 choose {expected}"
            ));
        }
        if !(0.0..1.0).contains(&data.melody_dropout) {
            return Err("data.melody_dropout: choose 0 up to, not including, 1".to_owned());
        }
        match (model.guidance, data.melody_dropout > 0.0) {
            (true, false) => Err("model.guidance learns nothing while no melody is hidden; set \
                                  data.melody_dropout, to 0.1 say"
                .to_owned()),
            (false, true) => Err("data.melody_dropout hides melodies, but the model has nothing \
                                  to put there; set model.guidance = true"
                .to_owned()),
            _ => Ok(()),
        }
    }
}

/// The stages of a curriculum that goes by stages.
pub(crate) fn stages_of(curriculum: &Curriculum) -> Option<usize> {
    match curriculum.pattern().stages() {
        Stages::Steps(stages) => Some(stages),
        Stages::Continuous => None,
    }
}

/// The share of cells that each stage shows of a window in 4/4, a cell a beat.
fn visible_shares(curriculum: &Curriculum, window: usize) -> Vec<f32> {
    let Ok(layout) = Layout::regular(Meter::COMMON, 0, window) else { return Vec::new() };
    (0..curriculum.stages())
        .map(|stage| 1.0 - evaluation::at_stage(curriculum, &layout, 0, stage).hidden_share())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn read(text: &str) -> Result<RunConfig, String> {
        RunConfig::from_toml(text, Path::new("x.toml")).map_err(|error| error.to_string())
    }

    fn shares(preset: &str, stages: usize) -> Vec<f32> {
        let text = format!(
            "[curriculum]\npreset = \"{preset}\"\n[model.stage.embedding]\nstages = {stages}\n"
        );
        let config = read(&text).expect("valid");
        assert_eq!(read(&config.to_toml().expect("writes")), Ok(config.clone()), "in full");
        match config.model.stage {
            StageConditioning::Embedding { visible, width: 64, .. } => visible,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_model_learns_what_each_stage_shows() {
        let expected: Vec<f32> = (0..10).map(|stage| (64 * stage / 10) as f32 / 64.0).collect();
        for (share, expected) in shares("r10", 10).iter().zip(expected) {
            assert!((share - expected).abs() < 1e-6);
        }
        // Where the pattern has no stages, they are shares of the model's own.
        assert!(shares("full-to-full", 7).is_empty());
    }

    #[test]
    fn what_model_and_training_disagree_on_is_named_with_the_way_out() {
        for (text, name) in [
            ("[model]\npositions = { type = \"learned\", cells = 48 }", "window of at most 48"),
            ("[curriculum]\npreset = \"r10\"\n[model.stage.embedding]\nstages = 4", "choose 10"),
            ("[model]\nguidance = true", "data.melody_dropout"),
            ("[data]\nmelody_dropout = 0.1", "model.guidance = true"),
            ("[data]\nmelody_dropout = 1.5", "data.melody_dropout"),
        ] {
            let message = read(text).expect_err("wrong");
            assert!(message.contains("x.toml") && message.contains(name), "{message}");
        }
        let guided = "[model]\nsize = \"2x2\"\nguidance = true\n[data]\nmelody_dropout = 0.1";
        assert!(read(guided).is_ok());
    }
}
