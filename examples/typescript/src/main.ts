import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { startBackend } from './backend.js';
import { runAll } from './runs.js';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const backend = await startBackend();
try {
  const { address } = backend.place;
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue: 'typescript',
    workflowsPath: fileURLToPath(import.meta.resolve('./workflows.ts')),
  });
  const connection = await Connection.connect({ address });
  await worker.runUntil(runAll(new Client({ connection }), backend.place));
  await connection.close();
} finally {
  await backend.stop();
}
