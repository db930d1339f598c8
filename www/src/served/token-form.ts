/** Asks for the token of the service, which is kept in memory only. */
import { make } from "../dom.js";

const WANTED =
  "The service shows usage to those who have a token of the account. It stays in the memory of this page until you reload it.";

export class TokenForm {
  readonly #form: HTMLFormElement;
  readonly #input = make("input", {
    type: "password",
    id: "token",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-describedby": "token-said",
  });
  readonly #said = make("p", { id: "token-said", class: "token-said", role: "alert" });
  readonly #others: readonly HTMLElement[];

  /**
   * @param place what the form stands before
   * @param others what has no use without a token
   * @param onToken gets the token
   */
  constructor(place: HTMLElement, others: readonly HTMLElement[], onToken: (token: string) => void) {
    this.#others = others;
    this.#form = make(
      "form",
      { class: "token-form" },
      make("h2", {}, "Your token"),
      make("p", { class: "hint" }, WANTED),
      make(
        "div",
        { class: "field" },
        make("label", { for: "token" }, "Token"),
        make("div", { class: "row" }, this.#input, make("button", { class: "button primary" }, "Show usage")),
      ),
      this.#said,
    );
    this.#form.hidden = true;
    place.before(this.#form);
    this.#form.onsubmit = (event) => {
      event.preventDefault(); // nothing is sent by the form itself
      const token = this.#input.value.trim();
      if (token === "") return this.#refuse("Enter a token.");
      this.#said.textContent = "";
      onToken(token);
    };
  }

  /** Asks, because there is no token, or because the server has refused it. */
  ask(wasRefused: boolean): void {
    const wasHidden = this.#form.hidden;
    this.#show(true);
    if (wasRefused) {
      this.#refuse("The service does not accept this token. It may be mistyped, expired or deleted.");
    } else if (wasHidden) this.#input.focus();
  }

  /** The token is accepted. The focus goes to the heading of what is shown in place of the form. */
  close(): void {
    const hasFocus = this.#form.contains(document.activeElement);
    this.#input.value = "";
    this.#said.textContent = "";
    this.#show(false);
    const heading = this.#others[0]?.querySelector("h2");
    heading?.setAttribute("tabindex", "-1");
    if (hasFocus) heading?.focus();
  }

  #show(isShown: boolean): void {
    this.#form.hidden = !isShown;
    for (const other of this.#others) other.hidden = isShown;
  }

  #refuse(words: string): void {
    this.#said.textContent = words;
    this.#input.setAttribute("aria-invalid", "true");
    this.#input.focus();
    this.#input.select();
    this.#input.oninput = () => {
      this.#input.removeAttribute("aria-invalid");
      this.#said.textContent = "";
    };
  }
}
