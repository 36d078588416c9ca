import { createNexusServiceClient } from '@temporalio/workflow';
import { operation, service } from 'nexus-rpc';
import type { AwaitInput, Outcome } from './contract.js';

/** The operations of awaitop's Nexus service that the workflow calls. */
const awaitop = service('awaitop.v1', { await: operation<AwaitInput, Outcome>() });

/** Awaits an operation through a Nexus endpoint, whose worker may be in another namespace. */
export async function awaitThroughNexus(ref: string, endpoint: string): Promise<unknown> {
  const client = createNexusServiceClient({ endpoint, service: awaitop });
  const outcome = await client.executeOperation(
    'await',
    { ref, cancelGrace: '5s', failWhenCanceled: true },
    { scheduleToCloseTimeout: '1h', cancellationType: 'WAIT_CANCELLATION_COMPLETED' },
  );
  return outcome.operation.response;
}
