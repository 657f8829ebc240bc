// Keeps a view true: it draws at once, when the stream of events is in place, after each event, and after each reconnection.
import { Problem } from './api.js';
import { stream } from './stream.js';

const Pause = 200; // ms between two draws, at least
const Share = 4; // a draw that takes long, of a busy service or a large study, is followed by a pause so many times as long
const Beat = 10_000; // ms between draws without an event: clocks go on, and workers come and go
const Retry = 1000; // ms until a stream that has ended is opened again

const connection = document.getElementById('connection')!;

/** Follows a stream until the returned function is called. A draw that throws a 401 or 404 ends it: there is nothing more to show. */
export function follow(path: string, events: readonly string[], draw: () => Promise<void>, over: (problem: Problem) => void): () => void {
  let close: (() => void) | null = null;
  let timer: number | undefined;
  let retry: number | undefined;
  let isLive = false;
  let isDrawing = false;
  let pause = Pause;
  let isStale = false;
  let hasLeft = false;

  const show = (live: boolean) => {
    if (hasLeft) return;
    isLive = live;
    connection.className = live ? 'live' : 'lost';
    connection.textContent = live ? 'live' : 'connection lost, trying again …';
  };

  // One draw at a time: the answers of two would arrive in any order.
  const run = async () => {
    timer = undefined;
    if (isDrawing) { isStale = true; return; }
    isDrawing = true;
    isStale = false;
    const began = performance.now();
    try {
      await draw();
    } catch (error) {
      if (error instanceof Problem && (error.status === 401 || error.status === 404) && !hasLeft) { leave(); over(error); }
      else show(false); // the stream's next opening draws again
    }
    isDrawing = false;
    pause = Math.max(Pause, Share * (performance.now() - began));
    if (isStale) soon();
  };

  const soon = () => { if (!hasLeft) timer ??= window.setTimeout(() => void run(), pause); };

  const open = () => {
    shut();
    close = stream(path, () => { show(true); soon(); }, event => { if (events.includes(event)) soon(); }, () => {
      show(false);
      soon(); // what was followed may be gone
      if (!hasLeft) retry = window.setTimeout(open, Retry);
    });
  };

  const shut = () => { close?.(); close = null; clearTimeout(retry); };

  // A browser opens six connections to one host, and each tab's stream holds one: a tab that nobody sees gives its own back.
  const see = () => { if (document.hidden) shut(); else open(); };

  const leave = () => {
    hasLeft = true;
    shut();
    clearTimeout(timer);
    clearInterval(beat);
    document.removeEventListener('visibilitychange', see);
  };

  const beat = window.setInterval(() => { if (isLive && !document.hidden) soon(); }, Beat);
  document.addEventListener('visibilitychange', see);
  connection.className = connection.textContent = '';
  open();
  void run();
  return leave;
}
