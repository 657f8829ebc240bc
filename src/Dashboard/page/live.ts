// Keeps a view true: it draws at once, when the stream of events is in place, after each event, and after each reconnection.
import { Problem } from './api.js';

const Pause = 200; // ms between two draws, at least
const Beat = 10_000; // ms between draws without an event: clocks go on, and workers come and go
const Retry = 2000; // ms until a stream that the browser has given up is opened again

const connection = document.getElementById('connection')!;

/** Follows a stream until the returned function is called. A draw that throws a 404 ends it: what is shown is gone. */
export function follow(path: string, events: readonly string[], draw: () => Promise<void>, gone: (problem: Problem) => void): () => void {
  let source: EventSource | null = null;
  let timer: number | undefined;
  let retry: number | undefined;
  let isDrawing = false;
  let isStale = false;
  let hasLeft = false;

  const show = (isLive: boolean) => {
    if (hasLeft) return;
    connection.className = isLive ? 'live' : 'lost';
    connection.textContent = isLive ? 'live' : 'connection lost, trying again …';
  };

  // One draw at a time: the answers of two would arrive in any order.
  const run = async () => {
    timer = undefined;
    if (isDrawing) { isStale = true; return; }
    isDrawing = true;
    isStale = false;
    try {
      await draw();
    } catch (error) {
      if (error instanceof Problem && error.status === 404 && !hasLeft) { leave(); gone(error); }
      else show(false); // the stream's next opening draws again
    }
    isDrawing = false;
    if (isStale) soon();
  };

  const soon = () => { if (!hasLeft) timer ??= window.setTimeout(() => void run(), Pause); };

  const open = () => {
    close();
    source = new EventSource(`/api/v1/${path}`);
    source.onopen = () => { show(true); soon(); };
    source.onerror = () => {
      show(false);
      if (source?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
      soon();
      retry = window.setTimeout(open, Retry);
    };
    for (const name of events) source.addEventListener(name, soon);
  };

  const close = () => { source?.close(); source = null; clearTimeout(retry); };

  // A browser opens six connections to one host, and each tab's stream holds one: a tab that nobody sees gives its own back.
  const see = () => { if (document.hidden) close(); else open(); };

  const leave = () => {
    hasLeft = true;
    close();
    clearTimeout(timer);
    clearInterval(beat);
    document.removeEventListener('visibilitychange', see);
  };

  const beat = window.setInterval(() => { if (source?.readyState === EventSource.OPEN) soon(); }, Beat);
  document.addEventListener('visibilitychange', see);
  connection.className = connection.textContent = '';
  open();
  void run();
  return leave;
}
