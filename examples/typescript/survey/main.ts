import { Client, Connection, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startBackend } from '../src/backend.js';
import { calls, type Call } from './calls.js';
import { held, updates, workflows, type Row } from './inputs.js';
import { callAll, type Called } from './workflows.js';

/** A workflow that has not ended after this time, in milliseconds, is stuck. */
const patience = 60_000;

/** Says what is wrong with the end of a row's call; undefined if it is refused as it should be. */
async function judge(ended: Promise<unknown>, field: string): Promise<string | undefined> {
  const stuck = sleep(patience, 'stuck', { ref: false });
  try {
    const result = await Promise.race([ended, stuck]);
    return result === 'stuck' ? 'is stuck' : `is taken: ${JSON.stringify(result)}`;
  } catch (error) {
    const failure = (error as WorkflowFailedError | WorkflowUpdateFailedError).cause as { type?: string; details?: [{ field?: string }] } | undefined;
    if (failure?.type !== 'InvalidInput') return `ends as ${failure?.type}: ${failure ?? error}`;
    const named = failure.details?.[0]?.field;
    return named === field ? undefined : `names ${named}, not ${field}: ${failure}`;
  }
}

/** Runs the survey, and returns what is wrong. */
async function survey(client: Client, taskQueue: string, operation: string): Promise<string[]> {
  const wrong: string[] = [];
  const note = (what: string, why: string, problem: string | undefined) => problem && wrong.push(`${what}, ${why}: ${problem}`);
  const start = (workflow: string, args: unknown[]) =>
    client.workflow.start(workflow, { args, taskQueue, workflowId: randomUUID() });

  const run = async (workflow: string, [why, args, field]: Row) => {
    const handle = await start(workflow, args);
    note(workflow, why, await judge(handle.result(), field));
    const { events } = await handle.fetchHistory();
    if (events?.some((event) => event.workflowTaskFailedEventAttributes)) note(workflow, why, 'fails a workflow task');
  };
  const update = async (name: string, [why, args, field]: Row) => {
    const handle = await (name === 'awaitop.undo'
      ? start('awaitop.RunOperation', [held(`c${randomUUID()}`)])
      : start('awaitop.AwaitOperation', [{ ref: operation }]));
    note(name, why, await judge(handle.executeUpdate(name, { args } as { args: [unknown] }), field));
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING') note(name, why, `the workflow is ${status.name}`);
    else await handle.terminate();
  };
  const each = (rows: Record<string, Row[]>, send: (name: string, row: Row) => Promise<void>) =>
    Object.entries(rows).flatMap(([name, all]) => all.map((row) => send(name, row)));
  await Promise.all([...each(workflows, run), ...each(updates, update)]);
  return wrong;
}

/** Makes the calls through Nexus, and returns what is wrong. */
async function surveyNexus(client: Client, endpoint: string): Promise<string[]> {
  const each = async (name: Called, rows: Call[]) => {
    const inputs = rows.map(([, input]) => input);
    const ends = await client.workflow.execute(callAll, { args: [endpoint, name, inputs], taskQueue: calling, workflowId: randomUUID() });
    return rows.flatMap(([why, , type, field], i) => {
      const end = ends[i];
      if (end?.type === type && end.field === field) return [];
      return [`${name} through Nexus, ${why}: want ${type} of ${field}, not ${end?.type} of ${end?.field}: ${end?.text}`];
    });
  };
  return (await Promise.all(Object.entries(calls).map(([name, rows]) => each(name as Called, rows)))).flat();
}

/** The task queue of the workflows that call. */
const calling = 'survey';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const backend = await startBackend();
try {
  const { address, taskQueue, endpoint, operations } = backend.place;
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address }),
    taskQueue: calling,
    workflowsPath: fileURLToPath(import.meta.resolve('./workflows.ts')),
  });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  const wrong = await survey(client, taskQueue, operations.surveyed);
  wrong.push(...(await worker.runUntil(surveyNexus(client, endpoint))));
  wrong.forEach((problem) => console.log(problem));
  const [direct, through] = [[workflows, updates], [calls]].map((tables) => tables.flatMap((all) => Object.values<unknown[]>(all)).flat().length);
  console.log(`${direct} wrong inputs and ${through} through Nexus, ${wrong.length} not refused as they should be`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
  await connection.close();
} finally {
  await backend.stop();
}
