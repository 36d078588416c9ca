import { Client, Connection, WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startBackend } from '../src/backend.js';
import { awaits, updates, type Row } from './inputs.js';

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
  const note = async (what: string, why: string, judged: Promise<string | undefined>) => {
    const problem = await judged;
    if (problem) wrong.push(`${what}, ${why}: ${problem}`);
  };
  const start = (args: unknown[]) => client.workflow.start('awaitop.AwaitOperation', { args, taskQueue, workflowId: randomUUID() });

  const wait = async ([why, args, field]: Row) => {
    const run = await start(args);
    await note('awaitop.AwaitOperation', why, judge(run.result(), field));
    const { events } = await run.fetchHistory();
    if (events?.some((event) => event.workflowTaskFailedEventAttributes)) wrong.push(`awaitop.AwaitOperation, ${why}: fails a workflow task`);
  };
  const update = async (name: string, [why, args, field]: Row) => {
    const run = await start([{ ref: operation }]);
    await note(name, why, judge(run.executeUpdate(name, { args } as { args: [unknown] }), field));
    const { status } = await run.describe();
    if (status.name === 'RUNNING') await run.terminate();
    else wrong.push(`${name}, ${why}: the wait is ${status.name}`);
  };

  await Promise.all([
    ...awaits.map(wait),
    ...Object.entries(updates).flatMap(([name, rows]) => rows.map((row) => update(name, row))),
  ]);
  return wrong;
}

const backend = await startBackend();
try {
  const { address, taskQueue, operations } = backend.place;
  const connection = await Connection.connect({ address });
  const wrong = await survey(new Client({ connection }), taskQueue, operations.surveyed);
  wrong.forEach((problem) => console.log(problem));
  const rows = awaits.length + Object.values(updates).flat().length;
  console.log(`${rows} wrong inputs, ${wrong.length} not refused as they should be`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
  await connection.close();
} finally {
  await backend.stop();
}
