// Server-sent events over fetch: the browser's own EventSource can send no key.
import { authorization } from './key.js';

const Silence = 40_000; // ms; the service says every 15 s that it lives

/** Follows a stream until the returned function is called, or until it ends by itself: then, and only then, `ended` is called. */
export function stream(path: string, opened: () => void, happened: (event: string) => void, ended: () => void): () => void {
  const abort = new AbortController();
  let isLeft = false;
  let silence: number | undefined;
  const hear = () => { clearTimeout(silence); silence = window.setTimeout(() => abort.abort(), Silence); };

  const read = async () => {
    hear();
    const response = await fetch(`/api/v1/${path}`, { headers: { ...authorization(), Accept: 'text/event-stream' }, cache: 'no-store', signal: abort.signal });
    if (!response.ok || response.body === null) return;
    opened();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let line = ''; ;) {
      const { value, done } = await reader.read();
      if (done) return;
      hear();
      const lines = (line + value).split('\n');
      line = lines.pop()!;
      for (const complete of lines) if (complete.startsWith('event:')) happened(complete.slice(6).trim());
    }
  };

  void read().catch(() => {}).finally(() => { clearTimeout(silence); if (!isLeft) ended(); });
  return () => { isLeft = true; abort.abort(); };
}
