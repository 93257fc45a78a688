//! The container document of a compressed score.

use super::document::parse;
use super::text::decode;
use super::value::name;

/// The path of the score that `META-INF/container.xml` names: the first `<rootfile>` whose
/// media type is MusicXML or not stated.
pub(in crate::formats) fn rootfile(container: &[u8]) -> Option<String> {
    let text = decode(container).ok()?;
    let document = parse(&text.content).ok()?;
    document
        .descendants()
        .filter(|node| name(*node) == "rootfile")
        .filter(|node| node.attribute("media-type").is_none_or(|kind| kind.contains("musicxml")))
        .find_map(|node| node.attribute("full-path").map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_score_is_told_from_its_pictures() {
        let container = b"<container><rootfiles>\
            <rootfile full-path='cover.png' media-type='image/png'/>\
            <rootfile full-path='a b.xml' media-type='application/vnd.recordare.musicxml+xml'/>\
            </rootfiles></container>";
        assert_eq!(rootfile(container).as_deref(), Some("a b.xml"));
        assert_eq!(rootfile(b"<container>"), None);
    }
}
