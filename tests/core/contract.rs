//! What is written from the contract is what lies in the project.

#[path = "../../tools/contract/documents.rs"]
mod documents;

#[test]
fn the_types_and_the_openapi_document_are_those_of_the_contract() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for (path, text) in documents::all() {
        let lies = std::fs::read_to_string(root.join(path)).unwrap_or_default();
        assert!(
            lies == text,
            "{path} is not what src/contract/ says: run `npm run contract`"
        );
    }
}
