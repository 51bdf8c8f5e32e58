// Reads {snapshot, events} from standard input, applies the events, writes the snapshots after each.
import { apply } from "../../../src/servicehall/channels/board/static/board/state.js";

let text = "";
for await (const piece of process.stdin) text += piece;
const { snapshot, events } = JSON.parse(text);
const after = [];
events.reduce((state, event) => {
  const next = apply(state, event);
  after.push(next);
  return next;
}, snapshot);
process.stdout.write(JSON.stringify(after));
