//! The generated files in the project are those that `npm run contract` would write.

#[path = "../../tools/contract/documents.rs"]
mod documents;

#[test]
fn the_generated_files_are_up_to_date() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in documents::all() {
        let found = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        assert!(found == text, "{path} is not up to date: run `npm run contract`");
    }
}
