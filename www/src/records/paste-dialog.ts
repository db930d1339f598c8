/** A field for JSON text, for those who do not know that pasting anywhere on the page works too. */
import { make } from "../dom.js";
import type { Chosen } from "../usage/local.js";
import { dialog } from "./dialog.js";
import { pasted } from "./inputs.js";

/** Makes the dialog, and returns a function that opens it. */
export function pasteDialog(onGiven: (files: Chosen[]) => void): () => void {
  const field = make("textarea", { id: "paste-text", rows: "10", spellcheck: "false", autocomplete: "off" });
  const count = make("button", { type: "button", class: "button primary" }, "Count it");
  const element = dialog(
    "Paste records",
    make(
      "p",
      { class: "hint" },
      "JSON as the API gives it: records, pages of a list, webhooks, agents, numbers, or an answer to audit.",
    ),
    make("label", { class: "unseen", for: "paste-text" }, "JSON text"),
    field,
    make("div", { class: "actions" }, count),
  );
  count.onclick = () => {
    const text = field.value;
    if (text.trim() === "") {
      field.focus();
      return;
    }
    element.close();
    field.value = "";
    onGiven([pasted(text)]);
  };
  return () => element.showModal();
}
