/** What the page of a server says and leaves out, where the page that counts files says something else. */
import { byId, make } from "../dom.js";
import { Pace } from "../usage/pace.js";
import type { Server } from "../usage/served.js";

/** The server of `usage-by-agent serve`. */
export const command = (): Server => ({
  pace: new Pace({ leastMs: 5000, mostMs: 5000 }),
  words: {
    unreachable: "The server does not answer. Start usage-by-agent serve again, and open the address that it prints.",
    refused:
      "Open the address that usage-by-agent serve printed. It contains the token, which this page does not keep.",
  },
});

/** The service of the Worker. A request to it costs something, so a page that nobody looks at asks seldom. */
export const service = (askForToken: (wasRefused: boolean) => void): Server => ({
  pace: new Pace({ leastMs: 1500, mostMs: 15_000 }),
  words: {
    unreachable: "The service does not answer. This page tries again by itself.",
    refused: "The service does not accept the token.",
  },
  askForToken,
});

export function sayServed(): void {
  const about = "Messages, calls and call time of each AgentPhone agent, in any time zone. Counted";
  const files = make("a", { href: "files" }, "Count files in this browser");
  byId("about", HTMLElement).textContent = SERVICE
    ? `${about} by ${location.host} from webhooks.`
    : `${about} on this machine by usage-by-agent serve.`;
  byId("records", HTMLElement).closest("aside")?.remove();
  byId("to-records", HTMLElement).hidden = true;
  if (SERVICE) byId("help", HTMLElement).prepend(files);
  else byId("help", HTMLElement).replaceChildren("Help: ", make("code", {}, "usage-by-agent serve --help"));
  const terminal = make("code", {}, "usage-by-agent audit FILE --answer answer.json");
  byId("audit", HTMLElement).append(
    make("h2", {}, "Is the bill right?"),
    make(
      "p",
      { class: "hint" },
      "An audit reads the records, which this page does not get. ",
      ...(SERVICE
        ? ["The page that ", make("a", { href: "files" }, "counts files"), " audits, and so does a terminal: "]
        : ["In a terminal: "]),
      terminal,
    ),
  );
}
