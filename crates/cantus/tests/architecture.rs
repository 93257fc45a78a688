//! The house has one direction of data: each crate may only use those named here.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Which rooms of the house each room may enter. The living picture is `docs/architecture.md`.
const ARROWS: &[(&str, &[&str])] = &[
    ("score", &[]),
    ("grid", &["score"]),
    ("curriculum", &[]),
    ("model", &["grid"]),
    ("train", &["grid", "curriculum", "model"]),
    ("harmonize", &["score", "grid", "curriculum", "model"]),
    ("evaluate", &["score"]),
    ("diagnose", &["grid", "curriculum", "model", "train", "evaluate"]),
    (
        "cantus",
        &["score", "grid", "curriculum", "model", "train", "harmonize", "evaluate", "diagnose"],
    ),
];

/// The rooms that may know what computes.
const MAY_NAME_BURN: &[&str] = &["model", "train"];

#[test]
fn every_arrow_between_crates_is_in_the_picture() {
    let metadata = MetadataCommand::new().no_deps().exec().expect("cargo metadata");
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.iter().copied().collect();
    let rooms: BTreeSet<&str> = arrows.keys().copied().collect();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let allowed = arrows.get(name);
        let allowed = allowed.unwrap_or_else(|| panic!("`{name}` has no room in the picture"));
        for dependency in &package.dependencies {
            // Tests may look anywhere.
            if dependency.kind == DependencyKind::Development {
                continue;
            }
            let target = dependency.name.as_str();
            assert!(
                !rooms.contains(target) || allowed.contains(&target),
                "`{name}` uses `{target}`: draw the arrow in docs/architecture.md first"
            );
            assert!(
                !target.starts_with("burn") || MAY_NAME_BURN.contains(&name),
                "`{name}` names `{target}`: only {MAY_NAME_BURN:?} may"
            );
        }
    }
}
