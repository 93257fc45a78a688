//! From arguments to the sources of a corpus.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use grid::corpus::Source;

use crate::arguments::Prepare;

/// The folders with their licences and lists.
///
/// # Errors
/// If a folder or list does not exist, or a licence or list belongs to none of the folders.
pub fn sources(arguments: &Prepare) -> Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in &arguments.folders {
        if !folder.is_dir() {
            bail!("{}: there is no such folder; name folders of lead sheets", folder.display());
        }
        sources.push(Source { folder: folder.clone(), licence: None, only: None });
    }
    let mut by_name: HashMap<String, &mut Source> =
        sources.iter_mut().map(|source| (source.name(), source)).collect();
    for licence in &arguments.licences {
        let Some((name, text)) = licence.split_once('=') else {
            bail!("--licence {licence}: write SET=LICENCE, such as pdsa=CC0");
        };
        let Some(source) = by_name.get_mut(name) else {
            bail!("--licence {licence}: none of the folders is called {name}");
        };
        source.licence = Some(text.to_owned());
    }
    for list in &arguments.only {
        let only = read_list(list)?;
        let folder = fs::canonicalize(list).with_context(|| list.display().to_string())?;
        let source = sources.iter_mut().find(|source| {
            fs::canonicalize(&source.folder)
                .is_ok_and(|path| Some(path.as_path()) == folder.parent())
        });
        let Some(source) = source else {
            bail!("--only {}: the list must lie in one of the folders", list.display());
        };
        source.only = Some(only);
    }
    Ok(sources)
}

/// File names, relative to the list's folder: a JSON array of strings, or one a line.
fn read_list(path: &Path) -> Result<HashSet<PathBuf>> {
    let name = || path.display().to_string();
    let text = fs::read_to_string(path).with_context(name)?;
    if text.trim_start().starts_with('[') {
        let names: Vec<PathBuf> = serde_json::from_str(&text)
            .with_context(|| format!("{}: this is no list of file names", path.display()))?;
        return Ok(names.into_iter().collect());
    }
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(PathBuf::from).collect())
}
