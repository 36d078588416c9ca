import { Client, Connection, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBackend } from '../src/backend.js';
import { held, updates, workflows, type Row } from './inputs.js';

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

const backend = await startBackend();
try {
  const { address, taskQueue, operations } = backend.place;
  const connection = await Connection.connect({ address });
  const wrong = await survey(new Client({ connection }), taskQueue, operations.surveyed);
  wrong.forEach((problem) => console.log(problem));
  const rows = [workflows, updates].flatMap((all) => Object.values(all)).flat();
  console.log(`${rows.length} wrong inputs, ${wrong.length} not refused as they should be`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
  await connection.close();
} finally {
  await backend.stop();
}
