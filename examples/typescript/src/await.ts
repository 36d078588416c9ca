import { executeChild } from '@temporalio/workflow';
import { lossless } from './awaitop.js';
import type { AwaitInput, Outcome } from './contract.js';

/**
 * Awaits an operation as a child of this workflow, and returns what the operation returned.
 *
 * With failWhenCanceled a cancel ends it in an OperationCanceled, which says what became of the operation. The SDK would
 * drop that from a cancellation.
 */
export async function awaitAsChild(ref: string, taskQueue: string): Promise<unknown> {
  const input: AwaitInput = { ref, cancelGrace: '5s', failWhenCanceled: true };
  const outcome: Outcome = await executeChild('awaitop.AwaitOperation', { args: [input], taskQueue, ...lossless });
  return outcome.operation.response;
}
