// An upstream in its own process. It sends one fixed response as fast as Node's server can, and prints its port.
import { createServer } from "node:http";
import { answer } from "../validation/answer.mjs";

const body = Buffer.from(JSON.stringify(answer(1000)));
const headers = { "content-type": "application/json", "content-length": body.length };
const server = createServer((_request, response) => response.writeHead(200, headers).end(body));
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
