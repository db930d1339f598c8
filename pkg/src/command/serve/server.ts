// HTTP on the loopback interface. What is answered is not decided here, except to whom.

import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { errorAnswer } from "../../handler/http/answer.js";
import { corsPolicy } from "../../handler/http/cors.js";
import { respond } from "../../handler/http/respond.js";
import { EXIT, Failure, unreadable } from "../failure.js";

/** Only programs of this machine reach this address. */
const HOST = "127.0.0.1";

/** The names by which programs of this machine call it. */
const NAMES = [HOST, "localhost"];

/** Answers a request. */
export type Answerer = (request: Request) => Promise<Response>;

/** A server that listens. Requests wait until `answer` is called. */
export interface Listening {
  /** Such as `http://127.0.0.1:4100`. */
  origin: string;
  answer(by: Answerer): void;
}

/**
 * Begins to listen.
 *
 * @param port a port, or 0 for any free one
 * @returns `undefined` if the port is in use
 * @throws {Failure} if the system does not permit it
 */
export async function listenOn(port: number): Promise<Listening | undefined> {
  const { createServer } = await import("node:http"); // other commands do not load it
  let begin: (by: Answerer) => void = () => {};
  const answerer = new Promise<Answerer>((resolve) => {
    begin = resolve;
  });
  const server = createServer();
  const error = await listening(server, port);
  if (error?.code === "EADDRINUSE") return undefined;
  if (error !== undefined) throw unreadable(`port ${port} of ${HOST} can't be used`, error);
  const { port: actual } = server.address() as AddressInfo;
  const origin = `http://${HOST}:${actual}`;
  const hosts = new Set(NAMES.flatMap((name) => (actual === 80 ? [name, `${name}:80`] : [`${name}:${actual}`])));
  server.on("request", async (incoming, outgoing) => {
    await send(await answerTo(incoming, origin, hosts, await answerer), outgoing);
  });
  return { origin, answer: begin };
}

/** The failure for a port that is in use. */
export const portInUse = (port: number) =>
  new Failure(EXIT.unreadable, `port ${port} of ${HOST} is in use; wanted another one: --port 0 takes any free port`);

type SystemError = Error & { code?: string };

function listening(server: Server, port: number): Promise<SystemError | undefined> {
  return new Promise((resolve) => {
    server.once("error", resolve);
    server.listen(port, HOST, () => {
      server.off("error", resolve);
      resolve(undefined);
    });
  });
}

const NOBODY = corsPolicy([]);

async function answerTo(
  incoming: IncomingMessage,
  origin: string,
  hosts: ReadonlySet<string>,
  answerer: Answerer,
): Promise<Response> {
  const request = requestOf(incoming, origin);
  if (request === undefined) {
    const answer = errorAnswer(400, "invalid_request", "Wanted a path that begins with / and ordinary headers.");
    return respond(answer, new Request(origin), NOBODY, "computed");
  }
  // A page of another site whose name leads to this machine would else be of the origin that it asks.
  if (!hosts.has(incoming.headers.host?.toLowerCase() ?? "")) {
    const answer = errorAnswer(421, "wrong_host", `Wanted the header Host: ${[...hosts].join(" or ")}.`);
    return respond(answer, request, NOBODY, "computed");
  }
  return answerer(request);
}

/** The methods that have a meaning here. */
const METHODS = ["GET", "HEAD", "OPTIONS"];

/** The request; `undefined` if it is none that `Request` can describe. Bodies are not read, because no request needs one. */
function requestOf({ method = "", url = "", rawHeaders }: IncomingMessage, origin: string): Request | undefined {
  if (!url.startsWith("/")) return undefined;
  // All other methods are refused alike, and `Request` does not take each of them.
  const known = METHODS.includes(method) ? method : "POST";
  try {
    const headers = new Headers();
    for (let at = 0; at < rawHeaders.length; at += 2) headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
    return new Request(`${origin}${url}`, { method: known, headers });
  } catch {
    return undefined;
  }
}

async function send(response: Response, outgoing: ServerResponse): Promise<void> {
  outgoing.statusCode = response.status;
  response.headers.forEach((value, name) => {
    outgoing.setHeader(name, value);
  });
  outgoing.end(response.body === null ? undefined : new Uint8Array(await response.arrayBuffer()));
}
