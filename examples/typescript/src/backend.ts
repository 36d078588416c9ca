import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Where the Go program of this folder serves. */
export interface Place {
  address: string;
  /** Of awaitop's worker. */
  taskQueue: string;
  /** The Nexus endpoint that leads to it. */
  endpoint: string;
  operations: Record<'succeeds' | 'fails' | 'cancels' | 'insists' | 'surveyed', string>;
}

export interface Backend {
  place: Place;
  stop(): Promise<void>;
}

/** Starts the Go program: a Temporal dev server, the scripted service and awaitop's worker. It ends with this process. */
export async function startBackend(): Promise<Backend> {
  const program = spawn('go', ['run', '.'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(program, 'exit');
  const lines = createInterface(program.stdout)[Symbol.asyncIterator]();
  const { value, done } = await lines.next();
  if (done) throw new Error('the Go program has ended: see above');
  return {
    place: JSON.parse(value) as Place,
    async stop() {
      program.stdin.end();
      await ended;
    },
  };
}
