import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

// A worker of the workflows, for a trial that kills it: `node --import tsx trial/worker.ts BUNDLE`.

const [codePath] = process.argv.slice(2) as [string];
Runtime.install({ logger: new DefaultLogger('ERROR') });
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS']! }),
  taskQueue: 'typescript',
  workflowBundle: { codePath },
  stickyQueueScheduleToStartTimeout: '2s', // how long the tasks of a killed worker wait
});
console.log('serving');
await worker.run();
