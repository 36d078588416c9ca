import { CancelledFailure, type Client, WorkflowFailedError } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { failureOf } from './awaitop.js';
import type { Place } from './backend.js';
import { clusterSteps } from './cluster.js';
import { awaitAsChild, awaitThroughNexus, saga } from './workflows.js';

const taskQueue = 'typescript';

/** Runs the workflows one after the other, and prints how each ends. */
export async function runAll(client: Client, { taskQueue: waits, endpoint, operations }: Place): Promise<void> {
  const on = () => ({ taskQueue, workflowId: randomUUID() });

  for (const ref of [operations.succeeds, operations.fails]) {
    const child = await client.workflow.start(awaitAsChild, { ...on(), args: [ref, waits] });
    console.log(`${idOf(ref)}: ${await end(child.result())}`);
    const call = await client.workflow.start(awaitThroughNexus, { ...on(), args: [ref, endpoint] });
    console.log(`${idOf(ref)}, through Nexus: ${await end(call.result())}`);
  }
  for (const ref of [operations.cancels, operations.insists]) {
    const run = await client.workflow.start(awaitAsChild, { ...on(), args: [ref, waits] });
    await sleep(2000); // for the wait to begin
    await run.cancel();
    console.log(`${idOf(ref)}: ${await end(run.result())}`);
  }
  for (const name of ['orders', 'stock', 'customers']) {
    const steps = clusterSteps(`projects/p/locations/us-central1/clusters/${name}`);
    const run = await client.workflow.start(saga, { ...on(), args: [steps, waits] });
    if (name === 'customers') {
      await sleep(4000); // for its cluster to be made
      await run.cancel();
    }
    console.log(`saga of ${name}: ${await end(run.result())}`);
  }
}

const idOf = (ref: string) => ref.split('/').at(-1);

/** Says how a workflow ends. */
async function end(result: Promise<unknown>): Promise<string> {
  try {
    return `succeeded with ${JSON.stringify(await result)}`;
  } catch (error) {
    if (error instanceof WorkflowFailedError && error.cause instanceof CancelledFailure) return 'canceled, and all is undone';
    const failure = failureOf(error);
    if (!failure) throw error;
    const { cancellation, operation } = failure.details;
    if (failure.type === 'OperationCanceled') return `canceled; the cancel of the operation: ${cancellation}`;
    return `failed with ${failure.type}: ${operation.error?.message ?? failure.message}`;
  }
}
