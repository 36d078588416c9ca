import { createNexusServiceClient } from '@temporalio/workflow';
import { operation, service } from 'nexus-rpc';
import { failureOf } from '../src/awaitop.js';

const any = operation<unknown, unknown>();
const awaitop = service('awaitop.v1', {
  await: any, awaitAll: any, run: any, undo: any, get: any, cancel: any, abandon: any, pollNow: any, setPolicy: any, setDeadline: any,
});

/** An operation of awaitop's Nexus service. */
export type Called = keyof typeof awaitop.operations;

/** How a call has ended. */
export interface End {
  type?: string;
  field?: string;
  text: string;
}

/**
 * Calls an operation of awaitop's Nexus service with each input, one after the other, so that the survey does not load
 * the endpoint until it blocks.
 */
export async function callAll(endpoint: string, name: Called, inputs: unknown[]): Promise<End[]> {
  const client = createNexusServiceClient({ endpoint, service: awaitop });
  const ends: End[] = [];
  for (const input of inputs) {
    try {
      const result = await client.executeOperation(name, input, { scheduleToCloseTimeout: '60s' });
      ends.push({ text: `is taken: ${JSON.stringify(result)}` });
    } catch (error) {
      const failure = failureOf(error);
      ends.push({ type: failure?.type ?? '', field: failure?.details.field ?? '', text: failure?.message ?? String((error as Error).cause ?? error) });
    }
  }
  return ends;
}
