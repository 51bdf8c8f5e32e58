// Takes a stream of bytes apart into Server-Sent Events (HTML standard, 9.2.6). Nothing about connections.

/** One block of lines as {name, id, data, retry}; comments give an empty one. */
export function parse(block) {
  const event = { name: "", id: "", data: "", retry: 0 };
  const data = [];
  for (const line of block.split("\n")) {
    const at = line.indexOf(":");
    if (at === 0 || !line) continue;
    const field = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? "" : line.slice(at + (line[at + 1] === " " ? 2 : 1));
    if (field === "event") event.name = value;
    else if (field === "id") event.id = value;
    else if (field === "data") data.push(value);
    else if (field === "retry" && /^\d+$/.test(value)) event.retry = Number(value);
  }
  event.data = data.join("\n");
  return event;
}

/** The events of a body as they come; onBytes is called for every piece, comments too. */
export async function* events(body, onBytes = () => {}) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      onBytes();
      text += decoder.decode(value, { stream: true });
      // A CR at the very end may be half of a CRLF: it waits for the next piece.
      const held = text.endsWith("\r") ? "\r" : "";
      const blocks = text.slice(0, text.length - held.length).replace(/\r\n?/g, "\n").split("\n\n");
      text = blocks.pop() + held;
      for (const block of blocks) yield parse(block);
    }
  } finally {
    reader.releaseLock();
  }
}
