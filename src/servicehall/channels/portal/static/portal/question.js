// A question about a ticket is dropped when the ticket's state changes: its page says what is next.
import { subscribe } from "../look/live.js";

const { live, after, ticket } = document.querySelector("[data-ticket]").dataset;
subscribe(live, { after, onEvent: (kind) => kind !== "queue.moved" && location.replace(ticket) });
