import { make } from "../dom.js";

/**
 * A link to another view. A click moves there without a reload; the keys that open a link in another tab still do.
 *
 * @param kind the class of the link
 */
export function moveLink(kind: string, href: string, onMove: () => void, text: Node): HTMLAnchorElement {
  const link = make("a", { class: kind, href }, text);
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onMove();
  };
  return link;
}
