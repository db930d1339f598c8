/** Generates any number of records, one by one. */
import { inSomeForm, redelivered } from "./forms.mjs";
import { invalidKinds } from "./invalid.mjs";
import { writeJson } from "./json.mjs";
import { Moments, writeMoment } from "./moments.mjs";
import { Random } from "./random.mjs";
import { roster } from "./roster.mjs";
import { agentFields, apiMessage, makeRecord } from "./shapes.mjs";
import { inSnakeCase } from "./spelling.mjs";

/**
 * @typedef {object} GenerateOptions
 * @property {number} [records] the number of valid records; default 1000
 * @property {number} [invalid] the number of invalid records, in addition; default 0
 * @property {number} [seed] default 1
 * @property {Date | number | string} [start] the first instant of records; default 2024-01-01T00:00:00Z
 * @property {Date | number | string} [end] the first instant after all records; default 2025-01-01T00:00:00Z
 * @property {number} [agents] the number of agents with usage; default 40
 * @property {{share?: number, size?: number}} [transcripts] the share of long transcripts, and their size in
 *   characters; default 0.005 and 20000
 * @property {boolean} [pages] whether some values are list pages of a few records; default true
 * @property {boolean} [forms] whether some records are in snake_case, in envelopes or in conversations; default true
 * @property {boolean} [multiline] whether a value's text may contain line breaks; default false
 */

/**
 * @typedef {object} Generated
 * @property {unknown} value a record, or a list page or a conversation of some
 * @property {string} text the value as JSON text
 * @property {string} shape the shape's name, in one or two words
 * @property {number} records the number of records in the value
 */

/** A repeated record comes at most this many values later. */
const HORIZON = 4096;

/** Lists and conversations come only while so many records are left. */
const MOST_IN_A_LIST = 300;

/**
 * Generates records. They depend only on the options. Memory does not grow with their number.
 * @param {GenerateOptions} [options]
 * @returns {Generator<Generated, void, void>}
 */
export function* generate(options = {}) {
  const { records = 1000, invalid = 0, seed = 1, agents = 40, pages = true, forms = true, multiline = false } = options;
  const start = new Date(options.start ?? "2024-01-01T00:00:00Z").getTime();
  const end = new Date(options.end ?? "2025-01-01T00:00:00Z").getTime();
  if (!(start < end)) throw new RangeError("start is not before end");
  const transcripts = { share: 0.005, size: 20_000, ...options.transcripts };

  const random = new Random(seed, 3);
  const styling = new Random(seed, 4); // a separate sequence, so that formatting does not change the values
  const moments = new Moments(random, start, end);
  const { busy, numbers } = roster({ seed, agents });
  const nextId = idMaker(random);
  const badKinds = [...invalidKinds];
  const awaited = Array.from({ length: HORIZON }, () => []);
  const due = [];
  const write = (shape, value, count = 1) => {
    return { value, text: writeJson(value, styling, { multiline }), shape, records: count };
  };

  const total = records + invalid;
  const closing = records >= 100 ? closingRecords(end - 1) : [];
  let bad = 0;
  let step = 0;
  let made = 0;

  let followers = [];
  const later = (shape, value) => {
    const delay = random.chance(0.9) ? 1 + random.below(100) : 1 + random.below(HORIZON - 1);
    const follower = { shape, value, text: undefined };
    awaited[(step + delay) % HORIZON].push(follower);
    followers.push(follower);
  };
  const someAgent = () => {
    // Few agents have most of the usage.
    const share = random.unit();
    return random.chance(0.08) ? null : (busy[Math.floor(share * share * share * busy.length)] ?? null);
  };
  const scene = (agent = someAgent()) => {
    const time = moments.at(made / total);
    const names = agent?.names ?? [];
    const agentName = names[Math.floor(((time - start) / (end - start)) * names.length)];
    return { random, time, agent, agentName, numbers, id: nextId, transcripts, later };
  };
  const fresh = () => {
    followers = [];
    const { shape, value: plain } = makeRecord(scene());
    if (!forms) return { shape, value: plain };
    const value = inSomeForm(plain, random);
    for (const follower of followers) {
      const isSame = follower.value === plain;
      follower.value = isSame ? redelivered(value, random) : inSomeForm(follower.value, random);
    }
    return { shape, value };
  };
  /** A conversation, with messages that name no agent, and some that do. */
  const conversation = ({ inner = false } = {}) => {
    const around = scene();
    const number = random.pick(numbers);
    const messages = Array.from({ length: random.below(6) }, () => {
      if (random.chance(0.1)) return fresh().value;
      if (!inner && random.chance(0.03)) return conversation({ inner: true });
      const one = scene(around.agent);
      const message = random.chance(0.15) ? { ...apiMessage(one), ...agentFields(one) } : apiMessage(one);
      return inSomeForm(message, random);
    });
    const plain = messages.every((message) => recordsIn(message) === 1);
    const value = {
      id: `conv_${random.hex()}`,
      ...agentFields(around),
      ...random.weighted([
        [8, { phoneNumberId: number.id }],
        [1, { numberId: number.id }],
        [1, { phoneNumberId: random.pick([null, "", 5]) }],
      ]),
      phoneNumber: number.phoneNumber,
      ...(random.chance(0.3) && { channel: random.pick(["sms", "iMessage", " RCS ", "", 5, null]) }),
      lastMessageAt: new Date(around.time).toISOString(),
      ...(plain && { messageCount: messages.length }),
      messages,
    };
    return random.chance(0.2) ? inSnakeCase(value) : value;
  };
  /** One list page, or some that make up one list. */
  const list = () => {
    const parts = Array.from({ length: random.pick([1, 1, 1, 2, 3]) }, () => {
      const data = Array.from({ length: random.below(4) }, () => fresh().value);
      if (forms && random.chance(0.1)) data.push(conversation());
      if (random.chance(0.1)) data.push({ data: [fresh().value], hasMore: false });
      return data;
    });
    const items = parts.flat();
    const total = items.every((item) => recordsIn(item) === 1) && { total: items.length };
    return parts.map((data, index) => {
      const hasMore = index < parts.length - 1;
      // An object with a `data` array is a page, even if it has other fields such as an event's name.
      return {
        ...(random.chance(0.1) && { event: "agent.message", receivedAt: 5 }),
        data,
        ...(forms && random.chance(0.2) ? { has_more: hasMore } : { hasMore }),
        ...total,
      };
    });
  };

  while (made < total) {
    if (Math.floor(((made + 1) * invalid) / total) > bad) {
      const [kind, make] = badKinds[bad % badKinds.length];
      bad += 1;
      made += 1;
      yield write(`invalid: ${kind}`, make(`bad_${bad}`, writeMoment(moments.at(made / total), random)));
      continue;
    }
    const left = records - (made - bad);
    if (left <= closing.length) {
      made += 1;
      yield write("typed message", closing[closing.length - left]);
      continue;
    }

    step += 1;
    due.push(...awaited[step % HORIZON].splice(0));
    const again = due.shift();
    if (again) {
      made += 1;
      yield again.text
        ? { value: again.value, text: again.text, shape: again.shape, records: 1 }
        : write(again.shape, again.value);
    } else if (pages && made > 0 && left > MOST_IN_A_LIST && random.chance(0.005)) {
      for (const page of list()) {
        const count = recordsIn(page);
        made += count;
        yield write("page", page, count);
      }
    } else if (forms && left > MOST_IN_A_LIST && random.chance(0.006)) {
      const value = conversation();
      const count = recordsIn(value);
      made += count;
      yield write("conversation", value, count);
    } else {
      const { shape, value } = fresh();
      const written = write(shape, value);
      // A repeated delivery has equal bytes.
      for (const follower of followers) if (follower.value === value) follower.text = written.text;
      made += 1;
      yield written;
    }
  }
}

/** The number of records in a value. */
function recordsIn(value) {
  const items = Array.isArray(value.data) ? value.data : value.messages;
  return Array.isArray(items) ? items.reduce((sum, item) => sum + recordsIn(item), 0) : 1;
}

/** Makes ids as services do. Some records have no id, and some share an id with a record of the other kind. */
function idMaker(random) {
  let count = 0;
  let last = "0";
  return () => {
    count += 1;
    const id = random.weighted([
      [50, `${random.hex()}${random.hex()}${random.hex()}`],
      [30, random.uuid()],
      [10, String(count)],
      [3, `${count}.0`],
      [2, `0${count}e1`],
      [1, `id “${count}” 😀\n`],
      [1, last], // a call and a message with one id are not duplicates
      [0.1, "__proto__"],
      [0.1, "constructor"],
      [1, ""],
      [1, null],
      [1, undefined],
    ]);
    if (id) last = id;
    return id;
  };
}

/** Several names of one agent at one instant. The greatest by code unit wins, not by code point or position. */
function closingRecords(time) {
  const receivedAt = new Date(time).toISOString();
  return ["😀 tied", "Ｚ tied", "A tied"].map((agentName, i) => {
    return { type: "message", id: `closing_${i}`, agentId: "tied-names", agentName, receivedAt };
  });
}
