"""A fake of the vendor's whole API, for tests. `python -m vendor` serves it; README.md says how it is used."""
