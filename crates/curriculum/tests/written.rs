//! Curricula as they are written in a configuration.

use curriculum::{Curriculum, Preset, ScheduleState};
use serde::{Deserialize, Serialize};

/// The file around the table, as a training configuration has it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct File {
    curriculum: Curriculum,
}

fn read(text: &str) -> Result<Curriculum, toml::de::Error> {
    toml::from_str::<File>(text).map(|file| file.curriculum)
}

fn refusal(text: &str) -> String {
    read(text).expect_err("nonsense").to_string()
}

#[test]
fn every_preset_survives_being_written_and_read() {
    for preset in Preset::all() {
        let file = File { curriculum: preset.curriculum() };
        let text = toml::to_string(&file).expect("it can be written");
        assert_eq!(toml::from_str::<File>(&text).as_ref(), Ok(&file), "{text}");
    }
}

#[test]
fn every_preset_is_read_by_its_name() {
    for preset in Preset::all() {
        let text = format!("[curriculum]\npreset = \"{}\"", preset.name());
        assert_eq!(read(&text), Ok(preset.curriculum()));
    }
}

#[test]
fn the_explicit_form_is_the_preset_it_spells_out() {
    let text = r#"
        [curriculum]
        pattern  = { type = "metric", levels = ["bar", "half-bar", "beat", "cell"], cumulative = true }
        targets  = "rest"
        schedule = { type = "progressive", alpha = 1.0, unlock = true, replay = { share = 0.2, back = 2 }, full_mask_floor = 0.3 }
    "#;
    assert_eq!(read(text), Ok(Preset::MetricReplay.curriculum()));
}

#[test]
fn whole_numbers_need_no_point() {
    let with = |alpha: &str, floor: &str| {
        read(&format!(
            "[curriculum]\npreset = \"metric-replay\"\n\
             schedule = {{ type = \"progressive\", alpha = {alpha}, full_mask_floor = {floor} }}"
        ))
    };
    assert!(with("2", "1").is_ok());
    assert_eq!(with("2", "1"), with("2.0", "1.0"));
}

#[test]
fn a_mixture_is_written_with_its_weights() {
    let text = r#"
        [curriculum]
        targets = "rest"
        schedule = { type = "uniform", full_mask_floor = 0.3 }
        [curriculum.pattern]
        type = "mixture"
        of = [
            { weight = 1, pattern = { type = "random" } },
            { weight = 1, pattern = { type = "bars", hidden = "scattered" } },
        ]
    "#;
    assert_eq!(read(text), Ok(Preset::Sampled.curriculum()));
}

#[test]
fn the_state_of_a_plateau_survives_a_checkpoint() {
    let text = "[curriculum]\npreset = \"r10\"\nschedule = { type = \"plateau\", patience = 2 }";
    let curriculum = read(text).expect("it fits");
    let mut state = ScheduleState::default();
    for loss in [2.0, 1.0, 1.5, 1.25, 3.0] {
        let written = toml::to_string(&state).expect("it can be written");
        assert_eq!(toml::from_str(&written), Ok(state), "{written}");
        state.observe(&curriculum, &[loss; 10]);
    }
    assert_eq!(state.stage(), 1, "1.5 and 1.25 did not improve on 1");
}

#[test]
fn parts_of_a_preset_can_be_replaced() {
    let text = "[curriculum]\npreset = \"r10\"\ntargets = \"next-and-visible\"";
    assert_eq!(read(text), Ok(Preset::R10Published.curriculum()));
}

#[test]
fn nonsense_is_refused_with_the_way_out() {
    let full = "pattern = { type = \"full\" }\ntargets = \"rest\"";
    let fixed = "schedule = { type = \"fixed\", stage = 0 }";
    let random = "pattern = { type = \"random\" }\ntargets = \"rest\"";
    let table = [
        ("preset = \"r11\"".to_owned(), "no preset is called `r11`; there are full, "),
        ("preset = \"full\"\nstages = 3".to_owned(), "unknown field `stages`"),
        (full.to_owned(), "`schedule` is missing"),
        ("pattern = { type = \"full\", stages = 3 }".to_owned(), "unknown field `stages`"),
        ("pattern = { type = \"fulll\" }".to_owned(), "unknown variant `fulll`"),
        ("pattern = { type = \"random\", steps = 3 }".to_owned(), "unknown field `steps`"),
        (
            "schedule = { type = \"power\", exponent = 5.0, alpha = 1.0 }".to_owned(),
            "unknown field `alpha`",
        ),
        (
            "schedule = { type = \"uniform\", replay = { share = 0.1, back = 1, deep = true } }"
                .to_owned(),
            "unknown field `deep`",
        ),
        (
            format!("{full}\nschedule = {{ type = \"uniform\", full_mask_floor = 1.5 }}"),
            "`full_mask_floor` is a share from 0 to 1, not 1.5",
        ),
        (
            format!("{full}\nschedule = {{ type = \"fixed\", stage = 1 }}"),
            "needs a `stage` below 1",
        ),
        (format!("{random}\n{fixed}"), "needs a `share` from 0 to 1"),
        (
            format!("{random}\nschedule = {{ type = \"progressive\", alpha = 1.0 }}"),
            "the schedule `progressive` goes by stages and the pattern has none",
        ),
        (
            format!(
                "{random}\nschedule = {{ type = \"uniform\", replay = {{ share = 0.1, back = 1 }} }}"
            ),
            "replay goes by stages",
        ),
        (
            format!(
                "{full}\nschedule = {{ type = \"uniform\", replay = {{ share = 0.1, back = 0 }} }}"
            ),
            "`replay.back` is at least 1",
        ),
        (
            format!("{full}\nschedule = {{ type = \"power\", exponent = nan }}"),
            "`exponent` is a positive number, not NaN",
        ),
        (
            format!("pattern = {{ type = \"random\", stages = 0 }}\ntargets = \"rest\"\n{fixed}"),
            "1 to 1024 stages, not 0",
        ),
        (
            format!("pattern = {{ type = \"metric\", levels = [] }}\ntargets = \"rest\"\n{fixed}"),
            "1 to 1024 stages, not 0",
        ),
        (
            format!(
                "pattern = {{ type = \"metric\", levels = [\"beat\", \"bar\"] }}\n\
                 targets = \"rest\"\n{fixed}"
            ),
            "metric levels go from strong to weak",
        ),
        (
            format!("pattern = {{ type = \"random\" }}\ntargets = \"next\"\n{fixed}"),
            "a target rule other than `rest` goes by stages",
        ),
        (
            format!("{full}\nschedule = {{ type = \"linear\", epochs_per_stage = 0 }}"),
            "`epochs_per_stage` is at least 1",
        ),
    ];
    for (text, expected) in table {
        let message = refusal(&format!("[curriculum]\n{text}"));
        assert!(message.contains(expected), "expected `{expected}` for\n{text}\nbut:\n{message}");
    }
}
