/** A dialog with a title and a button that closes it. The browser keeps the focus inside, and gives it back at the end. */
import { make } from "../dom.js";

let last = 0;

export function dialog(title: string, ...content: Node[]): HTMLDialogElement {
  const id = `dialog-${++last}`;
  const close = make("button", { type: "button", class: "button small quiet" }, "Close");
  const element = make(
    "dialog",
    { class: "dialog", "aria-labelledby": id },
    make("div", { class: "dialog-head" }, make("h2", { id }, title), close),
    ...content,
  );
  close.onclick = () => element.close();
  document.body.append(element);
  return element;
}
