// Loaded into this server before it starts: tells, on a socket beside its folder, how long its event loop was held at most.
import { createServer } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const delays = monitorEventLoopDelay({ resolution: 1 });
delays.enable();

/** Milliseconds, since it was asked the last time. */
createServer((socket) => {
  socket.end(String(delays.max / 1e6));
  delays.reset();
})
  .listen('event-loop')
  .unref();
