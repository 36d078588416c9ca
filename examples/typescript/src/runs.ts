import type { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { failureOf } from './awaitop.js';
import type { Place } from './backend.js';
import type { awaitAsChild } from './workflows.js';

const taskQueue = 'typescript';

/** Runs the workflows one after the other, and prints how each ends. */
export async function runAll(client: Client, { taskQueue: waits, operations }: Place): Promise<void> {
  const start = (ref: string) =>
    client.workflow.start<typeof awaitAsChild>('awaitAsChild', { taskQueue, workflowId: `await ${ref}`, args: [ref, waits] });
  const tell = async (ref: string, result: Promise<unknown>) => console.log(`${ref.split('/').at(-1)}: ${await end(result)}`);

  for (const ref of [operations.succeeds, operations.fails]) {
    const run = await start(ref);
    await tell(ref, run.result());
  }
  for (const ref of [operations.cancels, operations.insists]) {
    const run = await start(ref);
    await sleep(2000); // for the wait to begin
    await run.cancel();
    await tell(ref, run.result());
  }
}

/** Says how a workflow ends. */
async function end(result: Promise<unknown>): Promise<string> {
  try {
    return `succeeded with ${JSON.stringify(await result)}`;
  } catch (error) {
    const failure = failureOf(error);
    if (!failure) throw error;
    const { cancellation, operation } = failure.details;
    if (failure.type === 'OperationCanceled') return `canceled; the cancel of the operation: ${cancellation}`;
    return `failed with ${failure.type}: ${operation.error?.message}`;
  }
}
